import {
  CandlestickSeries,
  createChart,
  CrosshairMode,
  HistogramSeries,
  PriceScaleMode,
  TickMarkType,
  type CandlestickData,
  type HistogramData,
  type IChartApi,
  type ISeriesApi,
  type LogicalRange,
  type MouseEventParams,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import { EMPTY_BLOCK, firstAtOrAfter, lastAtOrBefore, type CandleBlock } from '../domain/candles';
import type { TimeZone } from '../domain/contract';
import { formatPrice } from '../domain/number-format';
import { formatDateTime, shifted, zoneLabel } from '../domain/time-format';
import { safeLocale } from '../shared/locale';
import type { Box } from './boxes';
import { chartColors, withAlpha, type ChartColors } from './colors';
import type { PaneScale } from './drawing-shapes';
import { DrawingsPrimitive } from './drawings-primitive';
import { FocusPrimitive } from './focus-primitive';
import { PlotLines } from './plot-lines';
import { PriceLines } from './price-lines';
import type {
  ChartDrawings,
  PriceChart,
  PriceChartEvents,
  TradeFocus,
  TradeMarker,
  VisibleRange,
} from './price-chart';
import { TradeMarkers } from './trade-markers';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Candles in sight when a series is first shown. */
const FIRST_VIEW = 160;
const ROOM_RIGHT = 6;
/** Share of the pane's height above the candles, at least and at most. */
const ROOM_ABOVE = [0.08, 0.3] as const;
/** Share below them, for the volume; where there is little height the candles lie over it. */
const ROOM_BELOW = 0.22;
const ROOM_BELOW_LOW = 0.1;
const LOW_PANE = 200;
/** Pixels above what lies over the upper edge, and a little below it. */
const LEGEND_TOP = 12;

interface VolumeTones {
  rising: string;
  falling: string;
}

const toSeconds = (millis: number): UTCTimestamp => (millis / 1000) as UTCTimestamp;

/** The candle chart on TradingView's Lightweight Charts. */
export class LightweightPriceChart implements PriceChart {
  private readonly chart: IChartApi;
  private readonly candles: ISeriesApi<'Candlestick'>;
  private readonly volume: ISeriesApi<'Histogram'>;
  private readonly markers: TradeMarkers;
  private readonly plots: PlotLines;
  private readonly lines: PriceLines;
  private readonly drawings: DrawingsPrimitive;
  private readonly focus: FocusPrimitive;
  private block: CandleBlock = EMPTY_BLOCK;
  private colors: ChartColors = chartColors();
  private zone: TimeZone = 'utc';
  private decimals = -1;
  private mark: number | null = null;
  private headroom = 0;
  /** Whether the chart was taken away: late prices draw nothing. */
  private gone = false;
  private frame = 0;
  /** Whether another chart's pointer leads the crosshair. */
  private isLed = false;

  constructor(
    private readonly host: HTMLElement,
    private readonly events: PriceChartEvents,
  ) {
    this.chart = createChart(host, {
      autoSize: true,
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: ROOM_ABOVE[0], bottom: ROOM_BELOW } },
      timeScale: {
        borderVisible: false,
        timeVisible: true,
        secondsVisible: false,
        rightOffset: ROOM_RIGHT,
        minBarSpacing: 0.2,
        tickMarkFormatter: (time: Time, type: TickMarkType) => this.tickLabel(time, type),
      },
      localization: { locale: safeLocale(), timeFormatter: (time: Time) => this.timeLabel(time) },
    });
    this.candles = this.chart.addSeries(CandlestickSeries, { borderVisible: false });
    this.volume = this.chart.addSeries(HistogramSeries, {
      priceScaleId: 'volume',
      priceFormat: { type: 'volume' },
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    this.markers = new TradeMarkers(this.chart, this.candles);
    this.plots = new PlotLines(this.chart);
    this.lines = new PriceLines(this.candles);
    this.drawings = new DrawingsPrimitive(
      () => this.colors,
      (scale) => this.taken(scale),
    );
    this.candles.attachPrimitive(this.drawings);
    this.focus = new FocusPrimitive(() => this.colors);
    this.candles.attachPrimitive(this.focus);
    this.chart.subscribeCrosshairMove((move) => this.hovered(move));
    this.chart.subscribeClick((click) => this.pick(click));
    this.chart.timeScale().subscribeSizeChange(() => this.makeRoom());
    this.chart.timeScale().subscribeVisibleLogicalRangeChange(() => {
      const range = this.visible();
      if (range) this.events.onVisible(range);
    });
    this.restyle();
  }

  setCandles(block: CandleBlock, decimals: number, keepView: boolean): void {
    if (this.gone) return;
    const scale = this.chart.timeScale();
    const before = scale.getVisibleLogicalRange();
    const anchor = before
      ? this.block.time[clamp(Math.round(before.from), 0, this.block.time.length - 1)]
      : undefined;
    const rowBefore = anchor === undefined ? 0 : firstAtOrAfter(this.block.time, anchor);
    this.block = block;
    this.setDecimals(decimals);
    this.plots.clear();
    this.fill();
    this.drawOn();
    if (keepView && before && anchor !== undefined) {
      const moved = firstAtOrAfter(block.time, anchor) - rowBefore;
      scale.setVisibleLogicalRange({ from: before.from + moved, to: before.to + moved });
    } else {
      this.showLast();
    }
  }

  /** Draws what belongs to candles on those that there are. */
  private drawOn(): void {
    const { time } = this.block;
    this.markers.draw(time, this.colors);
    this.plots.draw(time, this.colors);
    this.drawings.setCandles(time);
  }

  private setDecimals(decimals: number): void {
    if (decimals === this.decimals) return;
    this.decimals = decimals;
    const format = (price: number): string => formatPrice(Number(price.toFixed(decimals)), decimals);
    this.candles.applyOptions({
      priceFormat: { type: 'custom', minMove: 10 ** -decimals, formatter: format },
    });
  }

  private fill(): void {
    const { time } = this.block;
    this.candles.setData(time.map((_, row) => this.candleAt(row)));
    const tones = this.volumeTones();
    this.volume.setData(time.map((_, row) => this.volumeAt(row, tones)));
  }

  private candleAt(row: number): CandlestickData<UTCTimestamp> {
    const { time, open, high, low, close } = this.block;
    return {
      time: toSeconds(time[row] ?? 0),
      open: open[row] ?? 0,
      high: high[row] ?? 0,
      low: low[row] ?? 0,
      close: close[row] ?? 0,
    };
  }

  private volumeAt(row: number, { rising, falling }: VolumeTones): HistogramData<UTCTimestamp> {
    const { time, open, close, volume } = this.block;
    const isRising = (close[row] ?? 0) >= (open[row] ?? 0);
    return { time: toSeconds(time[row] ?? 0), value: volume[row] ?? 0, color: isRising ? rising : falling };
  }

  private volumeTones(): VolumeTones {
    return { rising: withAlpha(this.colors.up, 0.32), falling: withAlpha(this.colors.down, 0.32) };
  }

  setLast(block: CandleBlock): void {
    if (this.gone) return;
    this.block = block;
    const row = block.time.length - 1;
    if (row < 0) return;
    this.candles.update(this.candleAt(row));
    this.volume.update(this.volumeAt(row, this.volumeTones()));
  }

  setMark(price: number | null): void {
    if (this.gone) return;
    this.mark = price;
    this.lines.setMark(price, this.colors);
  }

  setLastNote(text: string): void {
    this.lines.setLastNote(text);
  }

  setMarkers(markers: readonly TradeMarker[]): void {
    this.markers.set(markers, this.block.time, this.colors);
  }

  setDrawings({ plots, ...drawings }: ChartDrawings): void {
    this.plots.set(plots, this.block.time, this.colors);
    this.drawings.setDrawings(drawings);
    this.makeRoom();
  }

  /** The room of marks that texts must leave free. */
  private taken(scale: PaneScale): Box[] {
    const { high, low } = this.block;
    const end = (row: number, which: 'high' | 'low'): number | null =>
      scale.y((which === 'high' ? high[row] : low[row]) ?? Number.NaN);
    return this.markers.boxes(scale.x, end, scale.x(1) - scale.x(0));
  }

  setFocus(focus: TradeFocus | null): void {
    const entryTime = focus && this.block.time[lastAtOrBefore(this.block.time, focus.entryTime)];
    const exitTime = focus && this.block.time[lastAtOrBefore(this.block.time, focus.exitTime)];
    const drawable =
      focus && entryTime !== null && entryTime !== undefined && exitTime !== null && exitTime !== undefined;
    this.focus.set(drawable ? { ...focus, entryTime, exitTime } : null);
  }

  setHeadroom(pixels: number): void {
    if (this.gone) return;
    this.headroom = pixels;
    this.drawings.setHeadroom(pixels + LEGEND_TOP);
    this.makeRoom();
  }

  /** Panes get their heights with the next frame. */
  private makeRoom(): void {
    // Taking the chart away changes its size, too.
    if (this.gone) return;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      const [least, most] = ROOM_ABOVE;
      const height = this.chart.paneSize(0).height;
      const top = height > 0 ? clamp((this.headroom + LEGEND_TOP) / height, least, most) : least;
      const bottom = height < LOW_PANE ? ROOM_BELOW_LOW : ROOM_BELOW;
      this.candles.priceScale().applyOptions({ scaleMargins: { top, bottom } });
    });
  }

  setLogScale(on: boolean): void {
    this.candles.priceScale().applyOptions({ mode: on ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal });
  }

  setZone(zone: TimeZone): void {
    this.zone = zone;
    this.chart.applyOptions({ localization: { timeFormatter: (time: Time) => this.timeLabel(time) } });
  }

  restyle(): void {
    this.colors = chartColors();
    const { surface, line, lineStrong, muted, up, down, font } = this.colors;
    const label = { color: withAlpha(muted, 0.7), labelBackgroundColor: lineStrong };
    this.chart.applyOptions({
      layout: {
        background: { color: surface },
        textColor: muted,
        fontFamily: font,
        fontSize: 11,
        panes: { separatorColor: line, separatorHoverColor: withAlpha(lineStrong, 0.5) },
      },
      grid: { vertLines: { color: withAlpha(line, 0.55) }, horzLines: { color: withAlpha(line, 0.55) } },
      crosshair: { vertLine: label, horzLine: label },
    });
    this.candles.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down });
    if (this.block.time.length > 0) this.fill();
    this.lines.setMark(this.mark, this.colors);
    this.drawOn();
  }

  fit(): void {
    this.candles.priceScale().setAutoScale(true);
    this.chart.timeScale().fitContent();
  }

  showLast(): void {
    this.candles.priceScale().setAutoScale(true);
    const rows = this.block.time.length;
    this.chart
      .timeScale()
      .setVisibleLogicalRange({ from: Math.max(-2, rows - FIRST_VIEW), to: rows + ROOM_RIGHT });
  }

  showRange(from: number, to: number): void {
    const first = firstAtOrAfter(this.block.time, from);
    const last = Math.max(first + 20, lastAtOrBefore(this.block.time, to));
    this.chart.timeScale().setVisibleLogicalRange({ from: first, to: last });
  }

  centerOn(time: number): void {
    const range = this.chart.timeScale().getVisibleLogicalRange();
    const half = range ? (range.to - range.from) / 2 : FIRST_VIEW / 2;
    const row = Math.max(0, lastAtOrBefore(this.block.time, time));
    this.candles.priceScale().setAutoScale(true);
    this.chart.timeScale().setVisibleLogicalRange({ from: row - half, to: row + half });
  }

  scrollBy(share: number): void {
    this.changeRange(({ from, to }) => {
      const move = (to - from) * share;
      return { from: from + move, to: to + move };
    });
  }

  zoomBy(factor: number): void {
    this.changeRange(({ from, to }) => {
      const half = clamp((to - from) / factor, 8, 200_000) / 2;
      return { from: (from + to) / 2 - half, to: (from + to) / 2 + half };
    });
  }

  private changeRange(change: (range: { from: number; to: number }) => { from: number; to: number }): void {
    const range: LogicalRange | null = this.chart.timeScale().getVisibleLogicalRange();
    if (range) this.chart.timeScale().setVisibleLogicalRange(change(range));
  }

  showCrosshair(time: number | null): void {
    this.isLed = time !== null;
    const row = time === null ? -1 : lastAtOrBefore(this.block.time, time);
    const [at, close] = [this.block.time[row], this.block.close[row]];
    if (at === undefined || close === undefined) this.chart.clearCrosshairPosition();
    else this.chart.setCrosshairPosition(close, toSeconds(at), this.candles);
  }

  visible(): VisibleRange | null {
    const range = this.chart.timeScale().getVisibleLogicalRange();
    const last = this.block.time.length - 1;
    if (!range || last < 0) return null;
    const from = this.block.time[clamp(Math.floor(range.from), 0, last)];
    const to = this.block.time[clamp(Math.ceil(range.to), 0, last)];
    if (from === undefined || to === undefined) return null;
    return { from, to, rowsBefore: Math.floor(range.from), rowsAfter: last - Math.ceil(range.to) };
  }

  locate(time: number, price: number): { x: number; y: number } | null {
    const at = this.block.time[lastAtOrBefore(this.block.time, time)];
    if (at === undefined) return null;
    const x = this.chart.timeScale().timeToCoordinate(toSeconds(at));
    const y = this.candles.priceToCoordinate(price);
    return x === null || y === null ? null : { x, y };
  }

  destroy(): void {
    this.gone = true;
    cancelAnimationFrame(this.frame);
    this.chart.remove();
    this.host.replaceChildren();
  }

  private hovered(move: MouseEventParams): void {
    this.events.onHover(this.rowOf(move));
    const point = !this.isLed && move.paneIndex === 0 ? (move.point ?? null) : null;
    const zones = this.drawings.hover(point);
    this.events.onZones(point && zones.length > 0 ? { zones, x: point.x, y: point.y } : null);
  }

  private rowOf(move: MouseEventParams): number | null {
    if (move.time === undefined || move.point === undefined) return null;
    const row = lastAtOrBefore(this.block.time, (move.time as number) * 1000);
    return row >= 0 ? row : null;
  }

  private pick({ point, hoveredInfo }: MouseEventParams): void {
    const trade = point && this.markers.tradeAt(point.x, hoveredInfo?.objectId);
    if (trade !== undefined) this.events.onPick(trade);
  }

  private timeLabel(time: Time): string {
    return `${formatDateTime((time as number) * 1000, this.zone)} ${zoneLabel(this.zone)}`;
  }

  private tickLabel(time: Time, type: TickMarkType): string {
    const at = new Date(shifted((time as number) * 1000, this.zone));
    switch (type) {
      case TickMarkType.Year:
        return String(at.getUTCFullYear());
      case TickMarkType.Month:
        return MONTHS[at.getUTCMonth()] ?? '';
      case TickMarkType.DayOfMonth:
        return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ''}`;
      case TickMarkType.Time:
      case TickMarkType.TimeWithSeconds:
        return at.toISOString().slice(11, 16);
      default:
        return type satisfies never;
    }
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
