import type { Label, Zone } from '../domain/contract';
import { boxAt, firstFree, type Box } from './boxes';
import type { TimePositions } from './time-positions';

/** From positions and prices to pixels of the pane. */
export interface PaneScale {
  x(position: number): number;
  y(price: number): number | null;
  width: number;
  height: number;
}

/** A zone in pixels; `known` is where it became known, between left and right. */
export interface ZoneShape extends Box {
  zone: Zone;
  known: number;
  /** Whether its beginning and end lie within the pane. */
  begins: boolean;
  ends: boolean;
}

/** A label in pixels: where it stands, and where its text has room, if anywhere. */
export interface LabelShape {
  label: Label;
  x: number;
  y: number;
  place: Box | undefined;
}

export interface ZoneText {
  zone: Zone;
  place: Box;
}

/** Height of a line of text with its room. */
export const TEXT_HEIGHT = 14;
/** Room around a text, to its left and right. */
export const TEXT_ROOM = 3;
/** Beyond the edge of the pane, so that edges of what goes on cannot be seen. */
const BEYOND = 3;
/** A zone of which less than this can be seen has no text. */
const TEXT_WORTH = 18;
/** Places on either side of its price that a label is tried at, nearest first. */
const STEPS = 3;

/** The shape of a zone, or null when no part of it is in the pane. `end` is where zones that last end, if before the edge. */
export function zoneShape(
  zone: Zone,
  positions: TimePositions,
  scale: PaneScale,
  end: number | null,
): ZoneShape | null {
  const upper = scale.y(Math.max(zone.top, zone.bottom));
  const lower = scale.y(Math.min(zone.top, zone.bottom));
  if (upper === null || lower === null || lower < 0 || upper > scale.height) return null;
  const until = zone.until ?? end;
  const x = (instant: number): number => scale.x(positions.of(instant));
  const [left, right] = [x(zone.from), until === null ? scale.width + BEYOND : x(until)];
  if (right < 0 || left > scale.width) return null;
  const cut = (value: number): number => Math.min(Math.max(value, -BEYOND), scale.width + BEYOND);
  return {
    zone,
    left: cut(left),
    right: Math.max(cut(right), cut(left) + 1),
    known: Math.min(Math.max(cut(x(zone.known_at)), cut(left)), cut(right)),
    top: Math.max(upper, -BEYOND),
    bottom: Math.max(Math.min(lower, scale.height + BEYOND), upper + 1),
    begins: left >= 0,
    ends: right <= scale.width,
  };
}

/** The shapes under a point, the smallest first. */
export function shapesAt(shapes: readonly ZoneShape[], x: number, y: number): ZoneShape[] {
  const room = 2;
  return shapes
    .filter((one) => x >= one.left && x <= one.right && y >= one.top - room && y <= one.bottom + room)
    .toSorted((one, other) => one.bottom - one.top - (other.bottom - other.top));
}

/** Room for the texts of zones: inside where they fit, else above or below; what finds none is left out. Adds to `taken`. */
export function zoneTexts(
  shapes: readonly ZoneShape[],
  widthOf: (zone: Zone) => number,
  taken: Box[],
  bounds: Box,
): ZoneText[] {
  const texts: ZoneText[] = [];
  for (const { zone, left, right, top, bottom } of shapes) {
    if (zone.text === '' || Math.min(right, bounds.right) - Math.max(left, bounds.left) < TEXT_WORTH)
      continue;
    const width = widthOf(zone) + 2 * TEXT_ROOM;
    const start = Math.max(left, bounds.left) + 1;
    const inside = bottom - top >= TEXT_HEIGHT + 1 && right - start >= width;
    const at = (y: number): Box => boxAt(start, y, width, TEXT_HEIGHT);
    const around = [at(top - TEXT_HEIGHT - 1), at(bottom + 1)];
    const within = [at(top + 1), at(bottom - TEXT_HEIGHT - 1)];
    const place = firstFree(inside ? [...within, ...around] : around, taken, bounds);
    if (!place) continue;
    taken.push(place);
    texts.push({ zone, place });
  }
  return texts;
}

/** Room for the texts of labels beside their prices, away from what is taken. Adds to `taken`. */
export function labelShapes(
  anchors: readonly { label: Label; x: number; y: number }[],
  widthOf: (label: Label) => number,
  taken: Box[],
  bounds: Box,
): LabelShape[] {
  return anchors.map(({ label, x, y }) => {
    const width = widthOf(label) + 2 * TEXT_ROOM;
    const left = Math.min(Math.max(x - width / 2, bounds.left), bounds.right - width);
    const gap = 4;
    const above = (step: number): Box =>
      boxAt(left, y - gap - TEXT_HEIGHT - step * TEXT_HEIGHT, width, TEXT_HEIGHT);
    const below = (step: number): Box => boxAt(left, y + gap + step * TEXT_HEIGHT, width, TEXT_HEIGHT);
    const steps = Array.from({ length: STEPS }, (_, step) => step);
    // Beside the price at which buyers or sellers came in, not over the candle.
    const [first, second] = label.tone === 'bullish' ? [below, above] : [above, below];
    const place = firstFree([...steps.map(first), ...steps.map(second)], taken, bounds);
    if (place) taken.push(place);
    return { label, x, y, place };
  });
}
