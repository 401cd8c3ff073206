import type { PriceColors, Settings, Theme } from '../domain/contract';
import { toApiError } from '../ipc/api-error';
import { client } from '../ipc';
import { Remote } from './remote.svelte';
import { toasts } from './toasts.svelte';

const REMEMBERED = 'stb.appearance';

export const DEFAULT_SETTINGS: Settings = {
  theme: 'dark',
  price_colors: 'green_red',
  time_zone: 'utc',
  venue: 'demo',
  refresh: '00:20',
  default_initial_balance: 10_000,
  default_commission: 0.001,
  default_slippage: 0.0001,
  default_leverage: 1,
};

/** The user's settings; the engine keeps them, this mirrors them and dresses the page. */
class SettingsStore {
  readonly remote = new Remote<Settings>(() => client.settings());
  /** Rises when colours change, so that canvases redraw. */
  appearance = $state.raw(0);
  private readonly prefersLight = matchMedia('(prefers-color-scheme: light)');

  constructor() {
    this.prefersLight.addEventListener('change', () => this.dress(this.current));
  }

  get current(): Settings {
    return this.remote.value ?? DEFAULT_SETTINGS;
  }

  async load(): Promise<void> {
    await this.remote.load();
    if (this.remote.value) this.dress(this.remote.value);
  }

  accept(settings: Settings): void {
    this.remote.set(settings);
    this.dress(settings);
  }

  async change(change: Partial<Settings>): Promise<Record<string, string>> {
    try {
      this.accept(await client.changeSettings(change));
      return {};
    } catch (thrown) {
      const error = toApiError(thrown);
      if (Object.keys(error.fields).length === 0) toasts.show('bad', 'Setting not saved', error.message);
      return error.fields;
    }
  }

  private dress(settings: Settings): void {
    const root = document.documentElement.dataset;
    const theme = this.resolved(settings.theme);
    const changed = root['theme'] !== theme || root['priceColors'] !== settings.price_colors;
    root['theme'] = theme;
    root['priceColors'] = settings.price_colors;
    remember(settings.theme, settings.price_colors);
    if (changed) this.appearance += 1;
  }

  private resolved(theme: Theme): 'dark' | 'light' {
    if (theme === 'system') return this.prefersLight.matches ? 'light' : 'dark';
    return theme;
  }
}

function remember(theme: Theme, priceColors: PriceColors): void {
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify({ theme, priceColors }));
  } catch {
    // Storage is full or switched off: the next start paints with the defaults first.
  }
}

export const settings = new SettingsStore();
