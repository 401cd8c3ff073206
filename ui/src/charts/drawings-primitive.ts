import type {
  IChartApi,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  Logical,
  PrimitivePaneViewZOrder,
  SeriesAttachedParameter,
  Time,
} from 'lightweight-charts';
import { firstAtOrAfter } from '../domain/candles';
import type { Label, Zone } from '../domain/contract';
import { ZoneIndex } from '../domain/zone-index';
import type { Box } from './boxes';
import type { ChartColors } from './colors';
import { drawLabels, drawZoneTexts, textWidth } from './draw-texts';
import { drawZones } from './draw-zones';
import {
  labelShapes,
  shapesAt,
  zoneShape,
  zoneTexts,
  type LabelShape,
  type PaneScale,
  type ZoneShape,
  type ZoneText,
} from './drawing-shapes';
import type { ChartDrawings } from './price-chart';
import { TimePositions } from './time-positions';

export type RenderTarget = Parameters<IPrimitivePaneRenderer['draw']>[0];

/** More zones or labels than this in sight have no texts: there would be no room to read them. */
const MOST_ZONE_TEXTS = 80;
const MOST_LABEL_TEXTS = 150;

/** Draws the zones of strategies behind the candles, their texts and labels in front. Only what is in sight is drawn. */
export class DrawingsPrimitive implements ISeriesPrimitive<Time> {
  private zones = new ZoneIndex([]);
  /** Ascending by time, and these times. */
  private labels: readonly Label[] = [];
  private labelTimes: readonly number[] = [];
  private end = Number.POSITIVE_INFINITY;
  private headroom = 0;
  private positions = new TimePositions([]);
  private hovered: Zone | null = null;
  private shapes: ZoneShape[] = [];
  private texts: ZoneText[] = [];
  private labelled: LabelShape[] = [];
  private chart: IChartApi | null = null;
  private series: ISeriesApi<'Candlestick'> | null = null;
  private requestUpdate: (() => void) | null = null;
  private readonly views: readonly IPrimitivePaneView[] = [
    this.view('bottom', (target) => this.drawBehind(target)),
    this.view('top', (target) => this.drawInFront(target)),
  ];

  /** `taken` tells the room that other things in front of the candles take. */
  constructor(
    private readonly colors: () => ChartColors,
    private readonly taken: (scale: PaneScale) => Box[],
  ) {}

  attached(parameters: SeriesAttachedParameter<Time>): void {
    this.chart = parameters.chart as IChartApi;
    this.series = parameters.series as ISeriesApi<'Candlestick'>;
    this.requestUpdate = parameters.requestUpdate;
  }

  detached(): void {
    this.chart = null;
    this.series = null;
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return this.views;
  }

  setDrawings({ zones, labels, end }: Omit<ChartDrawings, 'plots'>): void {
    this.zones = new ZoneIndex(zones);
    this.labels = labels.toSorted((left, right) => left.time - right.time);
    this.labelTimes = this.labels.map(({ time }) => time);
    this.end = end;
    this.hovered = null;
    this.requestUpdate?.();
  }

  /** Pixels at the upper edge that texts leave free. */
  setHeadroom(pixels: number): void {
    this.headroom = pixels;
    this.requestUpdate?.();
  }

  setCandles(opens: readonly number[]): void {
    this.positions = new TimePositions(opens);
    this.requestUpdate?.();
  }

  /** The zones drawn at a point, the smallest first; the first of them is emphasised. */
  hover(point: { x: number; y: number } | null): readonly Zone[] {
    const zones = point ? shapesAt(this.shapes, point.x, point.y).map(({ zone }) => zone) : [];
    const hovered = zones[0] ?? null;
    if (hovered !== this.hovered) {
      this.hovered = hovered;
      this.requestUpdate?.();
    }
    return zones;
  }

  private view(zOrder: PrimitivePaneViewZOrder, draw: (target: RenderTarget) => void): IPrimitivePaneView {
    return { zOrder: () => zOrder, renderer: () => ({ draw }) };
  }

  private scale({ width, height }: { width: number; height: number }): PaneScale {
    // The library places whole positions only.
    const place = (position: number): number =>
      this.chart?.timeScale().logicalToCoordinate(position as Logical) ?? 0;
    const [first, spacing] = [place(0), place(1) - place(0)];
    return {
      x: (position) => first + position * spacing,
      y: (price) => this.series?.priceToCoordinate(price) ?? null,
      width,
      height,
    };
  }

  private span(): { from: number; to: number } | null {
    const range = this.chart?.timeScale().getVisibleLogicalRange();
    return range && this.positions.last >= 0 ? this.positions.span(range.from, range.to) : null;
  }

  private drawBehind(target: RenderTarget): void {
    const span = this.span();
    [this.shapes, this.texts, this.labelled] = [[], [], []];
    if (!span || (this.zones.size === 0 && this.labels.length === 0)) return;
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      const scale = this.scale(mediaSize);
      this.shapes = this.shapesWithin(span, scale);
      this.placeTexts(span, scale, (text) => textWidth(context, text, this.colors()));
    });
    drawZones(target, this.shapes, this.hovered, this.colors());
  }

  private shapesWithin(span: { from: number; to: number }, scale: PaneScale): ZoneShape[] {
    // Where no candles follow, what lasts goes on to the edge.
    const end = this.end < this.positions.end ? this.end : null;
    return this.zones
      .within(span.from, span.to)
      .flatMap((zone) => zoneShape(zone, this.positions, scale, end) ?? []);
  }

  private placeTexts(
    span: { from: number; to: number },
    scale: PaneScale,
    width: (text: string) => number,
  ): void {
    const bounds: Box = { left: 0, top: this.headroom, right: scale.width, bottom: scale.height };
    const taken = this.taken(scale);
    if (this.shapes.length <= MOST_ZONE_TEXTS) {
      this.texts = zoneTexts(this.shapes, ({ text }) => width(text), taken, bounds);
    }
    const first = firstAtOrAfter(this.labelTimes, span.from);
    const after = firstAtOrAfter(this.labelTimes, span.to + 1);
    const anchors = this.labels.slice(first, after).flatMap((label) => {
      const row = this.positions.closedAt(label.time);
      const y = scale.y(label.price);
      return row === undefined || y === null ? [] : [{ label, x: scale.x(row), y }];
    });
    this.labelled =
      anchors.length > MOST_LABEL_TEXTS
        ? anchors.map((anchor) => ({ ...anchor, place: undefined }))
        : labelShapes(anchors, ({ text }) => width(text), taken, bounds);
  }

  /** Painted at every move of the pointer; where everything goes was settled behind the candles. */
  private drawInFront(target: RenderTarget): void {
    if (this.texts.length === 0 && this.labelled.length === 0) return;
    target.useMediaCoordinateSpace(({ context }) => {
      drawZoneTexts(context, this.texts, this.colors());
      drawLabels(context, this.labelled, this.colors());
    });
  }
}
