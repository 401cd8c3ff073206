import { describe, expect, it } from 'vitest';
import type { Zone } from './drawings-contract';
import { ZoneIndex } from './zone-index';

function zone(from: number, until: number | null): Zone {
  return { sleeve: 0, from, known_at: from + 1, until, top: 2, bottom: 1, tone: 'neutral', text: `${from}` };
}

const texts = (zones: readonly Zone[]): string[] => zones.map(({ text }) => text);

describe('the zones of a span', () => {
  it('are those that overlap it, the end excluded', () => {
    const index = new ZoneIndex([zone(10, 20), zone(5, null), zone(30, 40)]);
    expect(texts(index.within(0, 5))).toEqual([]);
    expect(texts(index.within(0, 10))).toEqual(['5']);
    expect(texts(index.within(0, 11))).toEqual(['5', '10']);
    expect(texts(index.within(19, 30))).toEqual(['5', '10']);
    expect(texts(index.within(20, 31))).toEqual(['5', '30']);
    expect(texts(index.within(1e12, 2e12))).toEqual(['5']);
  });

  it('are the same as by looking at each, whatever their order and length', () => {
    let seed = 1;
    const random = (most: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % most;
    };
    const zones = Array.from({ length: 2000 }, () => {
      const from = random(100_000);
      return zone(from, random(20) === 0 ? null : from + random(3000));
    });
    const index = new ZoneIndex(zones);
    for (let turn = 0; turn < 200; turn += 1) {
      const from = random(110_000);
      const to = from + random(5000);
      const expected = zones.filter((one) => one.from < to && (one.until ?? Infinity) > from);
      expect(index.within(from, to).length).toBe(expected.length);
      expect(new Set(index.within(from, to))).toEqual(new Set(expected));
    }
  });

  it('are found fast among a hundred thousand', () => {
    const index = new ZoneIndex(Array.from({ length: 100_000 }, (_, row) => zone(row * 10, row * 10 + 500)));
    const began = performance.now();
    for (let turn = 0; turn < 100; turn += 1) index.within(turn * 9000, turn * 9000 + 2000);
    expect((performance.now() - began) / 100).toBeLessThan(5);
  });
});
