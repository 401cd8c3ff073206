import type {
  CandleCount,
  DownloadJob,
  FindingKind,
  LiveState,
  PairHealth,
  PairState,
  Severity,
  VenueName,
} from './contract';
import { formatInteger } from './number-format';
import { formatSpan } from './time-format';

/** What the states of live data and the findings of a check are called on screen. */

export function venueName(venue: VenueName): string {
  return venue === 'demo' ? 'Demo exchange' : 'Binance';
}

export const LIVE_WORDS: Record<LiveState, { word: string; text: string }> = {
  live: { word: 'Live', text: 'Every watched pair is up to date.' },
  healing: { word: 'Healing', text: 'Missing candles are being fetched. Nothing is drawn for a gap.' },
  stale: { word: 'Stale', text: 'Connected, but some prices have not changed for longer than they may.' },
  offline: { word: 'Offline', text: 'The venue cannot be reached. Stored data stays usable.' },
  starting: { word: 'Starting', text: 'Connecting and reading what was missed.' },
  off: { word: 'Off', text: 'No pair is being followed.' },
};

export const PAIR_WORDS: Record<PairState, string> = {
  inactive: 'Paused',
  starting: 'Starting',
  live: 'Live',
  healing: 'Healing',
  stale: 'Stale',
  halted: 'Halted',
};

/** The health of a pair as the screen may claim it: without word from the engine nothing is live. */
export function asSeen(health: PairHealth, isAway: boolean): PairHealth {
  return isAway && health.state === 'live' ? { ...health, state: 'stale' } : health;
}

/** One sentence on a pair that is not live; empty for one that is. */
export function pairNotice({ state, age_ms }: Pick<PairHealth, 'state' | 'age_ms'>): string {
  switch (state) {
    case 'live':
      return '';
    case 'inactive':
      return 'Paused: this pair is not followed.';
    case 'starting':
      return 'Connecting and reading the candles since the last one.';
    case 'healing':
      return 'Fetching missing candles. Nothing is drawn until they are here.';
    case 'stale':
      return age_ms === null ? 'No price has come yet.' : `The last price is ${formatSpan(age_ms)} old.`;
    case 'halted':
      return 'The venue has halted this pair.';
    default:
      return state satisfies never;
  }
}

/** `1h (8,760), 1d (365)`; empty when there is none. */
export function countsByLength(counts: readonly CandleCount[]): string {
  return counts.map(({ timeframe, candles }) => `${timeframe} (${formatInteger(candles)})`).join(', ');
}

/** What a download compared. Equal and never compared are two things; before its end nothing is said of the latter. */
export function comparedWords(
  { checked_timeframes, differences }: Pick<DownloadJob, 'checked_timeframes' | 'differences'>,
  isActive: boolean,
): string {
  const counts = countsByLength(checked_timeframes);
  if (counts === '') return isActive ? '' : 'no longer candles of the venue compared';
  return `longer candles of the venue compared: ${counts}${differences === 0 ? ', all equal' : ''}`;
}

export const FINDING_WORDS: Record<FindingKind, { word: string; text: string }> = {
  gap: { word: 'Gap', text: 'Candles are missing' },
  flat_run: { word: 'Flat run', text: 'Many candles in a row with one price' },
  zero_volume: { word: 'No volume', text: 'Candles without a trade' },
  outlier: { word: 'Outlier', text: 'A price far from its neighbours' },
  volume_spike: { word: 'Volume spike', text: 'Far more volume than around it' },
  revised: { word: 'Revised', text: 'The venue told other numbers later' },
  mismatch: { word: 'Mismatch', text: 'A longer stored candle differs from what these candles make' },
  derived_differs: {
    word: 'Venue differs',
    text: 'The venue tells a longer candle otherwise than these candles make',
  },
  unsound: { word: 'Unsound', text: 'A candle breaks the rules of candles' },
};

export const SEVERITY_WORDS: Record<Severity, string> = { note: 'Note', warning: 'Warning', error: 'Error' };
