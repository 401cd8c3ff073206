import type { SeriesCoverage } from '../domain/contract';
import { client } from '../ipc';
import { Remote } from './remote.svelte';

/** What candles are stored. */
class DataStore {
  readonly coverage = new Remote<SeriesCoverage[]>(() => client.coverage());
  /** Rises whenever stored candles change, so that charts reload. */
  version = $state.raw(0);

  get series(): readonly SeriesCoverage[] {
    return this.coverage.value ?? [];
  }

  get symbols(): string[] {
    return [...new Set(this.series.map((series) => series.symbol))].sort();
  }

  async load(): Promise<void> {
    await this.coverage.load();
    this.version += 1;
  }
}

export const data = new DataStore();
