import type { StrategyInfo } from '../domain/contract';
import { client } from '../ipc';
import { Remote } from './remote.svelte';

class StrategyStore {
  readonly remote = new Remote<StrategyInfo[]>(() => client.strategies());

  get list(): readonly StrategyInfo[] {
    return this.remote.value ?? [];
  }

  named(name: string | null): StrategyInfo | undefined {
    return this.list.find((strategy) => strategy.name === name || strategy.aliases.includes(name ?? ''));
  }
}

export const strategies = new StrategyStore();
