import { describe, expect, it } from 'vitest';
import { bandScale } from './band';
import type { Band, Metric, MonthResult, Notice, TradeSizing, Truncation } from './contract';
import { costKinds, metricGroups } from './costs';
import { heatOf, yearRows } from './months';
import { leadNotice, noticeTitle, partedNotices } from './notices';
import { readingsOf, sizingFormula, sizingOutcome } from './sizing-words';
import { truncationWords } from './truncation';

function edge(balance: number): Band['pessimistic'] {
  return { final_balance: balance, total_return: 0, trades: 1, ambiguous: 1 };
}

describe('the band', () => {
  const band = (low: number, high: number): Band => ({
    ambiguous_trades: 1,
    pessimistic: edge(low),
    optimistic: edge(high),
  });

  it.each([
    [100, 200, 150, { hasWidth: true, at: 0.5, isOutside: false }],
    [100, 200, 100, { hasWidth: true, at: 0, isOutside: false }],
    [100, 200, 250, { hasWidth: true, at: 1, isOutside: true }],
    [200, 100, 150, { hasWidth: true, at: 0.5, isOutside: false }],
    [100, 100, 100, { hasWidth: false, at: 0.5, isOutside: false }],
  ])('from %d to %d holds %d', (low, high, own, wanted) => {
    expect(bandScale(band(low, high), own)).toEqual(wanted);
  });
});

describe('the truncation badge', () => {
  const cut = { time: '2023-03-03T05:00:00Z', decisions: 3, fills: 2, trades: 1, prefix: null, noise: null };

  it('says that it was not asked for', () => {
    expect(truncationWords(null)).toMatchObject({ tone: 'neutral', label: 'Look-ahead not checked' });
  });

  it('admits that a pass without decisions says little', () => {
    const passed: Truncation = { badge: 'passed', decisions: 0, cuts: [cut] };
    expect(truncationWords(passed)).toMatchObject({ tone: 'good' });
    expect(truncationWords(passed).detail).toContain('says little');
  });

  it('names the first difference of a failure', () => {
    const noise = { in_what: 'fills', time: '2023-03-01T00:00:00Z' };
    const failed: Truncation = { badge: 'failed', decisions: 3, cuts: [cut, { ...cut, noise }] };
    expect(truncationWords(failed)).toMatchObject({
      tone: 'bad',
      detail:
        'First difference in fills at 2023-03-01 00:00 UTC: cut at 2023-03-03 05:00 UTC with noise after it.',
    });
  });
});

describe('the sizing of a trade', () => {
  const sizing: TradeSizing = {
    rule: 'risk_of_equity',
    value: 0.02,
    volatility: null,
    equity: 10_000,
    available: 8_000,
    price: 16_872.9,
    stop_distance: 250,
    wished: 0.8,
    cap: 'none',
    quantity: 0.8,
  };

  it.each<[Partial<TradeSizing>, string]>([
    [{}, 'Equity 10,000.00 × risk 2% ÷ stop distance 250 = 0.8 wished'],
    [{ rule: 'fixed', value: 0.8 }, 'Fixed quantity 0.8 = 0.8 wished'],
    [{ rule: 'notional', value: 500 }, 'Amount 500.00 ÷ price 16,872.9 = 0.8 wished'],
    [{ rule: 'equity', value: 0.5 }, 'Equity 10,000.00 × 50% ÷ price 16,872.9 = 0.8 wished'],
    [{ rule: 'volatility', volatility: 12.5 }, 'Equity 10,000.00 × risk 2% ÷ move 12.5 = 0.8 wished'],
  ])('is a formula of its own numbers: %o', (part, wanted) => {
    expect(sizingFormula({ ...sizing, ...part })).toBe(wanted);
  });

  it.each<[Partial<TradeSizing>, string]>([
    [{}, 'No limit made it smaller. Ordered 0.8.'],
    [{ wished: 0.8004 }, 'No limit made it smaller. Ordered 0.8 after rounding to the lot.'],
    [{ cap: 'margin', quantity: 0.4 }, 'The free balance made it smaller (free 8,000.00). Ordered 0.4.'],
  ])('says what made it smaller: %o', (part, wanted) => {
    expect(sizingOutcome({ ...sizing, ...part })).toBe(wanted);
  });

  it('lists readings without the signal itself', () => {
    expect(readingsOf({ signal: 'cross', confidence: 0.6, rsi: 74.5 })).toEqual([
      { name: 'confidence', text: '60%' },
      { name: 'rsi', text: '74.5' },
    ]);
  });
});

