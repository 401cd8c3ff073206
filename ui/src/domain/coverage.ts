import type { MarketChoice, SeriesCoverage } from './contract';
import { byLength, reachableFrom, timeframeMillis } from './timeframe';

/** Questions the pickers ask about what candles are stored. */

export interface SymbolKey {
  symbol: string;
  market: SeriesCoverage['market'];
  synthetic: boolean;
}

/** Mark prices support runs; they are nothing to run or chart on their own. */
function candlesOnly(series: readonly SeriesCoverage[]): SeriesCoverage[] {
  return series.filter((one) => one.price === 'last');
}

/** Every symbol and market once: real ones first, then by name. */
export function symbolKeys(series: readonly SeriesCoverage[]): SymbolKey[] {
  const keys = new Map<string, SymbolKey>();
  for (const { symbol, market, synthetic } of candlesOnly(series))
    keys.set(`${market}/${symbol}`, { symbol, market, synthetic });
  return [...keys.values()].toSorted(
    (left, right) =>
      Number(left.synthetic) - Number(right.synthetic) || left.symbol.localeCompare(right.symbol),
  );
}

/** The keys, and those of watched pairs of which no candle is stored yet. */
export function keysWithWatched(
  keys: readonly SymbolKey[],
  venue: Pick<SymbolKey, 'market' | 'synthetic'> | undefined,
  watched: readonly string[],
): SymbolKey[] {
  if (!venue) return [...keys];
  const { market, synthetic } = venue;
  const known = new Set(keys.filter((key) => key.market === market).map(({ symbol }) => symbol));
  const others = watched.filter((symbol) => !known.has(symbol));
  return [...keys, ...others.map((symbol) => ({ symbol, market, synthetic }))];
}

export function seriesOf(
  series: readonly SeriesCoverage[],
  symbol: string,
  market: MarketChoice,
): SeriesCoverage[] {
  const own = candlesOnly(series).filter((one) => one.symbol === symbol);
  const wanted = market === 'auto' ? automaticMarket(own) : market;
  return own.filter((one) => one.market === wanted).toSorted((a, b) => byLength(a.timeframe, b.timeframe));
}

/** The engine's own order: futures, then spot, then demo. */
function automaticMarket(own: readonly SeriesCoverage[]): SeriesCoverage['market'] | undefined {
  return (['um', 'spot', 'demo'] as const).find((market) => own.some((one) => one.market === market));
}

export function timeframesOf(own: readonly SeriesCoverage[]): string[] {
  return reachableFrom(own.map((one) => one.timeframe));
}

/** First candle's open and last candle's close over all stored timeframes, in milliseconds UTC. */
export function spanOf(own: readonly SeriesCoverage[]): { first: number; end: number } | null {
  if (own.length === 0) return null;
  return {
    first: Math.min(...own.map((one) => one.first_time)),
    end: Math.max(...own.map((one) => one.last_time + timeframeMillis(one.timeframe))),
  };
}

/** The range that all of several instruments cover, null when there is none. */
export function commonSpan(
  spans: readonly ({ first: number; end: number } | null)[],
): { first: number; end: number } | null {
  const known = spans.filter((span) => span !== null);
  if (known.length === 0 || known.length < spans.length) return null;
  const first = Math.max(...known.map((span) => span.first));
  const end = Math.min(...known.map((span) => span.end));
  return first < end ? { first, end } : null;
}

/** Share of the candles of a month that are stored, 0 to 1. */
export function monthShare(month: { candles: number; expected: number }): number {
  return month.expected > 0 ? Math.min(1, month.candles / month.expected) : 0;
}
