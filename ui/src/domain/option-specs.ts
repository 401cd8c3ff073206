/** The advanced fields of a new backtest: where they stand in the request, what they accept, what they say. */

export type OptionSection = 'costs' | 'fills' | 'margin' | 'risk' | 'checks';

interface Option {
  /** Path in the request: `risk.loss_daily_max`. */
  path: string;
  section: OptionSection;
  label: string;
  help: string;
}

export interface NumberOption extends Option {
  kind: 'number';
  unit: string;
  min: number;
  max: number;
  /** The bound itself is not allowed. */
  aboveMin: boolean;
  belowMax: boolean;
  isWhole: boolean;
}

export interface ChoiceOption extends Option {
  kind: 'choice';
  /** The engine's default; it is not sent. */
  standard: string;
  /** Words by value. */
  choices: Record<string, string>;
}

interface Range {
  unit: string;
  min: number;
  max: number;
  aboveMin?: boolean;
  belowMax?: boolean;
  isWhole?: boolean;
}

const COST: Range = { unit: 'fraction', min: 0, max: 0.1, belowMax: true };
const MAKER: Range = { unit: 'fraction', min: -0.1, max: 0.1, aboveMin: true, belowMax: true };
const SHARE: Range = { unit: 'fraction', min: 0, max: 1, aboveMin: true };
const BUFFER: Range = { unit: 'fraction', min: 0, max: 1, belowMax: true };
const SIGNED: Range = { unit: 'fraction', min: -1, max: 1, aboveMin: true, belowMax: true };
const MULTIPLE: Range = { unit: '×', min: 0, max: 1000, aboveMin: true };
const AMOUNT: Range = { unit: 'quote asset', min: 0, max: 1e12, aboveMin: true };
const COUNT: Range = { unit: '', min: 1, max: 1000, isWhole: true };
const MINUTES: Range = { unit: 'min', min: 1, max: 5_256_000, isWhole: true };
const DELAY: Range = { unit: 'ms', min: 0, max: 86_400_000, isWhole: true };
const AGE: Range = { unit: 'ms', min: 0, max: 31_536_000_000, isWhole: true };
const SEED: Range = { unit: '', min: 0, max: Number.MAX_SAFE_INTEGER, isWhole: true };
const HOURS: Range = { unit: 'h', min: 1, max: 24, isWhole: true };
const SURE: Range = { unit: '0 to 1', min: 0, max: 1 };

function number(
  section: OptionSection,
  path: string,
  range: Range,
  label: string,
  help: string,
): NumberOption {
  return {
    kind: 'number',
    section,
    path,
    label,
    help,
    aboveMin: false,
    belowMax: false,
    isWhole: false,
    ...range,
  };
}

function choice(
  section: OptionSection,
  path: string,
  choices: Record<string, string>,
  label: string,
  help: string,
): ChoiceOption {
  const standard = Object.keys(choices)[0] ?? '';
  return { kind: 'choice', section, path, label, help, standard, choices };
}

const TIERS = Object.fromEntries(Array.from({ length: 10 }, (_, tier) => [`vip${tier}`, `VIP ${tier}`]));

