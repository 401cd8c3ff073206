import { describe, expect, it } from 'vitest';
import { CandleBuilder } from './candle-builder';
import type { CandleRow } from './contract';
import { nextOpen, openOf } from './timeframe';

const MINUTE = 60_000;
const HOUR = Date.UTC(2024, 4, 1, 10);

/** Minute number `at` since the hour, around `price`. */
function minute(at: number, price: number, volume = 1): CandleRow {
  return { time: HOUR + at * MINUTE, open: price, high: price + 2, low: price - 2, close: price + 1, volume };
}

const stretch = (at: number, price: number) => ({ ...minute(at, price), end: HOUR + (at + 1) * MINUTE });

describe('open times', () => {
  it('are multiples of the length, Mondays and first days', () => {
    const at = Date.UTC(2024, 1, 29, 13, 7, 9);
    expect(new Date(openOf(at, '4h')).toISOString()).toBe('2024-02-29T12:00:00.000Z');
    expect(new Date(openOf(at, '1w')).toISOString()).toBe('2024-02-26T00:00:00.000Z');
    expect(new Date(openOf(at, '1M')).toISOString()).toBe('2024-02-01T00:00:00.000Z');
    expect(new Date(nextOpen(openOf(at, '1M'), '1M')).toISOString()).toBe('2024-03-01T00:00:00.000Z');
  });
});

describe('the candle that forms', () => {
  it('is the closed minutes since its open and the minute that forms', () => {
    const builder = new CandleBuilder('5m', HOUR, [stretch(0, 100), stretch(1, 110)]);
    expect(builder.form(minute(2, 90, 4))).toEqual({
      candle: { time: HOUR, open: 100, high: 112, low: 88, close: 91, volume: 6 },
      isClosed: false,
      missing: 0,
    });
    expect(builder.form(minute(2, 95, 5))?.candle.low, 'a later state replaces the earlier one').toBe(93);
  });

  it('closes with its last minute and the next one begins', () => {
    const builder = new CandleBuilder('3m', HOUR, [stretch(0, 100), stretch(1, 101)]);
    expect(builder.close(minute(2, 102))).toMatchObject({
      isClosed: true,
      candle: { time: HOUR, close: 103 },
    });
    expect(builder.form(minute(3, 50))).toMatchObject({
      isClosed: false,
      candle: { time: HOUR + 3 * MINUTE, open: 50, low: 48 },
    });
    expect(builder.close(minute(3, 60))).toMatchObject({ candle: { open: 60, close: 61 } });
  });

  it('takes each minute once', () => {
    const builder = new CandleBuilder('5m', HOUR, [stretch(0, 100)]);
    expect(builder.close(minute(0, 999))).toBeNull();
    expect(builder.close(minute(1, 100))?.candle.volume).toBe(2);
    expect(builder.close(minute(1, 100))).toBeNull();
    expect(builder.form(minute(0, 999))).toBeNull();
  });

  it('goes on while the minute before is just closing, within one candle', () => {
    const builder = new CandleBuilder('5m', HOUR, []);
    builder.form(minute(0, 100));
    expect(builder.form(minute(1, 120))?.candle).toMatchObject({ open: 100, high: 122, volume: 2 });
    expect(builder.close(minute(0, 101))?.candle, 'the closed minute stands').toMatchObject({
      open: 101,
      volume: 1,
    });
  });

  it('waits for the close of one candle before it begins the next', () => {
    const builder = new CandleBuilder('1m', HOUR);
    builder.form(minute(0, 100));
    expect(builder.form(minute(1, 120))).toBeNull();
    builder.close(minute(0, 100));
    expect(builder.form(minute(1, 120))?.candle.time).toBe(HOUR + MINUTE);
  });

  it('draws nothing past minutes that have not arrived', () => {
    const builder = new CandleBuilder('1h', HOUR, [stretch(0, 100)]);
    expect(builder.form(minute(5, 100))).toBeNull();
  });

  it('says how many minutes the venue never made', () => {
    const builder = new CandleBuilder('1h', HOUR, [stretch(0, 100)]);
    expect(builder.close(minute(4, 100))).toMatchObject({ missing: 3, isClosed: false });
    expect(builder.form(minute(5, 100))?.missing).toBe(3);
  });

  it('counts whole days of longer candles', () => {
    const month = Date.UTC(2024, 4, 1);
    const day = { ...minute(0, 100), time: month, end: month + 1440 * MINUTE };
    const builder = new CandleBuilder('1M', month, [day]);
    const first = { ...minute(0, 130), time: month + 1440 * MINUTE };
    expect(builder.form(first)).toMatchObject({ missing: 0, candle: { time: month, high: 132 } });
  });
});
