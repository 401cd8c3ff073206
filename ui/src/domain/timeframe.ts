import { DAY_MS, HOUR_MS, MINUTE_MS } from './time-format';

/** The candle lengths the engine knows, shortest first. A month counts as 30 days where only its size matters. */
export const TIMEFRAMES = [
  '1m', '3m', '5m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h', '1d', '3d', '1w', '1M',
] as const; // prettier-ignore

const UNITS: Record<string, number> = {
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
  M: 30 * DAY_MS,
};

/** Nominal length in milliseconds; `NaN` for text that is no timeframe. */
export function timeframeMillis(timeframe: string): number {
  const match = /^(\d+)([mhdwM])$/.exec(timeframe);
  return match ? Number(match[1]) * (UNITS[match[2] ?? ''] ?? Number.NaN) : Number.NaN;
}

export function byLength(left: string, right: string): number {
  return timeframeMillis(left) - timeframeMillis(right);
}

/** The timeframes that candles of `stored` can be built into (itself included). */
export function reachableFrom(stored: readonly string[]): string[] {
  return TIMEFRAMES.filter((wanted) => stored.some((have) => canBuild(have, wanted)));
}

function canBuild(from: string, to: string): boolean {
  if (from === to) return true;
  const source = timeframeMillis(from);
  if (to === '1M' || to === '1w' || to === '3d') return source <= DAY_MS && DAY_MS % source === 0;
  return source < timeframeMillis(to) && timeframeMillis(to) % source === 0 && from !== '1M' && from !== '1w';
}

/** The first Monday after the epoch: weeks open on Mondays. */
const MONDAY_MS = 4 * DAY_MS;

/** Open time of the candle that contains a moment; months are calendar months, all UTC. */
export function openOf(time: number, timeframe: string): number {
  if (timeframe === '1M') return monthStart(time, 0);
  const offset = timeframe === '1w' ? MONDAY_MS : 0;
  const length = timeframeMillis(timeframe);
  return time - ((((time - offset) % length) + length) % length);
}

/** Open time of the candle after the one that opens at `open`. */
export function nextOpen(open: number, timeframe: string): number {
  return timeframe === '1M' ? monthStart(open, 1) : open + timeframeMillis(timeframe);
}

function monthStart(time: number, later: number): number {
  const at = new Date(time);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + later, 1);
}
