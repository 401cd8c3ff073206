import type { StrategyInfo } from '../domain/contract';
import { client } from '../ipc';
import { Remote } from './remote.svelte';

const OWN =
  'Files in the folder “strategies” of the data directory (Settings › About shows where): scripts (.luau) or rules (.json). They are read again whenever they are saved.';

class StrategyStore {
  readonly remote = new Remote<StrategyInfo[]>(() => client.strategies());

  private readonly files = new Map<string, string>();

  get list(): readonly StrategyInfo[] {
    return this.remote.value ?? [];
  }

  /** The user's own first: they are few, and what one works on. */
  get groups(): readonly { title: string; list: readonly StrategyInfo[]; hint: string | null }[] {
    return [
      { title: 'Your own', list: this.list.filter((one) => !one.built_in), hint: OWN },
      { title: 'Built in', list: this.list.filter((one) => one.built_in), hint: null },
    ];
  }

  get runnable(): readonly StrategyInfo[] {
    return this.list.filter((one) => one.is_active);
  }

  /** By name or alias; a file that has just been broken stays in view under its strategy's name. */
  named(name: string | null): StrategyInfo | undefined {
    const found = this.list.find((one) => one.name === name || one.aliases.includes(name ?? ''));
    if (found) {
      if (found.file) this.files.set(found.name, found.file);
      return found;
    }
    const file = this.files.get(name ?? '');
    return file === undefined ? undefined : this.list.find((one) => one.file === file);
  }
}

export const strategies = new StrategyStore();
