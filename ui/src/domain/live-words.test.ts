import { describe, expect, it } from 'vitest';
import type { PairHealth } from './contract';
import { asSeen, pairNotice } from './live-words';

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
