import { describe, expect, it } from 'vitest';
import type { FieldErrors } from './backtest-draft';
import { isOffered, optionSummary, readOptions, type DraftOptions, type OptionParts } from './draft-options';
import { CHOICES, NUMBERS, OPTIONS } from './option-specs';

function read(options: DraftOptions): { parts: OptionParts; errors: FieldErrors } {
  const errors: FieldErrors = {};
  return { parts: readOptions(options, errors), errors };
}

describe('the advanced fields of the form', () => {
  it('send nothing when everything is at its default', () => {
    const defaults = Object.fromEntries(CHOICES.map(({ path, standard }) => [path, standard]));
    expect(read(defaults)).toEqual({ parts: {}, errors: {} });
    expect(read({})).toEqual({ parts: {}, errors: {} });
  });

  it('become a request with the nesting of the contract', () => {
    const { parts, errors } = read({
      fee_tier: 'vip3',
      fill_time: 'next_open',
      'latency.orders_ms': '50',
      funding: 'constant',
      'funding.rate': '0.0001',
      'funding.interval_hours': '4',
      'risk.loss_daily_max': '0.05',
      'risk.stop_cluster.stops': '3',
      'risk.stop_cluster.within_minutes': '240',
      'risk.stop_cluster.lock_minutes': '720',
      'risk.stop_cluster.scope': 'account',
      'checks.truncation': 'on',
      'checks.band': 'off',
    });
    expect(errors).toEqual({});
    expect(parts).toEqual({
      fee_tier: 'vip3',
      latency: { orders_ms: 50, reports_ms: 0, jitter_ms: 0 },
      funding: { rate: 0.0001, interval_hours: 4 },
      risk: {
        loss_daily_max: 0.05,
        stop_cluster: { stops: 3, within_minutes: 240, lock_minutes: 720, scope: 'account' },
      },
      checks: { truncation: true, band: false },
    });
  });

  it('keep the word off where the contract has words', () => {
    expect(read({ funding: 'off', filters: 'off' }).parts).toEqual({ funding: 'off', filters: 'off' });
  });

  it('name what a rule of several numbers lacks', () => {
    expect(Object.keys(read({ 'risk.low_profit.trades': '3' }).errors)).toEqual([
      'risk.low_profit.within_minutes',
      'risk.low_profit.return_min',
      'risk.low_profit.lock_minutes',
    ]);
    expect(read({ 'slippage_model.spread': '0.001' }).errors).toHaveProperty(['slippage_model.impact']);
    expect(read({ funding: 'constant' }).errors).toHaveProperty(['funding.rate']);
  });

  it('refuse a delay unless orders fill at the next open', () => {
    expect(read({ 'latency.orders_ms': '5', fill_time: 'this_close' }).errors).toHaveProperty([
      'latency.orders_ms',
    ]);
    expect(read({ 'latency.orders_ms': '0', fill_time: 'this_close' }).errors).toEqual({});
  });

  it.each(NUMBERS.map((option) => [option.path, option] as const))('bounds %s', (path, option) => {
    const others = Object.fromEntries(NUMBERS.map((one) => [one.path, String(one.isWhole ? one.max : 0.05)]));
    const given = { ...others, funding: 'constant', 'funding.interval_hours': '8' };
    const verdict = (value: number): boolean =>
      read({ ...given, [path]: String(value) }).errors[path] === undefined;
    expect(verdict(option.min)).toBe(!option.aboveMin);
    expect(verdict(option.max)).toBe(!option.belowMax);
    expect(verdict(option.min - 1)).toBe(false);
    expect(read({ ...given, [path]: 'ten' }).errors).toHaveProperty([path]);
  });

  it('refuse a seed that a number cannot hold and never change one', () => {
    expect(read({ seed: '9007199254740991' }).parts).toEqual({ seed: Number('9007199254740991') });
    for (const seed of ['9007199254740993', '18446744073709551615'])
      expect(read({ seed })).toEqual({
        parts: {},
        errors: { seed: 'Seed must be at most 9007199254740991' },
      });
    expect(read({ seed: '1.5' }).errors).toEqual({ seed: 'Seed: a whole number is expected, was 1.5' });
  });

  it('say in a summary what differs from the defaults', () => {
    expect(optionSummary('margin', {})).toEqual([]);
    expect(optionSummary('margin', { margin_mode: 'cross' })).toEqual([]);
    expect(optionSummary('margin', { margin_mode: 'isolated', funding: 'off' })).toEqual([
      'Margin isolated',
      'Funding off',
    ]);
    expect(optionSummary('costs', { fee_tier: 'vip0' })).toEqual(['Fee tier VIP 0']);
    expect(optionSummary('risk', { 'risk.loss_daily_max': '0.05' })).toEqual(['Daily loss 0.05']);
  });

  it('hide fields that mean nothing beside another choice and do not send them', () => {
    expect(isOffered('funding.rate', {})).toBe(false);
    expect(isOffered('maker_commission', { fee_tier: 'vip0' })).toBe(false);
    expect(read({ fee_tier: 'vip0', maker_commission: 'x' })).toEqual({
      parts: { fee_tier: 'vip0' },
      errors: {},
    });
  });

  it('have one place each', () => {
    expect(new Set(OPTIONS.map(({ path }) => path)).size).toBe(OPTIONS.length);
  });
});
