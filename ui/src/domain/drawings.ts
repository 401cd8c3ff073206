import { candleLength, lastAtOrBefore } from './candles';
import type { Drawings, Plot } from './drawings-contract';

/** The loaded part of a run's drawings. Times are milliseconds UTC. */
export interface DrawnPart {
  from: number;
  to: number;
  thinned: boolean;
}

/** Shortest span that is asked for. */
const SPAN_MIN = 3_600_000;
/** Of a thinned part, a finer one is asked for when this much less is in sight. */
const FINER = 3;

/** The part to ask for when `[from, to]` is in sight; null when what is loaded is enough. */
export function partToLoad(
  loaded: DrawnPart | null,
  { from, to }: { from: number; to: number },
): { from: number; to: number } | null {
  const span = Math.max(to - from, SPAN_MIN);
  const covers = loaded !== null && loaded.from <= Math.max(from, 0) && loaded.to > to;
  const isFine = loaded !== null && (!loaded.thinned || loaded.to - loaded.from <= 3 * span * FINER);
  if (covers && isFine) return null;
  return { from: Math.max(0, from - span), to: to + span };
}

/** What a plot is called among all plots of a run. */
export function plotKey({ sleeve, name }: Pick<Plot, 'sleeve' | 'name'>): string {
  return `${sleeve}/${name}`;
}

/** The name of a plot for people; with several sleeves on the chart its strategy stands beside it. */
export function plotTitle({ name, strategy }: Plot, isAmbiguous: boolean): string {
  return isAmbiguous ? `${name} · ${strategy}` : name;
}

/** The newest value of a plot that was known at an instant. */
export function valueAt({ time, value }: Pick<Plot, 'time' | 'value'>, instant: number): number | null {
  return value[lastAtOrBefore(time, instant)] ?? null;
}

/**
 * The points of a plot on the candles they belong to, by the candles' rows, ascending: a point stands at the close of
 * its candle. Of several points on one candle the last counts; points before or after all candles are left out.
 */
export function pointsOnCandles(
  { time, value }: Pick<Plot, 'time' | 'value'>,
  opens: readonly number[],
): { row: number; value: number }[] {
  const points: { row: number; value: number }[] = [];
  const end = (opens.at(-1) ?? 0) + candleLength(opens);
  let row = -1;
  time.forEach((at, place) => {
    while (row + 1 < opens.length && (opens[row + 1] ?? 0) < at) row += 1;
    if (row < 0 || at > end) return;
    const point = { row, value: value[place] ?? 0 };
    if (points.at(-1)?.row === row) points[points.length - 1] = point;
    else points.push(point);
  });
  return points;
}

/** Nothing drawn. */
export const NO_DRAWINGS: Drawings = {
  symbol: '',
  plots: [],
  zones: [],
  labels: [],
  thinned: false,
  dropped: 0,
};
