import type { Ticker, Tickers, WatchedPair, Watchlist } from '../domain/contract';
import { toApiError } from '../ipc/api-error';
import { client } from '../ipc';
import { live } from './live.svelte';
import { Remote } from './remote.svelte';
import { toasts } from './toasts.svelte';

/** The newest prices of a pair and how the last price came to be. */
export interface Quote {
  ticker: Ticker;
  /** Direction of the last change of the last price. */
  moved: 'up' | 'down' | null;
  /** How often the last price has changed. */
  changes: number;
}

/** The watched pairs. Prices are kept plainly beside them; `version` rises when any of them changes. */
class WatchlistStore {
  readonly remote = new Remote<Watchlist>(() => client.watchlist());
  version = $state.raw(0);
  private readonly quotes = new Map<string, Quote>();

  get pairs(): readonly WatchedPair[] {
    return this.remote.value?.pairs ?? [];
  }

  has(symbol: string): boolean {
    return this.pairs.some((pair) => pair.symbol === symbol);
  }

  /** Reading it makes a component follow the prices. */
  quote(symbol: string): Quote | undefined {
    return this.version >= 0 ? this.quotes.get(symbol) : undefined;
  }

  /** Milliseconds since the prices of a pair changed last, by the venue's clock; null before the first. */
  ageOf(symbol: string): number | null {
    const updated = this.quote(symbol)?.ticker.updated_at;
    return updated === undefined ? null : Math.max(0, live.now - updated);
  }

  async load(): Promise<void> {
    await this.remote.load();
    if (!this.remote.value) return;
    const watched = new Set(this.pairs.map(({ symbol }) => symbol));
    for (const symbol of this.quotes.keys()) if (!watched.has(symbol)) this.quotes.delete(symbol);
    for (const { ticker } of this.pairs) if (ticker) this.put(ticker);
    this.version += 1;
  }

  accept({ market, tickers }: Tickers): void {
    if (live.status && live.status.market !== market) return;
    for (const ticker of tickers) this.put(ticker);
    this.version += 1;
  }

  /** Prices of another venue are no prices of this one. */
  forget(): void {
    this.quotes.clear();
    this.version += 1;
  }

  async add(symbol: string): Promise<boolean> {
    return this.attempt(`${symbol} not added`, () => client.watch(symbol));
  }

  /** Takes a pair off; the notice puts it back where it was. */
  async remove(symbol: string): Promise<void> {
    const position = this.pairs.findIndex((pair) => pair.symbol === symbol);
    const pair = this.pairs[position];
    if (!pair) return;
    if (!(await this.attempt(`${symbol} not removed`, () => client.unwatch(symbol)))) return;
    toasts.show('info', `${symbol} removed`, 'Its stored candles stay.', {
      label: 'Undo',
      run: () => void this.restore(pair, position),
    });
  }

  async setActive(symbol: string, active: boolean): Promise<void> {
    await this.attempt(`${symbol} not changed`, () => client.changeWatched(symbol, { active }));
  }

  async move(symbol: string, position: number): Promise<void> {
    const list = this.remote.value;
    const from = this.pairs.findIndex((pair) => pair.symbol === symbol);
    const to = Math.min(Math.max(position, 0), this.pairs.length - 1);
    const pair = this.pairs[from];
    if (!list || !pair || from === to) return;
    const pairs = this.pairs.toSpliced(from, 1).toSpliced(to, 0, pair);
    this.remote.set({ ...list, pairs });
    await this.attempt(`${symbol} not moved`, () => client.changeWatched(symbol, { position: to }));
  }

  private async restore(pair: WatchedPair, position: number): Promise<void> {
    const { symbol, active } = pair;
    await this.attempt(`${symbol} not put back`, async () => {
      await client.watch(symbol);
      await client.changeWatched(symbol, { position, active });
    });
  }

  private async attempt(problem: string, act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (thrown) {
      toasts.show('bad', problem, toApiError(thrown).message);
      return false;
    } finally {
      await this.load();
    }
  }

  private put(ticker: Ticker): void {
    const before = this.quotes.get(ticker.symbol);
    if (before && before.ticker.updated_at > ticker.updated_at) return;
    const [last, old] = [ticker.last, before?.ticker.last ?? null];
    const hasMoved = last !== null && old !== null && last !== old;
    this.quotes.set(ticker.symbol, {
      ticker,
      moved: hasMoved ? (last > old ? 'up' : 'down') : (before?.moved ?? null),
      changes: (before?.changes ?? 0) + (hasMoved ? 1 : 0),
    });
  }
}

export const watchlist = new WatchlistStore();
