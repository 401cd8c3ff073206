import type { CandleColumns, CandleRow } from './contract';

/** A plain, checked block of candles: parallel columns, `time` in milliseconds UTC, ascending and unique. */
export interface CandleBlock {
  time: number[];
  open: number[];
  high: number[];
  low: number[];
  close: number[];
  volume: number[];
}

const COLUMNS = ['open', 'high', 'low', 'close', 'volume'] as const;

export const EMPTY_BLOCK: CandleBlock = { time: [], open: [], high: [], low: [], close: [], volume: [] };

/** Takes the columns of an answer and refuses what a chart could not draw. */
export function checkedBlock(columns: Pick<CandleColumns, keyof CandleBlock>): CandleBlock {
  const { time } = columns;
  for (const name of COLUMNS) {
    if (columns[name].length !== time.length) {
      throw new Error(`Candle column ${name}: ${time.length} values expected, was ${columns[name].length}`);
    }
  }
  for (let row = 1; row < time.length; row += 1) {
    if ((time[row] ?? 0) <= (time[row - 1] ?? 0)) {
      throw new Error(`Candle times must ascend: row ${row} (${time[row]}) follows ${time[row - 1]}`);
    }
  }
  const { open, high, low, close, volume } = columns;
  return { time, open, high, low, close, volume };
}

/** Puts an older block before a newer one; rows the newer one already has are dropped from the older. */
export function joinBlocks(older: CandleBlock, newer: CandleBlock): CandleBlock {
  const firstKept = newer.time[0];
  const cut = firstKept === undefined ? older.time.length : firstAtOrAfter(older.time, firstKept);
  const join = (key: keyof CandleBlock): number[] => older[key].slice(0, cut).concat(newer[key]);
  return {
    time: join('time'),
    open: join('open'),
    high: join('high'),
    low: join('low'),
    close: join('close'),
    volume: join('volume'),
  };
}

/**
 * The block with a candle in the place of its last one or after it; null for an older candle. The
 * columns are changed in place: a block is long and its last candle moves several times a second.
 */
export function withLast(block: CandleBlock, candle: CandleRow): CandleBlock | null {
  const last = block.time.at(-1);
  if (last === undefined) return blockOf(candle);
  if (candle.time < last) return null;
  const row = last === candle.time ? block.time.length - 1 : block.time.length;
  block.time[row] = candle.time;
  for (const name of COLUMNS) block[name][row] = candle[name];
  return { ...block };
}

function blockOf({ time, open, high, low, close, volume }: CandleRow): CandleBlock {
  return { time: [time], open: [open], high: [high], low: [low], close: [close], volume: [volume] };
}

/** Length of the candles with these open times: the shortest distance between neighbours, which need not be gaps. */
export function candleLength(opens: readonly number[]): number {
  let length = Number.POSITIVE_INFINITY;
  for (let row = 1; row < Math.min(opens.length, 100); row += 1) {
    length = Math.min(length, (opens[row] ?? 0) - (opens[row - 1] ?? 0));
  }
  return Number.isFinite(length) ? length : 0;
}

/** Index of the first element that is at least `wanted` in an ascending list (its length if there is none). */
export function firstAtOrAfter(ascending: readonly number[], wanted: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the last element that is at most `wanted`, or -1. */
export function lastAtOrBefore(ascending: readonly number[], wanted: number): number {
  const after = firstAtOrAfter(ascending, wanted);
  return ascending[after] === wanted ? after : after - 1;
}
