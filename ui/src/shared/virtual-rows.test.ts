import { describe, expect, it } from 'vitest';
import { visibleRows } from './virtual-rows';

const of = (top: number, total = 20_000) =>
  visibleRows({ total, rowHeight: 28, top, height: 560, margin: 5 });

describe('rows of a long table', () => {
  it('keeps few rows and the full height', () => {
    for (const top of [0, 28_000, 20_000 * 28]) {
      const { first, last, before, after } = of(top);
      expect(last - first).toBe(30);
      expect(before + (last - first) * 28 + after).toBe(20_000 * 28);
    }
  });

  it('ends at the last row and copes with short lists', () => {
    expect(of(1e9).last).toBe(20_000);
    expect(of(0, 3)).toEqual({ first: 0, last: 3, before: 0, after: 0 });
    expect(of(500, 0)).toEqual({ first: 0, last: 0, before: 0, after: 0 });
  });
});
