import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const MINUTE = 60_000;
const HOUR = vi.hoisted(() => Date.UTC(2024, 4, 1, 10));

/** Stored minutes by open time; the fake engine below builds hours from them. */
const stored = vi.hoisted(() => {
  const minutes = new Map<number, number>();
  const rowsOf = (timeframe: string): { time: number; price: number; volume: number }[] => {
    const length = timeframe === '1h' ? 3_600_000 : 60_000;
    const rows = new Map<number, { price: number; count: number }>();
    for (const [time, price] of [...minutes].sort(([left], [right]) => left - right)) {
      const open = time - (time % length);
      rows.set(open, { price: rows.get(open)?.price ?? price, count: (rows.get(open)?.count ?? 0) + 1 });
    }
    return [...rows]
      .filter(([, { count }]) => count === length / 60_000)
      .map(([time, { price, count }]) => ({ time, price, volume: count }));
  };
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined }));
  vi.stubGlobal('fetch', async (address: string) => {
    const query = new URLSearchParams(address.split('?')[1]);
    const timeframe = query.get('timeframe') ?? '';
    const all = rowsOf(timeframe);
    const rows = all.filter(
      ({ time }) => time >= Number(query.get('from') ?? 0) && time < Number(query.get('to') ?? Infinity),
    );
    const column = rows.map(({ price }) => price);
    const body = {
      timeframe,
      time: rows.map(({ time }) => time),
      open: column,
      high: column,
      low: column,
      close: [...column],
      volume: rows.map(({ volume }) => volume),
      first_available: all[0]?.time ?? null,
      last_available: all.at(-1)?.time ?? null,
    };
    return new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
  });
  return minutes;
});

import type { Ticker } from '../domain/contract';
import { priceStream } from '../stores/price-stream';
import { CandleFeed } from './candle-feed.svelte';
import { LiveTail } from './live-tail.svelte';

const candle = (time: number, price: number) => ({
  time,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: 1,
});

function tick(time: number, price: number): void {
  const ticker = { symbol: 'A', forming: candle(time, price) } as Ticker;
  priceStream.tickers({ market: 'demo', tickers: [ticker] });
}

function close(time: number, price: number): void {
  stored.set(time, price);
  priceStream.closed({ market: 'demo', timeframe: '1m', candles: [{ symbol: 'A', ...candle(time, price) }] });
}

let feed: CandleFeed;
let tail: LiveTail;
const drawn = () => feed.block.time.map((time, row) => [(time - HOUR) / MINUTE, feed.block.close[row]]);

async function open(timeframe: string, now: number): Promise<void> {
  const series = { symbol: 'A', market: 'demo' as const, timeframe };
  feed = new CandleFeed(() => undefined);
  tail = new LiveTail(feed, () => undefined);
  await feed.open(series);
  await tail.start(series, now);
}

beforeEach(() => {
  stored.clear();
  for (let at = -60; at < 2; at += 1) stored.set(HOUR + at * MINUTE, 100);
});
afterEach(() => tail.end());

describe('a chart that streams', () => {
  it('lets the forming candle of a longer timeframe move', async () => {
    await open('1h', HOUR + 2 * MINUTE);
    tick(HOUR + 2 * MINUTE, 107);
    expect(drawn()).toEqual([
      [-60, 100],
      [0, 107],
    ]);
    expect(feed.block.high.at(-1)).toBe(107);
    expect(feed.block.volume.at(-1), 'two closed minutes and the forming one').toBe(3);
    expect(tail.closesAt).toBe(HOUR + 60 * MINUTE);
  });

  it('begins a new candle when one has closed', async () => {
    await open('1m', HOUR + 2 * MINUTE);
    tick(HOUR + 2 * MINUTE, 101);
    close(HOUR + 2 * MINUTE, 102);
    tick(HOUR + 3 * MINUTE, 103);
    expect(drawn().slice(-3)).toEqual([
      [1, 100],
      [2, 102],
      [3, 103],
    ]);
  });

  it('reads a missing candle before it draws one after it', async () => {
    await open('1m', HOUR + 2 * MINUTE);
    stored.set(HOUR + 2 * MINUTE, 55);
    stored.set(HOUR + 3 * MINUTE, 56);
    close(HOUR + 4 * MINUTE, 57);
    expect(drawn().at(-1), 'nothing is drawn past the gap').toEqual([1, 100]);
    await vi.waitFor(() => expect(drawn().at(-1)).toEqual([4, 57]));
    expect(
      drawn()
        .slice(-4)
        .map(([at]) => at),
    ).toEqual([1, 2, 3, 4]);
  });

  it('begins a chart of which nothing is stored', async () => {
    stored.clear();
    await open('1m', HOUR + 2 * MINUTE);
    tick(HOUR + 2 * MINUTE, 101);
    expect(drawn()).toEqual([[2, 101]]);
    close(HOUR + 2 * MINUTE, 102);
    tick(HOUR + 3 * MINUTE, 103);
    expect(drawn()).toEqual([
      [2, 102],
      [3, 103],
    ]);
  });

  it('lets go of the forming candle when it starts anew', async () => {
    await open('1m', HOUR + 2 * MINUTE);
    tick(HOUR + 2 * MINUTE, 900);
    stored.set(HOUR + 2 * MINUTE, 102);
    stored.set(HOUR + 3 * MINUTE, 103);
    await tail.start({ symbol: 'A', market: 'demo', timeframe: '1m' }, HOUR + 4 * MINUTE);
    expect(drawn().slice(-2)).toEqual([
      [2, 102],
      [3, 103],
    ]);
  });

  it('leaves a chart of the past alone', async () => {
    await open('1m', HOUR + 2 * MINUTE);
    stored.set(HOUR + 500 * MINUTE, 1);
    await feed.open({ symbol: 'A', market: 'demo', timeframe: '1m' });
    feed.block = { time: [HOUR], open: [1], high: [1], low: [1], close: [1], volume: [1] };
    tick(HOUR + 2 * MINUTE, 101);
    expect(drawn()).toEqual([[0, 1]]);
  });

  it('is silent after its end', async () => {
    await open('1m', HOUR + 2 * MINUTE);
    tail.end();
    tick(HOUR + 2 * MINUTE, 101);
    expect(drawn().at(-1)).toEqual([1, 100]);
  });
});
