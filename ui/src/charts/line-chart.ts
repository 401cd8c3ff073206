import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { TimeZone } from '../domain/contract';
import { formatCompact, formatFraction } from '../domain/number-format';
import { formatDate, formatDateTime } from '../domain/time-format';
import { chartColors, withAlpha, type ChartColors } from './colors';

/** A filled curve over time: equity or drawdown. Times are milliseconds UTC. Charts with the same `group` share a pointer. */
export interface LineChartInput {
  time: readonly number[];
  value: readonly number[];
  kind: 'equity' | 'drawdown';
  group: string;
  zone: TimeZone;
}

export interface LineChartEvents {
  /** Moment under the pointer, or null. */
  onHover(time: number | null): void;
  onPick(time: number): void;
}

export interface TimeSpan {
  from: number;
  to: number;
}

/** The curve drawn by uPlot; `setSpan` marks the part that the candle chart shows. */
export class LineChart {
  private plot: uPlot;
  private span: TimeSpan | null = null;
  private readonly observer: ResizeObserver;

  constructor(
    private readonly host: HTMLElement,
    private readonly input: LineChartInput,
    private readonly events: LineChartEvents,
  ) {
    this.plot = this.build();
    this.observer = new ResizeObserver(() => this.plot.setSize(this.size()));
    this.observer.observe(host);
  }

  setSpan(span: TimeSpan | null): void {
    this.span = span;
    this.plot.redraw(false, false);
  }

  restyle(): void {
    this.plot.destroy();
    this.plot = this.build();
  }

  destroy(): void {
    this.observer.disconnect();
    this.plot.destroy();
  }

  private size(): { width: number; height: number } {
    return { width: Math.max(50, this.host.clientWidth), height: Math.max(40, this.host.clientHeight) };
  }

  private build(): uPlot {
    const colors = chartColors();
    const data: uPlot.AlignedData = [this.input.time.map((time) => time / 1000), this.signed()];
    const plot = new uPlot(this.options(colors), data, this.host);
    plot.over.addEventListener('click', () => {
      const index = plot.cursor.idx;
      const time = index === null || index === undefined ? undefined : this.input.time[index];
      if (time !== undefined) this.events.onPick(time);
    });
    plot.over.addEventListener('mouseleave', () => this.events.onHover(null));
    return plot;
  }

  /** Drawdown hangs from the zero line. */
  private signed(): number[] {
    return this.input.kind === 'drawdown' ? this.input.value.map((value) => -value) : [...this.input.value];
  }

  private options(colors: ChartColors): uPlot.Options {
    const isDrawdown = this.input.kind === 'drawdown';
    const stroke = isDrawdown ? colors.down : colors.accent;
    const axis = { stroke: colors.muted, font: `11px ${colors.font}`, ticks: { show: false } };
    const grid = { stroke: withAlpha(colors.line, 0.7), width: 1 };
    return {
      ...this.size(),
      padding: [24, 0, 0, 0],
      legend: { show: false },
      tzDate: (seconds) =>
        this.input.zone === 'utc'
          ? uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC')
          : new Date(seconds * 1000),
      cursor: {
        sync: { key: this.input.group },
        drag: { x: true, y: false },
        points: { size: 7 },
        y: false,
      },
      scales: { y: isDrawdown ? { range: (_plot, low) => [Math.min(low * 1.08, -0.001), 0] } : {} },
      axes: [
        {
          ...axis,
          grid,
          size: 26,
          space: 80,
          values: (plot, splits) => dateLabels(plot, splits, this.input.zone),
        },
        {
          ...axis,
          grid,
          size: 64,
          side: 1,
          space: 18,
          values: (_plot, splits) => splits.map(isDrawdown ? percent : money),
        },
      ],
      series: [
        {},
        {
          stroke,
          width: 1.4,
          fill: withAlpha(stroke, isDrawdown ? 0.22 : 0.13),
          points: { show: false },
          ...(isDrawdown ? { fillTo: 0 } : {}),
        },
      ],
      hooks: {
        drawClear: [(plot) => this.drawSpan(plot, colors)],
        setCursor: [(plot) => this.hover(plot)],
      },
    };
  }

  private hover(plot: uPlot): void {
    const index = plot.cursor.idx;
    const inside = plot.cursor.left !== undefined && plot.cursor.left >= 0;
    if (!inside || index === null || index === undefined || !plot.over.matches(':hover')) return;
    this.events.onHover(this.input.time[index] ?? null);
  }

  private drawSpan(plot: uPlot, colors: ChartColors): void {
    if (!this.span) return;
    const { left, top, width, height } = plot.bbox;
    const x = (time: number): number =>
      Math.min(Math.max(plot.valToPos(time / 1000, 'x', true), left), left + width);
    const [from, to] = [x(this.span.from), x(this.span.to)];
    plot.ctx.fillStyle = withAlpha(colors.muted, 0.16);
    plot.ctx.fillRect(from, top, Math.max(to - from, 2), height);
  }
}

/** Labels too near the left edge to fit are left out. */
function dateLabels(plot: uPlot, splits: number[], zone: TimeZone): string[] {
  const [first, second] = splits;
  const isDaily = second !== undefined && first !== undefined && second - first >= 86_000;
  const label = (at: number): string =>
    isDaily ? formatDate(at * 1000, zone) : formatDateTime(at * 1000, zone).slice(5);
  return splits.map((at) => (plot.valToPos(at, 'x') < HALF_LABEL_PX ? '' : label(at)));
}

const HALF_LABEL_PX = 34;
const percent = (value: number): string =>
  formatFraction(value, Math.abs(value) < 0.01 ? 2 : Math.abs(value) < 0.1 ? 1 : 0);
const money = (value: number): string => formatCompact(value);
