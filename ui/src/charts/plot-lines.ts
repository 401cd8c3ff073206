import {
  LineSeries,
  LineStyle,
  type IChartApi,
  type ISeriesApi,
  type UTCTimestamp,
} from 'lightweight-charts';
import { pointsOnCandles } from '../domain/drawings';
import { formatNumber } from '../domain/number-format';
import type { ChartColors } from './colors';
import type { ChartPlot } from './price-chart';

/** Largest value that the drawing library takes. */
const VALUE_MAX = 9e13;
/** Share of the height that the pane below the candles has. */
const OWN_PANE_SHARE = 0.26;
const OWN_PANE = 1;

/** Plots as lines: over the candles without a say in their scale, or together in a pane below with its own. */
export class PlotLines {
  private readonly lines = new Map<string, ISeriesApi<'Line'>>();
  private plots: readonly ChartPlot[] = [];

  constructor(private readonly chart: IChartApi) {}

  set(plots: readonly ChartPlot[], opens: readonly number[], colors: ChartColors): void {
    this.plots = plots;
    const wanted = new Set(plots.map(keyOf));
    for (const [key, line] of this.lines) {
      if (wanted.has(key)) continue;
      this.chart.removeSeries(line);
      this.lines.delete(key);
    }
    this.draw(opens, colors);
  }

  /** Lets go of all points: their times must not outlive the candles. */
  clear(): void {
    for (const line of this.lines.values()) line.setData([]);
  }

  /** Draws the same plots on other candles or in other colours. */
  draw(opens: readonly number[], colors: ChartColors): void {
    for (const plot of this.plots) {
      const points = pointsOnCandles(plot, opens).filter(({ value }) => Math.abs(value) < VALUE_MAX);
      const line = this.lines.get(keyOf(plot)) ?? this.added(plot);
      line.applyOptions(lookOf(plot, colors));
      const precision = decimalsOf(points.map(({ value }) => value));
      const formatter = (value: number): string => formatNumber(value, precision);
      line.applyOptions({ priceFormat: { type: 'custom', minMove: 10 ** -precision, formatter } });
      line.setData(
        points.map(({ row, value }) => ({ time: ((opens[row] ?? 0) / 1000) as UTCTimestamp, value })),
      );
    }
    this.divide();
  }

  private added(plot: ChartPlot): ISeriesApi<'Line'> {
    const isOwn = plot.pane === 'own';
    const line = this.chart.addSeries(
      LineSeries,
      {
        lineWidth: isOwn ? 1 : 2,
        lastValueVisible: false,
        priceLineVisible: false,
        crosshairMarkerRadius: 3,
        ...(isOwn ? {} : { autoscaleInfoProvider: () => null }),
      },
      isOwn ? OWN_PANE : 0,
    );
    if (isOwn) line.priceScale().applyOptions({ scaleMargins: { top: 0.12, bottom: 0.1 } });
    this.lines.set(keyOf(plot), line);
    return line;
  }

  private divide(): void {
    const [candles, own] = this.chart.panes();
    candles?.setStretchFactor(own ? 1 - OWN_PANE_SHARE : 1);
    own?.setStretchFactor(OWN_PANE_SHARE);
  }
}

/** A plot that moves to another pane is another line. */
function keyOf({ key, pane }: ChartPlot): string {
  return `${pane} ${key}`;
}

function lookOf({ color }: ChartPlot, { plots }: ChartColors): { color: string; lineStyle: LineStyle } {
  const round = Math.floor(color / plots.length);
  return {
    color: plots[color % plots.length] ?? '',
    lineStyle: round === 0 ? LineStyle.Solid : LineStyle.Dashed,
  };
}

/** Enough decimals to tell the values apart, and no more. */
export function decimalsOf(values: readonly number[]): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const span = high > low ? high - low : Math.abs(low);
  if (!Number.isFinite(span) || span === 0) return 2;
  return Math.min(Math.max(Math.ceil(2 - Math.log10(span)), 0), 8);
}
