import type { SeriesCoverage } from './contract';
import { monthShare } from './coverage';
import { formatFraction, formatInteger } from './number-format';
import { byLength } from './timeframe';

/** The stored months of all series side by side. */

/** Strength of a cell: nothing, less than half, more, nearly all, all. */
export type Level = 0 | 1 | 2 | 3 | 4;

export interface MonthCell {
  /** `2023-01` */
  month: string;
  level: Level;
  hasGap: boolean;
  /** The numbers in words. */
  text: string;
}

export interface MapRow {
  key: string;
  series: SeriesCoverage;
  /** One per month of the map; null outside the range of the series. */
  cells: (MonthCell | null)[];
}

export interface CoverageMap {
  months: string[];
  rows: MapRow[];
}

export function coverageMap(list: readonly SeriesCoverage[]): CoverageMap {
  const stored = list.filter(({ months }) => months.length > 0);
  const first = stored.map(({ months }) => months[0]?.month ?? '').sort()[0];
  const last = stored.map(({ months }) => months.at(-1)?.month ?? '').sort().at(-1); // prettier-ignore
  if (!first || !last) return { months: [], rows: [] };
  const months = monthsBetween(first, last);
  return {
    months,
    rows: ordered(stored).map((series) => ({
      key: seriesId(series),
      series,
      cells: cellsOf(series, months),
    })),
  };
}

export function seriesId({ market, symbol, timeframe, price }: SeriesCoverage): string {
  return `${market}/${symbol}/${timeframe}/${price}`;
}

export function seriesName({ symbol, timeframe, price }: SeriesCoverage): string {
  return `${symbol} ${timeframe}${price === 'mark' ? ' mark price' : ''}`;
}

/** Real ones first, then by name and length. */
export function ordered(list: readonly SeriesCoverage[]): SeriesCoverage[] {
  return list.toSorted(
    (left, right) =>
      Number(left.synthetic) - Number(right.synthetic) ||
      left.symbol.localeCompare(right.symbol) ||
      left.market.localeCompare(right.market) ||
      left.price.localeCompare(right.price) ||
      byLength(left.timeframe, right.timeframe),
  );
}

function cellsOf(series: SeriesCoverage, months: readonly string[]): (MonthCell | null)[] {
  const byMonth = new Map(series.months.map((one) => [one.month, one]));
  const [first = '', last = ''] = [series.months[0]?.month, series.months.at(-1)?.month];
  return months.map((month) => {
    if (month < first || month > last) return null;
    const found = byMonth.get(month);
    const share = found ? monthShare(found) : 0;
    const isInside = month !== first && month !== last;
    const hasGap = (isInside && share < 1) || touchesGap(series, month);
    return { month, level: levelOf(share), hasGap, text: wordsOf(found, share, hasGap) };
  });
}

function touchesGap({ gaps }: SeriesCoverage, month: string): boolean {
  const start = Date.parse(`${month}-01T00:00:00Z`);
  const end = Date.parse(`${monthAfter(month)}-01T00:00:00Z`);
  return gaps.some((gap) => Number(gap.from) < end && Number(gap.to) > start);
}

function levelOf(share: number): Level {
  if (share >= 1) return 4;
  if (share >= 0.95) return 3;
  if (share >= 0.5) return 2;
  return share > 0 ? 1 : 0;
}

function wordsOf(
  found: { candles: number; expected: number } | undefined,
  share: number,
  hasGap: boolean,
): string {
  if (!found) return 'nothing stored';
  const counts = `${formatInteger(found.candles)} of ${formatInteger(found.expected)} candles (${formatFraction(share, 1)})`;
  return hasGap ? `${counts}, with a gap` : counts;
}

function monthsBetween(first: string, last: string): string[] {
  const months: string[] = [];
  for (let month = first; month <= last; month = monthAfter(month)) months.push(month);
  return months;
}

function monthAfter(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
}
