import { describe, expect, it } from 'vitest';
import type { Label, Tone, Zone } from '../domain/contract';
import { boxAt, overlaps, type Box } from './boxes';
import {
  labelShapes,
  shapesAt,
  zoneShape,
  zoneTexts,
  type PaneScale,
  type ZoneShape,
} from './drawing-shapes';
import { TimePositions } from './time-positions';

/** Ten candles of 10 ms and 20 pixels; one pixel a price, downwards from 100. */
const positions = new TimePositions(Array.from({ length: 10 }, (_, row) => row * 10));
const scale: PaneScale = { x: (at) => 10 + at * 20, y: (price) => 100 - price, width: 200, height: 100 };
const bounds: Box = { left: 0, top: 0, right: 200, bottom: 100 };

function zone(change: Partial<Zone> = {}): Zone {
  return {
    sleeve: 0,
    from: 20,
    known_at: 40,
    until: 70,
    top: 60,
    bottom: 40,
    tone: 'bullish',
    text: 'OB',
    ...change,
  };
}

const shape = (change: Partial<Zone> = {}, end: number | null = null): ZoneShape | null =>
  zoneShape(zone(change), positions, scale, end);

function drawn(change: Partial<Zone> = {}): ZoneShape {
  const found = shape(change);
  if (!found) throw new Error('it is in the pane');
  return found;
}

describe('the shape of a zone', () => {
  it('goes from the edge of its first candle to its end, with the edge at which it was known', () => {
    expect(shape()).toMatchObject({ left: 40, known: 80, right: 140, top: 40, bottom: 60 });
    expect(shape()).toMatchObject({ begins: true, ends: true });
  });

  it('goes on beyond the right edge while it lasts, or to where nobody looked after it any more', () => {
    expect(shape({ until: null })).toMatchObject({ right: 203, ends: false });
    expect(shape({ until: null }, 60)).toMatchObject({ right: 120, ends: true });
  });

  it('is cut at the edges of the pane', () => {
    const narrow = { ...scale, x: (at: number) => at * 20 - 80 };
    const cut = zoneShape(zone(), positions, narrow, null);
    expect(cut).toMatchObject({ left: -3, known: -3, right: 50, begins: false });
  });

  it('does not matter which price is called the upper one', () => {
    expect(shape({ top: 40, bottom: 60 })).toMatchObject({ top: 40, bottom: 60 });
  });

  it('is at least a pixel, and none outside of the pane', () => {
    expect(shape({ top: 50, bottom: 50, until: 20 })).toMatchObject({
      top: 50,
      bottom: 51,
      left: 40,
      right: 41,
    });
    expect(shape({ top: 300, bottom: 250 })).toBeNull();
    expect(shape({ top: -10, bottom: -20 })).toBeNull();
    expect(zoneShape(zone(), positions, { ...scale, x: (at) => 900 + at }, null)).toBeNull();
    expect(zoneShape(zone(), positions, { ...scale, y: () => null }, null)).toBeNull();
  });
});

describe('the shapes under a point', () => {
  it('are those that hold it, the smallest first', () => {
    const shapes = [drawn(), drawn({ top: 55, bottom: 50, text: 'small' }), drawn({ from: 60 })];
    expect(shapesAt(shapes, 100, 48).map(({ zone: { text } }) => text)).toEqual(['small', 'OB']);
    expect(shapesAt(shapes, 20, 48)).toEqual([]);
  });
});

describe('texts of zones', () => {
  const texts = (shapes: readonly ZoneShape[], taken: Box[] = []): Box[] =>
    zoneTexts(shapes, () => 30, taken, bounds).map(({ place }) => place);

  it('stand inside where they fit and above where they do not', () => {
    expect(texts([drawn()])[0]).toMatchObject({ left: 41, top: 41 });
    expect(texts([drawn({ top: 45 })])[0]).toMatchObject({ top: 55 - 15 });
  });

  it('keep out of what is taken and of one another, or are left out', () => {
    expect(texts([drawn()], [boxAt(0, 0, 200, 100)])).toEqual([]);
    const many = Array.from({ length: 8 }, () => drawn());
    const places = texts(many);
    expect(places.length).toBeGreaterThan(1);
    expect(places.length).toBeLessThan(8);
    expect(somePair(places)).toBe(false);
  });

  it('are not written on slivers', () => {
    expect(texts([drawn({ until: 25 }), drawn({ text: '' })])).toEqual([]);
  });
});

describe('texts of labels', () => {
  const label = (tone: Tone): Label => ({ sleeve: 0, time: 10, price: 50, tone, text: 'BOS' });
  const at = (tone: Tone, x = 100, y = 50): { label: Label; x: number; y: number } => ({
    label: label(tone),
    x,
    y,
  });

  it('stand below prices that speak for buyers and above all others', () => {
    const places = (['bullish', 'bearish', 'neutral'] as const).map(
      (tone) => labelShapes([at(tone)], () => 20, [], bounds)[0]?.place?.top ?? 0,
    );
    expect(places.map((top) => top > 50)).toEqual([true, false, false]);
  });

  it('keep away from trade marks and from one another, and inside the pane', () => {
    const mark = boxAt(90, 20, 20, 28);
    const anchors = Array.from({ length: 6 }, () => at('bearish'));
    const shapes = labelShapes([...anchors, at('bearish', 1, 3)], () => 20, [mark], bounds);
    const places = shapes.flatMap(({ place }) => place ?? []);
    expect(places.some((place) => overlaps(place, mark))).toBe(false);
    expect(somePair(places)).toBe(false);
    expect(places.every(({ left, top }) => left >= 0 && top >= 0)).toBe(true);
  });

  it('without room are left out, their price is not', () => {
    const [only] = labelShapes([at('neutral')], () => 20, [boxAt(0, 0, 200, 100)], bounds);
    expect(only).toMatchObject({ x: 100, y: 50, place: undefined });
  });
});

/** Whether any two of these overlap. */
function somePair(places: readonly Box[]): boolean {
  return places.some((one, row) => places.slice(row + 1).some((other) => overlaps(one, other)));
}
