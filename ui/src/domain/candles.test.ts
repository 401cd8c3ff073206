import { describe, expect, it } from 'vitest';
import {
  checkedBlock,
  EMPTY_BLOCK,
  firstAtOrAfter,
  joinBlocks,
  lastAtOrBefore,
  withLast,
  type CandleBlock,
} from './candles';

function block(...time: number[]): CandleBlock {
  const same = (): number[] => time.map((at) => at * 10);
  return { time, open: same(), high: same(), low: same(), close: same(), volume: same() };
}

describe('candle blocks', () => {
  it('refuses times that do not ascend', () => {
    expect(() => checkedBlock(block(1, 3, 3))).toThrow('row 2 (3) follows 3');
    expect(() => checkedBlock(block(2, 1))).toThrow('ascend');
  });

  it('refuses columns of different length', () => {
    expect(() => checkedBlock({ ...block(1, 2), low: [1] })).toThrow('low: 2 values expected, was 1');
  });

  it('joins an older page without doubling rows', () => {
    const joined = joinBlocks(block(1, 2, 3), block(3, 4));
    expect(joined.time).toEqual([1, 2, 3, 4]);
    expect(joined.close).toEqual([10, 20, 30, 40]);
  });

  it('takes a candle at its end only', () => {
    const candle = { time: 3, open: 1, high: 2, low: 0, close: 1, volume: 9 };
    expect(withLast(block(1, 2), candle)?.time).toEqual([1, 2, 3]);
    expect(withLast(block(1, 3), candle)?.volume).toEqual([10, 9]);
    expect(withLast(block(1, 4), candle)).toBeNull();
    expect(withLast(EMPTY_BLOCK, candle)?.close).toEqual([1]);
    expect(EMPTY_BLOCK.time).toEqual([]);
  });

  it('finds rows by time', () => {
    const times = [10, 20, 30];
    expect([5, 10, 11, 30, 31].map((at) => firstAtOrAfter(times, at))).toEqual([0, 0, 1, 2, 3]);
    expect([5, 10, 11, 30, 31].map((at) => lastAtOrBefore(times, at))).toEqual([-1, 0, 0, 2, 2]);
  });
});
