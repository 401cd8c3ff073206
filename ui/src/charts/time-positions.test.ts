import { describe, expect, it } from 'vitest';
import { TimePositions } from './time-positions';

describe('positions of instants', () => {
  const positions = new TimePositions([0, 10, 20, 50, 60]);

  it('are left edges where candles open, and between them in proportion', () => {
    expect([0, 5, 10, 20, 60].map((at) => positions.of(at))).toEqual([-0.5, 0, 0.5, 1.5, 3.5]);
  });

  it('within a gap lie at its edge', () => {
    expect([29, 30, 45, 50].map((at) => positions.of(at))).toEqual([2.4, 2.5, 2.5, 2.5]);
  });

  it('beyond the candles are the outer edges', () => {
    expect([-100, 70, 1000].map((at) => positions.of(at))).toEqual([-0.5, 4.5, 4.5]);
    expect(new TimePositions([]).of(5)).toBe(-0.5);
    expect(new TimePositions([7]).of(9)).toBe(-0.5);
  });

  it('name the candle that closes at an instant', () => {
    expect([0, 10, 15, 30, 70, 71].map((at) => positions.closedAt(at))).toEqual([
      undefined,
      0,
      1,
      2,
      4,
      undefined,
    ]);
  });

  it('span what is in sight and the candle that is cut by the edge', () => {
    expect(positions.span(0.2, 1.2)).toEqual({ from: 0, to: 50 });
    expect(positions.span(-20, 40)).toEqual({ from: 0, to: 70 });
    expect(positions.span(3, 4)).toEqual({ from: 50, to: 70 });
  });
});
