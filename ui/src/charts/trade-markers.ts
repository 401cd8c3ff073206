import type {
  IChartApi,
  ISeriesApi,
  ISeriesMarkersPluginApi,
  SeriesMarker,
  Time,
  UTCTimestamp,
} from 'lightweight-charts';
import { createSeriesMarkers } from 'lightweight-charts';
import { lastAtOrBefore } from '../domain/candles';
import { boxAt, type Box } from './boxes';
import type { ChartColors } from './colors';
import type { TradeMarker } from './price-chart';

/** Distance in pixels within which a click means a trade event. */
const REACH = 7;
const TEXT_LINE = 14;
const LETTER = 7;

interface Drawn {
  marker: TradeMarker;
  row: number;
  at: number;
}

/** Entries and exits of trades on the candles: their marks, which of them is clicked, and the room they take. */
export class TradeMarkers {
  private readonly plugin: ISeriesMarkersPluginApi<Time>;
  private shown: readonly TradeMarker[] = [];
  private drawn: Drawn[] = [];

  constructor(
    private readonly chart: IChartApi,
    series: ISeriesApi<'Candlestick'>,
  ) {
    this.plugin = createSeriesMarkers(series, []);
  }

  set(markers: readonly TradeMarker[], opens: readonly number[], colors: ChartColors): void {
    this.shown = markers;
    this.draw(opens, colors);
  }

  /** Draws the same markers on other candles or in other colours. */
  draw(opens: readonly number[], colors: ChartColors): void {
    const placed = this.shown.map((marker): Drawn => {
      const row = lastAtOrBefore(opens, marker.time);
      return { marker, row, at: opens[row] ?? Number.NaN };
    });
    this.drawn = placed.filter(({ row }) => row >= 0).sort((left, right) => left.row - right.row);
    this.plugin.setMarkers(this.drawn.map(({ marker, at }) => mark(marker, at, colors)));
  }

  /** A marker under the pointer, else the nearest trade event in the same few pixels of the time axis. */
  tradeAt(x: number, hit: unknown): number | undefined {
    if (typeof hit === 'string') return Number(hit);
    let best: { trade: number; distance: number } | undefined;
    for (const { marker, at } of this.drawn) {
      const place = this.chart.timeScale().timeToCoordinate((at / 1000) as UTCTimestamp);
      const distance = place === null ? Number.POSITIVE_INFINITY : Math.abs(place - x);
      if (distance <= REACH && (!best || distance < best.distance)) best = { trade: marker.trade, distance };
    }
    return best?.trade;
  }

  /** The room that the markers take; `y` tells where a candle's high and low are drawn. */
  boxes(
    x: (row: number) => number,
    y: (row: number, end: 'high' | 'low') => number | null,
    spacing: number,
  ): Box[] {
    const size = Math.min(Math.max(spacing, 12), 30);
    const stacked = new Map<string, number>();
    return this.drawn.flatMap(({ marker, row }): Box[] => {
      const end = isAbove(marker) ? 'high' : 'low';
      const edge = y(row, end);
      if (edge === null) return [];
      const key = `${row} ${end}`;
      const used = stacked.get(key) ?? 3;
      const height = size + 3 + (marker.text === '' ? 0 : TEXT_LINE);
      stacked.set(key, used + height);
      const width = Math.max(size, marker.text.length * LETTER);
      const top = end === 'high' ? edge - used - height : edge + used;
      return [boxAt(x(row) - width / 2, top, width, height)];
    });
  }
}

function isAbove({ event, side }: TradeMarker): boolean {
  return (event === 'entry') !== (side === 'long');
}

function mark(marker: TradeMarker, at: number, { up, down }: ChartColors): SeriesMarker<Time> {
  const isLong = marker.side === 'long';
  const base = {
    time: (at / 1000) as UTCTimestamp,
    id: String(marker.trade),
    text: marker.text,
    position: isAbove(marker) ? ('aboveBar' as const) : ('belowBar' as const),
  };
  return marker.event === 'entry'
    ? { ...base, shape: isLong ? 'arrowUp' : 'arrowDown', color: isLong ? up : down }
    : { ...base, shape: marker.won ? 'circle' : 'square', color: marker.won ? up : down, size: 0.8 };
}
