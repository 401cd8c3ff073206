import type { LiveStatus, Market, PairHealth } from '../domain/contract';
import { toApiError } from '../ipc/api-error';
import { client } from '../ipc';
import { clock } from './clock.svelte';
import { Remote } from './remote.svelte';
import { toasts } from './toasts.svelte';

/** How well live data is. */
class LiveStore {
  readonly remote = new Remote<LiveStatus>(() => client.live());

  get status(): LiveStatus | undefined {
    return this.remote.value;
  }

  /** The venue's clock, as far as it has been measured. */
  get now(): number {
    return clock.now + (this.status?.clock_offset_ms ?? 0);
  }

  /** The health of a pair, when its prices come from this market. */
  pair(market: Market, symbol: string): PairHealth | undefined {
    return this.status?.market === market
      ? this.status.pairs.find((one) => one.symbol === symbol)
      : undefined;
  }

  async reconnect(): Promise<void> {
    try {
      await client.reconnect();
      toasts.show('info', 'Reconnecting', 'All connections are opened anew.');
    } catch (thrown) {
      toasts.show('bad', 'Not reconnected', toApiError(thrown).message);
    }
  }
}

export const live = new LiveStore();
