import { describe, expect, it, vi } from 'vitest';

vi.hoisted(() => {
  const query = { matches: false, addEventListener: () => undefined };
  vi.stubGlobal('matchMedia', () => query);
  vi.stubGlobal('fetch', async () => new Response('{}', { headers: { 'content-type': 'application/json' } }));
});

import type { BacktestJob, ImportJob } from '../domain/contract';
import { imports } from './imports.svelte';
import { Remote } from './remote.svelte';
import { parseRoute, routePath, type Route } from './route.svelte';
import { runs } from './runs.svelte';
import { toasts } from './toasts.svelte';

function job(part: Partial<BacktestJob>): BacktestJob {
  return {
    id: 'r1',
    status: 'running',
    fraction: 0.5,
    bars_done: 1,
    bars_total: 2,
    elapsed_ms: 1,
    eta_ms: 1,
    error: null,
    location: '',
    ...part,
  };
}

describe('routes', () => {
  it.each<Route>([
    { screen: 'chart' },
    { screen: 'backtests' },
    { screen: 'new-backtest' },
    { screen: 'backtest', id: 'a b/c' },
    { screen: 'data' },
    { screen: 'strategies', name: null },
    { screen: 'strategies', name: 'SMA_CROSS' },
    { screen: 'settings' },
  ])('survive the address: %j', (route) => {
    expect(parseRoute(routePath(route))).toEqual(route);
  });

  it('falls back to the chart', () => {
    expect(parseRoute('#/nowhere')).toEqual({ screen: 'chart' });
  });
});

describe('remote values', () => {
  it('drops an answer that a later question has overtaken', async () => {
    const waiting: ((value: string) => void)[] = [];
    const remote = new Remote(() => new Promise<string>((resolve) => waiting.push(resolve)));
    const [first, second] = [remote.load(), remote.load()];
    waiting[1]?.('new');
    waiting[0]?.('old');
    await Promise.all([first, second]);
    expect(remote.value).toBe('new');
  });

  it('keeps the last value when a reload fails', async () => {
    let works = true;
    const remote = new Remote(async () => {
      if (!works) throw new Error('gone');
      return 1;
    });
    await remote.load();
    works = false;
    await remote.load();
    expect([remote.value, remote.error?.message, remote.busy]).toEqual([1, 'gone', false]);
  });
});

describe('runs', () => {
  it('announces the end of a watched run once', () => {
    runs.watch('r1');
    runs.accept(job({}));
    expect(toasts.list).toHaveLength(0);
    runs.accept(job({ status: 'completed', fraction: 1 }));
    runs.accept(job({ status: 'completed', fraction: 1 }));
    expect(toasts.list.map((toast) => toast.title)).toEqual(['Backtest finished']);
  });
});

describe('imports', () => {
  const running: ImportJob = {
    id: 'i1',
    status: 'running',
    symbol: 'BTCUSDT',
    market: 'um',
    files_total: 1,
    files_done: 0,
    bytes_total: 2,
    bytes_done: 1,
    rows: 0,
    rate_mb_s: 1,
    eta_ms: 1,
    files: [],
  };

  it('keeps one entry per job and says when it ends', () => {
    imports.accept(running);
    imports.accept({ ...running, bytes_done: 2 });
    expect(imports.jobs).toHaveLength(1);
    imports.accept({ ...running, status: 'completed' });
    expect(toasts.list.at(-1)?.title).toBe('Import of BTCUSDT finished');
  });

  it('does not let a late progress report reopen a finished job', () => {
    imports.accept({ ...running, id: 'i2', status: 'completed' });
    imports.accept({ ...running, id: 'i2' });
    expect(imports.jobs.find((one) => one.id === 'i2')?.status).toBe('completed');
  });
});
