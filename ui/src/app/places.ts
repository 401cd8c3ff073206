import ChartCandlestick from '@lucide/svelte/icons/chart-candlestick';
import Database from '@lucide/svelte/icons/database';
import History from '@lucide/svelte/icons/history';
import Settings from '@lucide/svelte/icons/settings';
import Workflow from '@lucide/svelte/icons/workflow';
import { route, type Route } from '../stores/route.svelte';

/** The five screens in the order of the rail; Ctrl or Alt with the number opens one. */
export const PLACES = [
  { key: '1', id: 'chart', label: 'Chart', icon: ChartCandlestick, to: { screen: 'chart' } },
  { key: '2', id: 'backtests', label: 'Backtests', icon: History, to: { screen: 'backtests' } },
  { key: '3', id: 'data', label: 'Data', icon: Database, to: { screen: 'data' } },
  {
    key: '4',
    id: 'strategies',
    label: 'Strategies',
    icon: Workflow,
    to: { screen: 'strategies', name: null },
  },
  { key: '5', id: 'settings', label: 'Settings', icon: Settings, to: { screen: 'settings' } },
] as const satisfies readonly { key: string; id: string; label: string; icon: unknown; to: Route }[];

/** Which entry of the rail the current place belongs to. */
export function placeOf(here: Route): (typeof PLACES)[number]['id'] {
  return here.screen === 'backtest' || here.screen === 'new-backtest' ? 'backtests' : here.screen;
}

/** Opens the screen of a number key; false when the key has none. */
export function openPlace(key: string): boolean {
  const place = PLACES.find((one) => one.key === key);
  if (place) route.go(place.to);
  return place !== undefined;
}
