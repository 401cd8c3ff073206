import { describe, expect, it } from 'vitest';
import { newDraft, parametersFor, readDraft, readParameter, type BacktestDraft } from './backtest-draft';
import { readNumber } from './read-number';
import type { ParameterSpec, Settings, StrategyInfo } from './contract';

const settings: Settings = {
  theme: 'dark',
  price_colors: 'green_red',
  time_zone: 'utc',
  venue: 'demo',
  refresh: '00:20',
  default_initial_balance: 25_000,
  default_commission: 0.0004,
  default_slippage: 0.0001,
  default_leverage: 2,
};

function spec(part: Partial<ParameterSpec>): ParameterSpec {
  return {
    name: 'fast',
    label: 'Fast',
    kind: 'integer',
    default: 10,
    min: 1,
    max: 500,
    step: 1,
    unit: null,
    help: '',
    choices: null,
    ...part,
  };
}

const strategy: StrategyInfo = {
  name: 'SMA_CROSS',
  aliases: [],
  version: '1',
  author: '',
  summary: '',
  description: '',
  required_roles: ['LTF'],
  role_constraints: [],
  parameters: [
    spec({}),
    spec({ name: 'quantity', kind: 'decimal', default: 0.1, min: 0.001, max: null }),
    spec({ name: 'short', kind: 'boolean', default: true, min: null, max: null }),
    spec({ name: 'mode', kind: 'choice', default: 'a', min: null, max: null, choices: ['a', 'b'] }),
  ],
  is_active: true,
  error: null,
  built_in: true,
  file: null,
  hash: '',
};

function draft(part: Partial<BacktestDraft> = {}): BacktestDraft {
  return {
    ...newDraft(settings),
    strategy: 'SMA_CROSS',
    symbol: 'btcusdt',
    start: '2023-01-01 00:00',
    end: '2023-02-01 00:00',
    parameters: parametersFor(strategy),
    ...part,
  };
}

function errorsOf(part: Partial<BacktestDraft>): Record<string, string> {
  const outcome = readDraft(draft(part), strategy);
  return outcome.ok ? {} : outcome.errors;
}

describe('the form of a new backtest', () => {
  it('starts from the settings', () => {
    expect(newDraft(settings)).toMatchObject({
      initial_balance: '25000',
      commission: '0.0004',
      leverage: '2',
    });
  });

  it('takes the defaults of the parameters and keeps what was typed before', () => {
    expect(parametersFor(strategy)).toEqual({ fast: '10', quantity: '0.1', short: true, mode: 'a' });
    expect(parametersFor(strategy, { fast: '12', short: 'x', gone: '1' })).toMatchObject({
      fast: '12',
      short: true,
    });
  });

  it('makes a complete request', () => {
    const outcome = readDraft(draft(), strategy);
    expect(outcome).toEqual({
      ok: true,
      request: {
        symbol: 'BTCUSDT',
        strategy: 'SMA_CROSS',
        start_date: '2023-01-01T00:00:00.000Z',
        end_date: '2023-02-01T00:00:00.000Z',
        timeframes: ['1h'],
        tf_roles: { '1h': 'LTF' },
        initial_balance: 25_000,
        commission: 0.0004,
        slippage: 0.0001,
        leverage: 2,
        parameters: { fast: 10, quantity: 0.1, short: true, mode: 'a' },
        market: 'auto',
        gap_policy: 'annotate',
        intrabar_policy: 'pessimistic',
      },
    });
  });

  it('takes several symbols with commas or blanks between, each once', () => {
    const outcome = readDraft(draft({ symbol: 'btcusdt, ETHUSDT btcusdt' }), strategy);
    expect(outcome.ok && outcome.request).toMatchObject({ symbol: null, symbols: ['BTCUSDT', 'ETHUSDT'] });
  });

  it('leaves out what a fee tier and a slippage model stand for', () => {
    const options = {
      fee_tier: 'vip0',
      'slippage_model.spread': '0.0001',
      'slippage_model.impact': '0.01',
    };
    const outcome = readDraft(draft({ options }), strategy);
    expect(outcome.ok && outcome.request).toMatchObject({ fee_tier: 'vip0' });
    expect(outcome.ok && outcome.request).not.toHaveProperty('commission');
    expect(outcome.ok && outcome.request).not.toHaveProperty('slippage');
  });

  it('keeps a commission of zero', () => {
    const outcome = readDraft(draft({ commission: '0' }), strategy);
    expect(outcome.ok && outcome.request.commission).toBe(0);
  });

  it("sends the risk as the strategy's own parameter only", () => {
    const risk = {
      ...strategy,
      parameters: [spec({ name: 'risk_per_trade', kind: 'decimal', default: 0.02, min: null, max: 1 })],
    };
    const outcome = readDraft(draft({ parameters: { risk_per_trade: '0.05' } }), risk);
    expect(outcome.ok && outcome.request.parameters).toEqual({ risk_per_trade: 0.05 });
    expect(outcome.ok && outcome.request).not.toHaveProperty('risk_per_trade');
  });

  it('names every wrong field at once', () => {
    const errors = errorsOf({
      symbol: ' ',
      start: 'soon',
      initial_balance: '0',
      commission: '0.1',
      leverage: '126',
      parameters: { fast: '1.5', quantity: '0', short: false, mode: 'c' },
    });
    expect(Object.keys(errors).sort()).toEqual([
      'commission',
      'initial_balance',
      'leverage',
      'parameters.fast',
      'parameters.mode',
      'parameters.quantity',
      'start_date',
      'symbol',
    ]);
  });

  it('refuses an end that is not after the start', () => {
    expect(errorsOf({ end: '2023-01-01 00:00' })).toHaveProperty('end_date');
  });

  it('wants each timeframe once and every role the strategy needs', () => {
    expect(errorsOf({ timeframes: [{ timeframe: '1h', role: 'HTF' }] })).toHaveProperty('tf_roles');
    const twice = [
      { timeframe: '1h', role: 'LTF' as const },
      { timeframe: '1h', role: 'HTF' as const },
    ];
    expect(errorsOf({ timeframes: twice })).toHaveProperty('timeframes');
  });

  it('reads numbers as people type them and nothing else', () => {
    expect([readNumber(' 10 000 '), readNumber('1e-3'), readNumber('.5')]).toEqual([10_000, 0.001, 0.5]);
    for (const text of ['', '1,5', '0x10', 'ten', '1 2 x', 'Infinity']) expect(readNumber(text)).toBeNaN();
  });

  it('says what a parameter expected and what it was', () => {
    const refused = readParameter(spec({}), '501');
    expect(refused).toBeInstanceOf(Error);
    expect((refused as Error).message).toBe('At most 500, was 501');
  });
});
