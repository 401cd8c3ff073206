import type { Label, Plot, TimeZone, Zone } from '../domain/contract';
import type { CandleBlock } from '../domain/candles';

/**
 * The candle chart as the screens know it. Times are milliseconds UTC (open times of candles), prices plain numbers.
 * No type of the drawing library passes through here.
 */
export interface PriceChart {
  /** Draws these candles; with `keepView` what is in sight stays in sight, else the newest candles are shown. */
  setCandles(block: CandleBlock, decimals: number, keepView: boolean): void;
  /** Draws the last row of these candles anew; all rows before it are drawn already. */
  setLast(block: CandleBlock): void;
  /** A line at the mark price. */
  setMark(price: number | null): void;
  /** Words beside the label of the last price, such as the time until the candle closes. */
  setLastNote(text: string): void;
  setMarkers(markers: readonly TradeMarker[]): void;
  /** Emphasises one trade with its way from entry to exit and its stop and target. */
  setFocus(focus: TradeFocus | null): void;
  /** What strategies have drawn; replaces what was drawn before. */
  setDrawings(drawings: ChartDrawings): void;
  /** Height of what lies over the upper edge: candles and texts keep below it. */
  setHeadroom(pixels: number): void;
  setLogScale(on: boolean): void;
  setZone(zone: TimeZone): void;
  /** Takes the colours of the page again. */
  restyle(): void;
  /** All loaded candles. */
  fit(): void;
  /** The newest candles, price scale automatic. */
  showLast(): void;
  showRange(from: number, to: number): void;
  /** Brings a moment to the middle without changing the zoom. */
  centerOn(time: number): void;
  /** Moves the view by a share of its width; positive is later. */
  scrollBy(share: number): void;
  /** Above 1 shows fewer candles. */
  zoomBy(factor: number): void;
  showCrosshair(time: number | null): void;
  visible(): VisibleRange | null;
  /** Where a marker of this trade event would be, in pixels of the chart's element. */
  locate(time: number, price: number): { x: number; y: number } | null;
  destroy(): void;
}

export interface VisibleRange {
  from: number;
  to: number;
  /** Rows between the edge of sight and the edge of what is loaded; negative beyond it. */
  rowsBefore: number;
  rowsAfter: number;
}

export interface TradeMarker {
  /** Index of the trade it belongs to. */
  trade: number;
  time: number;
  event: 'entry' | 'exit';
  side: 'long' | 'short';
  /** Whether the trade won; colours exits. */
  won: boolean;
  text: string;
}

export interface TradeFocus {
  side: 'long' | 'short';
  won: boolean;
  entryTime: number;
  entryPrice: number;
  exitTime: number;
  exitPrice: number;
  stop: number | null;
  target: number | null;
}

export interface ChartDrawings {
  zones: readonly Zone[];
  labels: readonly Label[];
  plots: readonly ChartPlot[];
  /** Where zones that last end when candles go on after it: nobody looked after them any more. */
  end: number;
}

export interface ChartPlot extends Pick<Plot, 'pane' | 'time' | 'value'> {
  key: string;
  /** Which of the colours of plots it has. */
  color: number;
}

/** Zones under the pointer, the smallest first, and where it is in pixels of the chart's element. */
export interface ZonesHover {
  zones: readonly Zone[];
  x: number;
  y: number;
}

export interface PriceChartEvents {
  /** Row of the candle under the pointer, or null. */
  onHover(row: number | null): void;
  onVisible(range: VisibleRange): void;
  /** The zones under the pointer, or null. */
  onZones(hover: ZonesHover | null): void;
  /** A marker was clicked. */
  onPick(trade: number): void;
}
