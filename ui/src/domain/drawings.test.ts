import { describe, expect, it } from 'vitest';
import { partToLoad, pointsOnCandles, valueAt } from './drawings';

const HOUR = 3_600_000;

describe('the part to load', () => {
  const loaded = { from: 100 * HOUR, to: 400 * HOUR, thinned: false };

  it('is what is in sight and as much on either side', () => {
    expect(partToLoad(null, { from: 200 * HOUR, to: 300 * HOUR })).toEqual(loadedSpan(100, 400));
    expect(partToLoad(null, { from: 10 * HOUR, to: 110 * HOUR })).toEqual(loadedSpan(0, 210));
  });

  it('is none while what is in sight is loaded', () => {
    expect(partToLoad(loaded, { from: 100 * HOUR, to: 399 * HOUR })).toBeNull();
    expect(partToLoad(loaded, { from: 200 * HOUR, to: 201 * HOUR })).toBeNull();
  });

  it('is asked for at either edge', () => {
    expect(partToLoad(loaded, { from: 99 * HOUR, to: 199 * HOUR })).toEqual(loadedSpan(0, 299));
    expect(partToLoad(loaded, { from: 350 * HOUR, to: 400 * HOUR })).toEqual(loadedSpan(300, 450));
  });

  it('is finer when a thinned part is looked at closely', () => {
    const thinned = { ...loaded, thinned: true };
    expect(partToLoad(thinned, { from: 200 * HOUR, to: 300 * HOUR })).toBeNull();
    expect(partToLoad(thinned, { from: 200 * HOUR, to: 230 * HOUR })).toEqual(loadedSpan(170, 260));
  });
});

function loadedSpan(from: number, to: number): { from: number; to: number } {
  return { from: from * HOUR, to: to * HOUR };
}

describe('points on candles', () => {
  it('stand on the candle that closed with them', () => {
    const opens = [0, 10, 20];
    expect(pointsOnCandles({ time: [10, 20, 30], value: [1, 2, 3] }, opens)).toEqual([
      { row: 0, value: 1 },
      { row: 1, value: 2 },
      { row: 2, value: 3 },
    ]);
  });

  it('of which several fall on one candle count once, with the last', () => {
    expect(pointsOnCandles({ time: [2, 5, 10, 15], value: [1, 2, 3, 4] }, [0, 10])).toEqual([
      { row: 0, value: 3 },
      { row: 1, value: 4 },
    ]);
  });

  it('before or after all candles are left out', () => {
    expect(pointsOnCandles({ time: [10, 20, 30, 31], value: [1, 2, 3, 4] }, [10, 20])).toEqual([
      { row: 0, value: 2 },
      { row: 1, value: 3 },
    ]);
    expect(pointsOnCandles({ time: [5], value: [1] }, [])).toEqual([]);
  });
});

describe('the value at an instant', () => {
  it('is the newest that was known', () => {
    const plot = { time: [10, 20], value: [1, 2] };
    expect([5, 10, 19, 20, 99].map((instant) => valueAt(plot, instant))).toEqual([null, 1, 1, 2, 2]);
  });
});
