import { describe, expect, it } from 'vitest';
import type { PairHealth } from './contract';
import { asSeen, comparedWords, pairNotice } from './live-words';

describe('the words on a pair', () => {
  it('never call it live while the engine is silent', () => {
    const health = { symbol: 'A', state: 'live' } as PairHealth;
    expect(asSeen(health, false).state).toBe('live');
    expect(asSeen(health, true).state).toBe('stale');
    expect(asSeen({ ...health, state: 'inactive' }, true).state).toBe('inactive');
  });

  it('say how old the last price is', () => {
    expect(pairNotice({ state: 'stale', age_ms: 75_000 })).toBe('The last price is 1m 15s old.');
    expect(pairNotice({ state: 'stale', age_ms: null })).toBe('No price has come yet.');
    expect(pairNotice({ state: 'live', age_ms: 1 })).toBe('');
  });
});

describe('the words on a comparison', () => {
  const counts = [
    { timeframe: '1h', candles: 8760 },
    { timeframe: '1d', candles: 365 },
  ];

  it('tell equal from never compared', () => {
    expect(comparedWords({ checked_timeframes: counts, differences: 0 }, false)).toBe(
      'longer candles of the venue compared: 1h (8,760), 1d (365), all equal',
    );
    expect(comparedWords({ checked_timeframes: counts, differences: 2 }, false)).not.toContain('equal');
    expect(comparedWords({ checked_timeframes: [], differences: 0 }, false)).toBe(
      'no longer candles of the venue compared',
    );
    expect(comparedWords({ checked_timeframes: [], differences: 0 }, true)).toBe('');
  });
});
