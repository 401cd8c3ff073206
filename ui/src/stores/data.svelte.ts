import type { FundingSeries, SeriesCoverage } from '../domain/contract';
import { symbolKeys } from '../domain/coverage';
import { client } from '../ipc';
import { Remote } from './remote.svelte';

/** What candles and funding settlements are stored. */
class DataStore {
  readonly coverage = new Remote<SeriesCoverage[]>(() => client.coverage());
  readonly funding = new Remote<FundingSeries[]>(() => client.funding());
  /** Rises whenever stored candles change, so that charts reload. */
  version = $state.raw(0);

  get series(): readonly SeriesCoverage[] {
    return this.coverage.value ?? [];
  }

  get symbols(): string[] {
    return [...new Set(symbolKeys(this.series).map((key) => key.symbol))].sort();
  }

  async load(): Promise<void> {
    await Promise.all([this.coverage.load(), this.funding.load()]);
    this.version += 1;
  }
}

export const data = new DataStore();
