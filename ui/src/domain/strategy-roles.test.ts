import { describe, expect, it } from 'vitest';
import type { StrategyInfo } from './contract';
import { limitsOf, rowsFor } from './strategy-roles';
import { TIMEFRAMES } from './timeframe';

type Roles = Pick<StrategyInfo, 'required_roles' | 'role_constraints'>;

const smc: Roles = {
  required_roles: ['HTF', 'LTF'],
  role_constraints: [
    { role: 'HTF', min_timeframe: '1h', max_timeframe: '1d', description: '' },
    { role: 'LTF', min_timeframe: '1m', max_timeframe: '30m', description: '' },
  ],
};
const cross: Roles = { required_roles: ['LTF'], role_constraints: [] };

describe('the rows of timeframes for a strategy', () => {
  it('stay when the strategy can run with them', () => {
    const rows = [
      { timeframe: '15m', role: 'LTF' as const },
      { timeframe: '4h', role: 'HTF' as const },
    ];
    expect(rowsFor(smc, rows, TIMEFRAMES)).toEqual(rows);
  });

  it('are proposed within the limits of each role', () => {
    expect(rowsFor(smc, [{ timeframe: '1h', role: 'LTF' }], TIMEFRAMES)).toEqual([
      { timeframe: '5m', role: 'LTF' },
      { timeframe: '1h', role: 'HTF' },
    ]);
  });

  it('keep what fits of them', () => {
    expect(rowsFor(smc, [{ timeframe: '3m', role: 'LTF' }], TIMEFRAMES)).toEqual([
      { timeframe: '3m', role: 'LTF' },
      { timeframe: '1h', role: 'HTF' },
    ]);
  });

  it('lose a role that the strategy does not read', () => {
    const rows = [
      { timeframe: '5m', role: 'LTF' as const },
      { timeframe: '1h', role: 'HTF' as const },
    ];
    expect(rowsFor(cross, rows, TIMEFRAMES)).toEqual([{ timeframe: '5m', role: 'LTF' }]);
  });

  it('come from what is stored', () => {
    expect(rowsFor(smc, [], ['30m', '1h', '4h'])).toEqual([
      { timeframe: '30m', role: 'LTF' },
      { timeframe: '1h', role: 'HTF' },
    ]);
  });

  it('stay when nothing that is stored fits', () => {
    const rows = [{ timeframe: '1d', role: 'LTF' as const }];
    expect(rowsFor(smc, rows, ['1d'])).toEqual(rows);
  });
});

describe('the limits of a role', () => {
  it('are told in words', () => {
    expect(limitsOf(smc, 'HTF')).toBe('1h to 1d');
    expect(limitsOf(cross, 'LTF')).toBe('');
  });
});
