import type { EngineEvent, Health, Settings, Tickers } from '../domain/contract';
import { client } from '../ipc';
import { data } from './data.svelte';
import { downloads } from './downloads.svelte';
import { imports } from './imports.svelte';
import { live } from './live.svelte';
import { priceStream } from './price-stream';
import { Remote } from './remote.svelte';
import { runs } from './runs.svelte';
import { settings } from './settings.svelte';
import { strategies } from './strategies.svelte';
import { watchlist } from './watchlist.svelte';

export type StreamState = 'connecting' | 'live' | 'lost';

const HEALTH_EVERY_MS = 15_000;

/**
 * Keeps every store in step with the engine: a snapshot first, then ordered events; after a gap or a reconnect
 * everything is loaded anew.
 */
class Engine {
  stream = $state.raw<StreamState>('connecting');
  readonly health = new Remote<Health>(() => client.health());
  /** Rises when live data was read anew, so that charts do the same. */
  reloads = $state.raw(0);
  private opened = false;

  /** Nothing comes from the engine: what is shown may be out of date. */
  get isAway(): boolean {
    return this.stream === 'lost' || this.health.error?.status === 0;
  }

  /** Loads everything, opens the stream; the returned function closes it. */
  start(): () => void {
    this.reload();
    const close = client.transport.events({
      onEvent: (event) => this.apply(event),
      onOpen: () => this.onOpen(),
      onLost: () => {
        this.stream = 'lost';
        void this.health.load();
      },
    });
    const timer = setInterval(() => void this.health.load(), HEALTH_EVERY_MS);
    return () => {
      clearInterval(timer);
      close();
    };
  }

  reload(): void {
    void settings.load();
    void data.load();
    void strategies.remote.load();
    void runs.remote.load();
    void imports.load();
    void downloads.remote.load();
    this.reloadLive();
    void this.health.load();
  }

  private reloadLive(): void {
    void live.remote.load();
    void watchlist.load();
    this.reloads += 1;
  }

  apply(event: EngineEvent): void {
    this.stream = 'live';
    switch (event.type) {
      case 'backtest':
        return runs.accept(event.data);
      case 'import':
        return imports.accept(event.data);
      case 'data_changed':
        void data.load();
        void this.health.load();
        return;
      case 'runs_changed':
        void runs.remote.load();
        return;
      case 'strategies_changed':
        void strategies.remote.load();
        return;
      case 'settings_changed':
        return this.acceptSettings(event.data);
      case 'watchlist_changed':
        void watchlist.load();
        void live.remote.load();
        return;
      case 'live':
        return live.remote.set(event.data);
      case 'tickers':
        return this.acceptTickers(event.data);
      case 'candles_closed':
        return priceStream.closed(event.data);
      case 'download':
        return downloads.accept(event.data);
      case 'lagged':
        return this.reload();
      case 'heartbeat':
        return;
      default:
        return event satisfies never;
    }
  }

  private acceptTickers(batch: Tickers): void {
    watchlist.accept(batch);
    priceStream.tickers(batch);
  }

  private acceptSettings(changed: Settings): void {
    settings.accept(changed);
    if (watchlist.remote.value?.venue === changed.venue) return;
    watchlist.forget();
    this.reloadLive();
  }

  private onOpen(): void {
    if (this.opened && this.stream === 'lost') this.reload();
    this.opened = true;
    this.stream = 'live';
  }
}

export const engine = new Engine();
