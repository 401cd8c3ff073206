import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  SeriesAttachedParameter,
  Time,
  UTCTimestamp,
} from 'lightweight-charts';
import { withAlpha, type ChartColors } from './colors';
import type { TradeFocus } from './price-chart';

type RenderTarget = Parameters<IPrimitivePaneRenderer['draw']>[0];

interface Shape {
  left: number;
  right: number;
  entry: number;
  exit: number;
  stop: number | null;
  target: number | null;
}

/** Draws the emphasised trade: profit and loss areas, the way from entry to exit, stop and target lines. */
export class FocusPrimitive implements ISeriesPrimitive<Time> {
  private focus: TradeFocus | null = null;
  private chart: IChartApi | null = null;
  private series: ISeriesApi<'Candlestick'> | null = null;
  private requestUpdate: (() => void) | null = null;
  private readonly view: IPrimitivePaneView = {
    zOrder: () => 'top',
    renderer: () => ({ draw: (target) => this.draw(target) }),
  };

  constructor(private readonly colors: () => ChartColors) {}

  attached(parameters: SeriesAttachedParameter<Time>): void {
    this.chart = parameters.chart as IChartApi;
    this.series = parameters.series as ISeriesApi<'Candlestick'>;
    this.requestUpdate = parameters.requestUpdate;
  }

  detached(): void {
    this.chart = null;
    this.series = null;
  }

  /** Times must be open times of drawn candles. */
  set(focus: TradeFocus | null): void {
    this.focus = focus;
    this.requestUpdate?.();
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return [this.view];
  }

  private shape(focus: TradeFocus): Shape | null {
    const x = (time: number): number | null =>
      this.chart?.timeScale().timeToCoordinate((time / 1000) as UTCTimestamp) ?? null;
    const y = (price: number | null): number | null =>
      price === null ? null : (this.series?.priceToCoordinate(price) ?? null);
    const [left, right] = [x(focus.entryTime), x(focus.exitTime)];
    const [entry, exit] = [y(focus.entryPrice), y(focus.exitPrice)];
    if (left === null || right === null || entry === null || exit === null) return null;
    return {
      left,
      right: Math.max(right, left + 2),
      entry,
      exit,
      stop: y(focus.stop),
      target: y(focus.target),
    };
  }

  private draw(target: RenderTarget): void {
    const focus = this.focus;
    const shape = focus && this.shape(focus);
    if (!focus || !shape) return;
    const colors = this.colors();
    target.useMediaCoordinateSpace(({ context }) => {
      const area = (level: number | null, color: string): void => {
        if (level === null) return;
        context.fillStyle = withAlpha(color, 0.12);
        context.fillRect(
          shape.left,
          Math.min(level, shape.entry),
          shape.right - shape.left,
          Math.abs(level - shape.entry),
        );
        line(context, shape.left, level, shape.right, level, color, [4, 3]);
      };
      area(shape.target, colors.up);
      area(shape.stop, colors.down);
      line(context, shape.left, shape.entry, shape.right, shape.entry, colors.muted, [2, 3]);
      const way = focus.won ? colors.up : colors.down;
      line(context, shape.left, shape.entry, shape.right, shape.exit, way, [], 2);
      dot(context, shape.left, shape.entry, colors.text, colors.surface);
      dot(context, shape.right, shape.exit, way, colors.surface);
    });
  }
}

function line(
  context: CanvasRenderingContext2D,
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
  color: string,
  dash: number[],
  width = 1,
): void {
  context.save();
  context.strokeStyle = color;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
  context.restore();
}

function dot(context: CanvasRenderingContext2D, x: number, y: number, fill: string, edge: string): void {
  context.beginPath();
  context.arc(x, y, 4.5, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = edge;
  context.stroke();
}
