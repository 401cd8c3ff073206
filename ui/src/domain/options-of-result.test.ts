import { describe, expect, it } from 'vitest';
import type { BacktestResult } from './contract';
import { readOptions } from './draft-options';
import { lostByForm, optionsOfResult } from './options-of-result';

type Repeated = Pick<
  BacktestResult,
  'fill_policy' | 'account' | 'risk' | 'truncation' | 'sleeves' | 'risk_per_trade'
>;

function result(part: Partial<Repeated> = {}): BacktestResult {
  const repeated: Repeated = {
    fill_policy: {
      fill_time: 'next_open',
      intrabar: 'pessimistic',
      limit_fill: 'through',
      commission: 0.001,
      maker_commission: 0.001,
      fee_tier: null,
      slippage: 0.0001,
      slippage_model: null,
      latency: { orders_ms: 0, reports_ms: 0, jitter_ms: 0 },
      participation_max: null,
      seed: 0,
    },
    account: {
      leverage: 1,
      margin_mode: 'cross',
      position_mode: 'one_way',
      brackets: null,
      funding: 'recorded',
      filters: 'auto',
    },
    risk: {},
    truncation: null,
    sleeves: [],
    risk_per_trade: null,
    ...part,
  };
  // Only these fields are read.
  return repeated as BacktestResult;
}

describe('repeating a run', () => {
  it('leaves the form at its defaults for a run with defaults', () => {
    expect(optionsOfResult(result())).toEqual({});
    expect(lostByForm(result())).toEqual([]);
  });

  it('asks for what the run was asked for', () => {
    const plain = result();
    const options = optionsOfResult(
      result({
        fill_policy: {
          ...plain.fill_policy,
          maker_commission: -0.0001,
          slippage_model: { spread: 0.0001, impact: 0.01 },
          latency: { orders_ms: 50, reports_ms: 0, jitter_ms: 5 },
          seed: 7,
        },
        account: { ...plain.account, margin_mode: 'isolated', funding: { rate: 0.0001, interval_hours: 4 } },
        risk: {
          drawdown_max: 0.2,
          stop_cluster: { stops: 3, within_minutes: 240, lock_minutes: 720, scope: 'account' },
        },
        truncation: { badge: 'passed', decisions: 1, cuts: [] },
      }),
    );
    const errors = {};
    expect(readOptions(options, errors)).toEqual({
      maker_commission: -0.0001,
      slippage_model: { spread: 0.0001, impact: 0.01 },
      latency: { orders_ms: 50, reports_ms: 0, jitter_ms: 5 },
      seed: 7,
      margin_mode: 'isolated',
      funding: { rate: 0.0001, interval_hours: 4 },
      risk: {
        drawdown_max: 0.2,
        stop_cluster: { stops: 3, within_minutes: 240, lock_minutes: 720, scope: 'account' },
      },
      checks: { truncation: true },
    });
    expect(errors).toEqual({});
  });

  it('says what the form cannot hold', () => {
    const account = { ...result().account, filters: { tick: 0.1 } };
    expect(lostByForm(result({ account, risk_per_trade: 1 }))).toEqual([
      'its own exchange filters',
      'the risk per trade of the request',
    ]);
  });
});
