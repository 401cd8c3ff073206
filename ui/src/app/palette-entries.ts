import type { WatchedPair } from '../domain/contract';
import { symbolKeys } from '../domain/coverage';
import { arrowOf, decimalsOfStep, formatPrice, formatSignedFraction } from '../domain/number-format';
import { chartWish } from '../stores/chart-wish.svelte';
import { data } from '../stores/data.svelte';
import { live } from '../stores/live.svelte';
import { route } from '../stores/route.svelte';
import { runs } from '../stores/runs.svelte';
import { strategies } from '../stores/strategies.svelte';
import { watchView } from '../stores/watch-view.svelte';
import { watchlist } from '../stores/watchlist.svelte';
import { PLACES } from './places';

export interface Entry {
  id: string;
  group: string;
  label: string;
  /** Beside the label; not searched. */
  note?: string;
  run: () => void;
}

/** Everything the palette offers, in the order of its groups. Prices make it reactive. */
export function paletteEntries(): Entry[] {
  return [
    { id: 'new', group: 'Action', label: 'New backtest', run: () => route.go({ screen: 'new-backtest' }) },
    {
      id: 'watch',
      group: 'Action',
      label: 'Add a pair to the watch-list',
      run: () => (watchView.adding = true),
    },
    ...PLACES.map((place) => ({
      id: place.id,
      group: 'Screen',
      label: place.label,
      run: () => route.go(place.to),
    })),
    ...watchlist.pairs.map((pair) => ({
      id: `watched/${pair.symbol}`,
      group: 'Watch-list',
      label: pair.symbol,
      note: priceOf(pair),
      run: () => openWatched(pair.symbol),
    })),
    ...symbolKeys(data.series).map(({ symbol, market }) => ({
      id: `chart/${market}/${symbol}`,
      group: 'Chart',
      label: `${symbol} · ${market}`,
      run: () => {
        chartWish.ask({ symbol, market });
        route.go({ screen: 'chart' });
      },
    })),
    ...strategies.list.map(({ name }) => ({
      id: `strategy/${name}`,
      group: 'Strategy',
      label: name,
      run: () => route.go({ screen: 'strategies', name }),
    })),
    ...watchlist.pairs.map(({ symbol, active }) => ({
      id: `pause/${symbol}`,
      group: 'Action',
      label: `${active ? 'Pause' : 'Resume'} ${symbol}`,
      run: () => void watchlist.setActive(symbol, !active),
    })),
    { id: 'reconnect', group: 'Action', label: 'Reconnect live data', run: () => void live.reconnect() },
    ...runs.list.slice(0, 30).map((run) => ({
      id: run.id,
      group: 'Run',
      label: `${run.strategy} ${run.symbol} ${run.timeframes.join(' ')} ${run.start_date.slice(0, 10)}`,
      run: () => route.go({ screen: 'backtest', id: run.id }),
    })),
  ];
}

function priceOf({ symbol, instrument, ticker }: WatchedPair): string {
  const now = watchlist.quote(symbol)?.ticker ?? ticker;
  if (!now) return '';
  const decimals = instrument?.tick ? decimalsOfStep(instrument.tick) : 2;
  const change = now.change_24h;
  return `${formatPrice(now.last, decimals, decimals)}  ${arrowOf(change)} ${formatSignedFraction(change)}`;
}

function openWatched(symbol: string): void {
  chartWish.ask({ symbol, market: live.status?.market ?? 'demo' });
  route.go({ screen: 'chart' });
}