/** All of them in the order of the form; the first word of a choice is its default. */
export const OPTIONS: readonly (NumberOption | ChoiceOption)[] = [
  choice('costs', 'fee_tier', { '': 'As given', ...TIERS }, 'Fee tier', 'In place of the commission above.'),
  number('costs', 'maker_commission', MAKER, 'Maker commission', 'As for takers when empty; negative for a rebate.'),
  number('costs', 'slippage_model.spread', COST, 'Spread', 'With an impact, in place of the fixed slippage.'),
  number('costs', 'slippage_model.impact', COST, 'Impact', 'Move by an order as large as the candle’s volume.'),

  choice('fills', 'fill_time', { next_open: 'Next open', this_close: 'This close', next_close: 'Next close' }, 'Fill time', 'Price of orders given at a candle’s close.'),
  choice('fills', 'limit_fill', { through: 'Traded through', touch: 'Touched' }, 'Limit fills when', 'What a resting limit order needs.'),
  number('fills', 'participation_max', SHARE, 'Share of volume', 'Most of a candle’s volume; anything fills when empty.'),
  number('fills', 'seed', SEED, 'Seed', 'Of every draw; 0 when empty.'),
  number('fills', 'latency.orders_ms', DELAY, 'Order latency', 'From the decision to the venue.'),
  number('fills', 'latency.reports_ms', DELAY, 'Report latency', 'From the venue back.'),
  number('fills', 'latency.jitter_ms', DELAY, 'Latency jitter', 'Up to this much more, by a seeded draw.'),

  choice('margin', 'margin_mode', { cross: 'Cross', isolated: 'Isolated' }, 'Margin', 'Which money stands for a position.'),
  choice('margin', 'position_mode', { one_way: 'One way', hedge: 'Hedge' }, 'Positions', 'One a symbol, or a long and a short one.'),
  choice('margin', 'funding', { recorded: 'Recorded', off: 'Off', constant: 'Constant' }, 'Funding', 'Where none is stored, 0.0001 every 8 hours.'),
  choice('margin', 'filters', { auto: 'Built-in', off: 'Off' }, 'Exchange filters', 'Tick, step, smallest order.'),
  number('margin', 'funding.rate', SIGNED, 'Funding rate', 'Longs pay it when positive.'),
  number('margin', 'funding.interval_hours', HOURS, 'Funding interval', '1, 2, 3, 4, 6, 8, 12 or 24.'),

  number('risk', 'risk.reward_to_risk_min', MULTIPLE, 'Min reward to risk', 'A strategy may ask for more.'),
  number('risk', 'risk.confidence_min', SURE, 'Min confidence', 'Of a signal.'),
  number('risk', 'risk.positions_max', COUNT, 'Max positions', 'Open or waiting at once.'),
  number('risk', 'risk.entries_max', COUNT, 'Entries per position', 'When empty one, or as many as the strategy is made of, as DCA and GRID are.'),
  number('risk', 'risk.exposure_instrument_max', MULTIPLE, 'Max exposure, symbol', 'Notional as a multiple of equity.'),
  number('risk', 'risk.exposure_account_max', MULTIPLE, 'Max exposure, account', 'Notional as a multiple of equity.'),
  number('risk', 'risk.order_notional_max', AMOUNT, 'Largest order', 'Larger ones are refused.'),
  number('risk', 'risk.price_distance_max', SHARE, 'Furthest entry', 'From the mark price.'),
  number('risk', 'risk.price_age_max_ms', AGE, 'Oldest price', 'An entry may be judged by.'),
  number('risk', 'risk.liquidation_buffer', BUFFER, 'Liquidation buffer', 'Room between stop and liquidation.'),
  number('risk', 'risk.loss_daily_max', SHARE, 'Daily loss', 'Locks entries until the UTC day ends.'),
  number('risk', 'risk.drawdown_max', SHARE, 'Drawdown', 'Locks entries for the rest of the run.'),
  choice('risk', 'risk.on_breach', { block: 'Lock entries', flatten: 'Close everything' }, 'On a breach', 'Of daily loss or drawdown.'),
  number('risk', 'risk.cool_down_minutes', MINUTES, 'Cool-down', 'After a position on the symbol was closed.'),
  number('risk', 'risk.stop_cluster.stops', COUNT, 'Stops', 'So many with a loss lock entries.'),
  number('risk', 'risk.stop_cluster.within_minutes', MINUTES, 'Stops within', 'How long a stop counts.'),
  number('risk', 'risk.stop_cluster.lock_minutes', MINUTES, 'Stops lock for', 'From the last stop.'),
  choice('risk', 'risk.stop_cluster.scope', { instrument: 'Each symbol', account: 'The account' }, 'Stops counted', 'And locked together.'),
  number('risk', 'risk.low_profit.trades', COUNT, 'Low profit: trades', 'Fewest that are judged.'),
  number('risk', 'risk.low_profit.within_minutes', MINUTES, 'Low profit: within', 'How long a trade counts.'),
  number('risk', 'risk.low_profit.return_min', SIGNED, 'Low profit: below', 'Sum of net returns that locks.'),
  number('risk', 'risk.low_profit.lock_minutes', MINUTES, 'Low profit: lock', 'From the last trade.'),

  choice('checks', 'checks.band', { on: 'On', off: 'Off' }, 'Fill band', 'Reruns under both extremes when trades are ambiguous.'),
  choice('checks', 'checks.truncation', { off: 'Off', on: 'On' }, 'Look-ahead check', 'Reruns without the future; takes longer.'),
]; // prettier-ignore

export const NUMBERS = OPTIONS.filter((one) => one.kind === 'number');
export const CHOICES = OPTIONS.filter((one) => one.kind === 'choice');