describe('costs by kind', () => {
  const metric = (key: string, value: number | null, group = 'costs'): Metric => ({
    key,
    label: key,
    group,
    value,
    unit: 'money',
    definition: '',
    basis: '',
  });

  it('shares what was paid and leaves out what came in', () => {
    const kinds = costKinds([
      metric('total_commission', 30),
      metric('total_slippage', 10),
      metric('funding_paid', 0),
      metric('funding_received', 25),
    ]);
    expect(kinds.map(({ metric: { key }, share }) => [key, share])).toEqual([
      ['total_commission', 0.75],
      ['total_slippage', 0.25],
      ['funding_paid', null],
      ['funding_received', null],
    ]);
  });

  it('groups metrics in the order in which they come', () => {
    const groups = metricGroups([
      metric('a', 1, 'risk'),
      metric('b', 1, 'long_short'),
      metric('c', 1, 'risk'),
    ]);
    expect(groups.map(({ name, metrics }) => [name, metrics.map(({ key }) => key)])).toEqual([
      ['Risk', ['a', 'c']],
      ['Long and short', ['b']],
    ]);
  });
});

describe('months', () => {
  const month = (name: string, growth: number | null): MonthResult => ({
    month: name,
    start_equity: 1,
    end_equity: 1,
    return_fraction: growth,
    trades: 0,
  });

  it('stand in rows of years', () => {
    const rows = yearRows([month('2023-11', 0.1), month('2023-12', 0.2), month('2024-01', -0.1)]);
    expect(rows.map((row) => [row.year, row.months.map((one) => one?.return_fraction ?? null)])).toEqual([
      ['2023', [...Array.from({ length: 10 }, () => null), 0.1, 0.2]],
      ['2024', [-0.1, ...Array.from({ length: 11 }, () => null)]],
    ]);
  });

  it('are coloured against the largest move', () => {
    const months = [month('2023-01', -0.2), month('2023-02', 0.1), month('2023-03', null)];
    expect(months.map((one) => heatOf(one, months))).toEqual([1, 0.5, 0]);
    expect(heatOf(month('2023-01', 0), [month('2023-01', 0)])).toBe(0);
  });
});

describe('notices', () => {
  const notice = (code: string, until: string | null = null): Notice => ({
    time: '2023-01-01T00:00:00Z',
    code,
    symbol: null,
    equity: null,
    until,
    message: '',
  });

  it('show the end of the account first, and a lasting lock before a passing one', () => {
    const lead = (...list: Notice[]): Notice | undefined => leadNotice(list);
    expect(lead(notice('LOCKED'), notice('LIQUIDATED'), notice('DEPLETED'))?.code).toBe('DEPLETED');
    expect(lead(notice('LOCKED', '2023-01-02T00:00:00Z'), notice('LOCKED'))?.until).toBeNull();
    expect(lead()).toBeUndefined();
  });

  it('of stopped strategies stand apart, so that nothing hides them', () => {
    const list = [notice('LOCKED'), notice('STRATEGY_STOPPED'), notice('DEPLETED')];
    const { stopped, others } = partedNotices(list);
    expect(stopped.map(({ code }) => code)).toEqual(['STRATEGY_STOPPED']);
    expect(others.map(({ code }) => code)).toEqual(['LOCKED', 'DEPLETED']);
    expect(stopped.map(noticeTitle)).toEqual(['The strategy was stopped']);
  });

  it('name the symbol they are about', () => {
    expect(noticeTitle({ ...notice('LIQUIDATED'), symbol: 'BTCUSDT' })).toBe('Liquidated (BTCUSDT)');
    expect(noticeTitle(notice('DEPLETED'))).toBe('The account stopped trading');
  });
});
