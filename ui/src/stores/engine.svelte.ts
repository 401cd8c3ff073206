import type { EngineEvent, Health } from '../domain/contract';
import { client } from '../ipc';
import { data } from './data.svelte';
import { imports } from './imports.svelte';
import { Remote } from './remote.svelte';
import { runs } from './runs.svelte';
import { settings } from './settings.svelte';
import { strategies } from './strategies.svelte';

export type StreamState = 'connecting' | 'live' | 'lost';

const HEALTH_EVERY_MS = 15_000;

/**
 * Keeps every store in step with the engine: a snapshot first, then ordered events; after a gap or a reconnect
 * everything is loaded anew.
 */
class Engine {
  stream = $state.raw<StreamState>('connecting');
  readonly health = new Remote<Health>(() => client.health());
  private opened = false;

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
    void this.health.load();
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
        return settings.accept(event.data);
      case 'lagged':
        return this.reload();
      case 'heartbeat':
        return;
      default:
        return event satisfies never;
    }
  }

  private onOpen(): void {
    if (this.opened && this.stream === 'lost') this.reload();
    this.opened = true;
    this.stream = 'live';
  }
}

export const engine = new Engine();
