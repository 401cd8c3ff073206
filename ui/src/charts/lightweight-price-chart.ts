import {
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  CrosshairMode,
  HistogramSeries,
  PriceScaleMode,
  TickMarkType,
  type IChartApi,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  type LogicalRange,
  type MouseEventParams,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts';
import { EMPTY_BLOCK, firstAtOrAfter, lastAtOrBefore, type CandleBlock } from '../domain/candles';
import type { TimeZone } from '../domain/contract';
import { formatPrice } from '../domain/number-format';
import { formatDateTime, shifted, zoneLabel } from '../domain/time-format';
import { safeLocale } from '../shared/locale';
import { chartColors, withAlpha, type ChartColors } from './colors';
import { FocusPrimitive } from './focus-primitive';
import type { PriceChart, PriceChartEvents, TradeFocus, TradeMarker, VisibleRange } from './price-chart';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Candles in sight when a series is first shown. */
const FIRST_VIEW = 160;
const ROOM_RIGHT = 6;

const toSeconds = (millis: number): UTCTimestamp => (millis / 1000) as UTCTimestamp;

/** The candle chart on TradingView's Lightweight Charts. */
export class LightweightPriceChart implements PriceChart {
  private readonly chart: IChartApi;
  private readonly candles: ISeriesApi<'Candlestick'>;
  private readonly volume: ISeriesApi<'Histogram'>;
  private readonly markers: ISeriesMarkersPluginApi<Time>;
  private readonly focus: FocusPrimitive;
  private block: CandleBlock = EMPTY_BLOCK;
  private colors: ChartColors = chartColors();
  private shownMarkers: readonly TradeMarker[] = [];
  private zone: TimeZone = 'utc';
  private decimals = -1;

  constructor(
    private readonly host: HTMLElement,
    private readonly events: PriceChartEvents,
  ) {
    this.chart = createChart(host, {
      autoSize: true,
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.08, bottom: 0.22 } },
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
    this.markers = createSeriesMarkers(this.candles, []);
    this.focus = new FocusPrimitive(() => this.colors);
    this.candles.attachPrimitive(this.focus);
    this.chart.subscribeCrosshairMove((move) => this.events.onHover(this.rowOf(move)));
    this.chart.subscribeClick((click) => this.pick(click));
    this.chart.timeScale().subscribeVisibleLogicalRangeChange(() => {
      const range = this.visible();
      if (range) this.events.onVisible(range);
    });
    this.restyle();
  }

  setCandles(block: CandleBlock, decimals: number, keepView: boolean): void {
    const scale = this.chart.timeScale();
    const before = scale.getVisibleLogicalRange();
    const anchor = before
      ? this.block.time[clamp(Math.round(before.from), 0, this.block.time.length - 1)]
      : undefined;
    const rowBefore = anchor === undefined ? 0 : firstAtOrAfter(this.block.time, anchor);
    this.block = block;
    this.setDecimals(decimals);
    this.fill();
    if (keepView && before && anchor !== undefined) {
      const moved = firstAtOrAfter(block.time, anchor) - rowBefore;
      scale.setVisibleLogicalRange({ from: before.from + moved, to: before.to + moved });
    } else {
      this.showLast();
    }
    this.setMarkers(this.shownMarkers);
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
    const { time, open, high, low, close, volume } = this.block;
    this.candles.setData(
      time.map((at, row) => ({
        time: toSeconds(at),
        open: open[row] ?? 0,
        high: high[row] ?? 0,
        low: low[row] ?? 0,
        close: close[row] ?? 0,
      })),
    );
    const rising = withAlpha(this.colors.up, 0.32);
    const falling = withAlpha(this.colors.down, 0.32);
    this.volume.setData(
      time.map((at, row) => ({
        time: toSeconds(at),
        value: volume[row] ?? 0,
        color: (close[row] ?? 0) >= (open[row] ?? 0) ? rising : falling,
      })),
    );
  }

  setMarkers(markers: readonly TradeMarker[]): void {
    this.shownMarkers = markers;
    const { time } = this.block;
    const drawn: SeriesMarker<Time>[] = [];
    for (const marker of markers) {
      const row = lastAtOrBefore(time, marker.time);
      const at = time[row];
      if (at !== undefined) drawn.push(this.drawnMarker(marker, at));
    }
    drawn.sort((left, right) => (left.time as number) - (right.time as number));
    this.markers.setMarkers(drawn);
  }

  private drawnMarker(marker: TradeMarker, at: number): SeriesMarker<Time> {
    const { up, down } = this.colors;
    const isLong = marker.side === 'long';
    const base = { time: toSeconds(at), id: String(marker.trade), text: marker.text };
    return marker.event === 'entry'
      ? {
          ...base,
          position: isLong ? 'belowBar' : 'aboveBar',
          shape: isLong ? 'arrowUp' : 'arrowDown',
          color: isLong ? up : down,
        }
      : {
          ...base,
          position: isLong ? 'aboveBar' : 'belowBar',
          shape: marker.won ? 'circle' : 'square',
          color: marker.won ? up : down,
          size: 0.8,
        };
  }

  setFocus(focus: TradeFocus | null): void {
    const entryTime = focus && this.block.time[lastAtOrBefore(this.block.time, focus.entryTime)];
    const exitTime = focus && this.block.time[lastAtOrBefore(this.block.time, focus.exitTime)];
    const drawable =
      focus && entryTime !== null && entryTime !== undefined && exitTime !== null && exitTime !== undefined;
    this.focus.set(drawable ? { ...focus, entryTime, exitTime } : null);
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
      layout: { background: { color: surface }, textColor: muted, fontFamily: font, fontSize: 11 },
      grid: { vertLines: { color: withAlpha(line, 0.55) }, horzLines: { color: withAlpha(line, 0.55) } },
      crosshair: { vertLine: label, horzLine: label },
    });
    this.candles.applyOptions({ upColor: up, downColor: down, wickUpColor: up, wickDownColor: down });
    if (this.block.time.length > 0) this.fill();
    this.setMarkers(this.shownMarkers);
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
    this.chart.remove();
    this.host.replaceChildren();
  }

  private rowOf(move: MouseEventParams): number | null {
    if (move.time === undefined || move.point === undefined) return null;
    const row = lastAtOrBefore(this.block.time, (move.time as number) * 1000);
    return row >= 0 ? row : null;
  }

  /** A marker under the pointer, else the nearest trade event in the same few pixels of the time axis. */
  private pick(click: MouseEventParams): void {
    const hit = click.hoveredInfo?.objectId;
    if (typeof hit === 'string') return this.events.onPick(Number(hit));
    const point = click.point;
    if (!point) return;
    let best: { trade: number; distance: number } | undefined;
    for (const marker of this.shownMarkers) {
      const at = this.block.time[lastAtOrBefore(this.block.time, marker.time)];
      const x = at === undefined ? null : this.chart.timeScale().timeToCoordinate(toSeconds(at));
      const distance = x === null ? Number.POSITIVE_INFINITY : Math.abs(x - point.x);
      if (distance <= 7 && (!best || distance < best.distance)) best = { trade: marker.trade, distance };
    }
    if (best) this.events.onPick(best.trade);
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
