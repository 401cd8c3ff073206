const MINUTE = 60_000;

/** Rows of a Binance kline file: one-minute candles on two waves, so that averages cross often. */
export function klineRows({ start, count }) {
  const price = (minute) => 20_000 + 400 * Math.sin(minute / 90) + 150 * Math.sin(minute / 23);
  return Array.from({ length: count }, (_, minute) => {
    const time = start + minute * MINUTE;
    const [open, close] = [price(minute), price(minute + 1)];
    const [high, low] = [Math.max(open, close) + 3, Math.min(open, close) - 3];
    const prices = [open, high, low, close].map((value) => value.toFixed(2));
    return [time, ...prices, '12.500', time + MINUTE - 1, '250000.00', 40, '6.200', '124000.00', 0];
  });
}

export function csv(rows) {
  return `${rows.map((row) => row.join(',')).join('\n')}\n`;
}

export const SYMBOL = 'TESTUSDT';
export const START = Date.UTC(2023, 0, 2);
export const COUNT = 5 * 1440;

/** The same file with a high below the close in the given line (counted from 1). */
export function brokenCsv(line) {
  const rows = klineRows({ start: START, count: 60 });
  rows[line - 1][2] = '1.00';
  return csv(rows);
}
