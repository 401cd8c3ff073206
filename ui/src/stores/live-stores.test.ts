import { beforeEach, describe, expect, it, vi } from 'vitest';

const asked = vi.hoisted(() => {
  const requests: { method: string; path: string; body: unknown }[] = [];
  const answers = new Map<string, unknown>();
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: () => undefined }));
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    const method = init.method ?? 'GET';
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : null;
    requests.push({ method, path, body });
    const answer = answers.get(`${method} ${path}`) ?? {};
    return new Response(JSON.stringify(answer), { headers: { 'content-type': 'application/json' } });
  });
  return { requests, answers };
});

import type { CandleRow, DownloadJob, Ticker, WatchedPair } from '../domain/contract';
import { downloads } from './downloads.svelte';
import { engine } from './engine.svelte';
import { priceStream } from './price-stream';
import { toasts } from './toasts.svelte';
import { watchlist } from './watchlist.svelte';

function ticker(symbol: string, last: number, updated_at: number): Ticker {
  const nothing = {
    bid: null,
    ask: null,
    mark: null,
    index: null,
    change_24h: null,
    high_24h: null,
    low_24h: null,
    quote_volume_24h: null,
    funding_rate: null,
    next_funding_at: null,
    forming: null,
  };
  return { symbol, last, updated_at, ...nothing };
}

function pair(symbol: string): WatchedPair {
  return { symbol, active: true, added_at: 0, instrument: null, ticker: ticker(symbol, 10, 1) };
}

const listOf = (...symbols: string[]) => ({ venue: 'demo', pairs: symbols.map(pair) });
const order = () => watchlist.pairs.map(({ symbol }) => symbol).join(' ');
const event = { seq: 1, timestamp: '' };

beforeEach(async () => {
  asked.answers.set('GET /api/v1/market/downloads', []);
  asked.answers.set('GET /api/v1/watchlist', listOf('A', 'B', 'C'));
  watchlist.forget();
  await watchlist.load();
  asked.requests.length = 0;
});

describe('the watch-list', () => {
  it('starts from the snapshot and follows the prices', () => {
    expect(watchlist.quote('A')).toMatchObject({ changes: 0, moved: null, ticker: { last: 10 } });
    engine.apply({ ...event, type: 'tickers', data: { market: 'demo', tickers: [ticker('A', 11, 2)] } });
    expect(watchlist.quote('A')).toMatchObject({ changes: 1, moved: 'up', ticker: { last: 11 } });
    expect(watchlist.quote('B')?.ticker.last).toBe(10);
  });

  it('keeps the newer price when an older one comes late', () => {
    watchlist.accept({ market: 'demo', tickers: [ticker('A', 12, 5)] });
    watchlist.accept({ market: 'demo', tickers: [ticker('A', 9, 4)] });
    expect(watchlist.quote('A')?.ticker.last).toBe(12);
  });

  it('moves a pair at once and tells the engine', async () => {
    const moving = watchlist.move('C', 0);
    expect(order()).toBe('C A B');
    await moving;
    expect(asked.requests[0]).toMatchObject({
      method: 'PATCH',
      path: '/api/v1/watchlist/C',
      body: { position: 0 },
    });
    expect(order(), 'what the engine says stands').toBe('A B C');
  });

  it('puts a removed pair back where it was', async () => {
    await watchlist.remove('B');
    toasts.list.at(-1)?.action?.run();
    await vi.waitFor(() => expect(asked.requests.filter(({ method }) => method !== 'GET')).toHaveLength(3));
    const changes = asked.requests.filter(({ method }) => method !== 'GET');
    expect(changes.map(({ method, body }) => [method, body])).toEqual([
      ['DELETE', null],
      ['POST', { symbol: 'B' }],
      ['PATCH', { position: 1, active: true }],
    ]);
  });

  it('is read anew when the stream was too slow', async () => {
    asked.answers.set('GET /api/v1/watchlist', listOf('A'));
    engine.apply({ ...event, type: 'lagged', data: { missed: 3 } });
    await vi.waitFor(() => expect(order()).toBe('A'));
    expect(watchlist.quote('B')).toBeUndefined();
  });
});

describe('the price stream', () => {
  it('gives each follower the minutes of its pair in order', () => {
    const heard: number[] = [];
    const onClosed = (minutes: readonly CandleRow[]) => heard.push(...minutes.map(({ time }) => time));
    const stop = priceStream.follow({ market: 'demo', symbol: 'A' }, { onTicker: () => undefined, onClosed });
    const candle = (symbol: string, time: number) => ({
      symbol,
      time,
      open: 1,
      high: 1,
      low: 1,
      close: 1,
      volume: 0,
    });
    const candles = [candle('A', 120_000), candle('B', 60_000), candle('A', 60_000)];
    priceStream.closed({ market: 'demo', timeframe: '1m', candles });
    priceStream.closed({ market: 'demo', timeframe: '5m', candles });
    priceStream.closed({ market: 'um', timeframe: '1m', candles });
    stop();
    priceStream.closed({ market: 'demo', timeframe: '1m', candles });
    expect(heard).toEqual([60_000, 120_000]);
  });
});

describe('downloads', () => {
  const job: DownloadJob = {
    id: 'd1',
    status: 'running',
    title: 'BTCUSDT 1m',
    symbols: ['BTCUSDT'],
    created_at: 0,
    parts_total: 4,
    parts_done: 1,
    parts_absent: 0,
    parts_failed: 0,
    bytes: 0,
    rows: 0,
    rows_new: 0,
    rows_revised: 0,
    checked: 0,
    checked_timeframes: [],
    differences: 0,
    differing: [],
    untold: 0,
    rate_mb_s: 0,
    eta_ms: null,
    activity: null,
    failures: [],
  };

  it('keep one entry per job and say once that it ended', () => {
    downloads.accept(job);
    downloads.accept({ ...job, parts_done: 2 });
    expect(downloads.jobs).toHaveLength(1);
    downloads.accept({ ...job, status: 'completed', rows_new: 1440 });
    downloads.accept({ ...job, parts_done: 3 });
    expect(downloads.jobs[0]?.status, 'a late report does not reopen it').toBe('completed');
    expect(toasts.list.at(-1)).toMatchObject({
      title: 'Download finished',
      text: 'BTCUSDT 1m: 1,440 new rows',
    });
  });
});
