import type { FieldValues, Market, Note, Role, Trade } from './contract';

/** The parts of a result, as the contract speaks of them. Money is in quote asset, rates and shares are fractions. */

export type IntrabarPolicy = 'pessimistic' | 'optimistic' | 'adaptive' | 'drill';
export type FillTime = 'next_open' | 'this_close' | 'next_close';
export type LimitFill = 'through' | 'touch';
export type MarginMode = 'cross' | 'isolated';
export type PositionMode = 'one_way' | 'hedge';
export type GuardScope = 'instrument' | 'account';
export type Funding = 'recorded' | 'off' | { rate: number; interval_hours: number };

export interface SlippageModel {
  spread: number;
  impact: number;
}

export interface Latency {
  orders_ms: number;
  reports_ms: number;
  jitter_ms: number;
}

export interface FillPolicy {
  fill_time: FillTime;
  intrabar: IntrabarPolicy;
  limit_fill: LimitFill;
  commission: number;
  maker_commission: number;
  fee_tier: string | null;
  slippage: number;
  slippage_model: SlippageModel | null;
  latency: Latency;
  participation_max: number | null;
  seed: number;
}

export interface AccountPolicy {
  leverage: number;
  margin_mode: MarginMode;
  position_mode: PositionMode;
  brackets: { cap: number; maintenance_rate: number; leverage_max: number }[] | null;
  funding: Funding;
  filters: 'auto' | 'off' | Record<string, number | null>;
}

/** Rules that do not bind are absent. */
export interface RiskRules {
  reward_to_risk_min?: number | null;
  positions_max?: number | null;
  entries_max?: number | null;
  exposure_instrument_max?: number | null;
  exposure_account_max?: number | null;
  order_notional_max?: number | null;
  price_distance_max?: number | null;
  price_age_max_ms?: number | null;
  loss_daily_max?: number | null;
  drawdown_max?: number | null;
  stop_cluster?: {
    stops: number;
    within_minutes: number;
    lock_minutes: number;
    scope?: GuardScope | null;
  } | null;
  cool_down_minutes?: number | null;
  low_profit?: { trades: number; within_minutes: number; return_min: number; lock_minutes: number } | null;
  liquidation_buffer?: number | null;
  confidence_min?: number | null;
  on_breach?: 'block' | 'flatten' | null;
}

export interface Share {
  trades: number;
  winning_trades: number;
  net_profit: number;
  commission: number;
  slippage: number;
  funding: number;
  liquidation_fees: number;
  insurance: number;
}

export interface InstrumentResult {
  symbol: string;
  market: Market;
  synthetic: boolean;
  timeframe: string;
  source_timeframe: string;
  candles: number;
  mark: string | null;
  finer: string | null;
  funding: { source: string; settlements: number; recorded: number; assumed: number; with_mark: number };
  filters: string;
  brackets: string;
  gap_count: number;
  warnings: Note[];
  result: Share | null;
}

export interface SleeveResult {
  symbol: string;
  strategy: string;
  strategy_version: string;
  timeframes: string[];
  tf_roles: Record<string, Role>;
  parameters: FieldValues;
  result: Share;
}

export interface MonthResult {
  month: string;
  start_equity: number;
  end_equity: number;
  return_fraction: number | null;
  trades: number;
}

export interface Drawdown {
  peak_date: string;
  valley_date: string;
  recovered_date: string | null;
  depth: number;
  peak_equity: number;
  valley_equity: number;
}

export interface Streak {
  outcome: string;
  first_trade: number;
  length: number;
}

export interface Notice extends Note {
  time: string;
  symbol: string | null;
  equity: number | null;
  until: string | null;
}

export interface BandEdge {
  final_balance: number;
  total_return: number;
  trades: number;
  ambiguous: number;
}

export interface Band {
  ambiguous_trades: number;
  pessimistic: BandEdge;
  optimistic: BandEdge;
}

export interface TruncationDifference {
  in_what: string;
  time: string;
}

export interface TruncationCut {
  time: string;
  decisions: number;
  fills: number;
  trades: number;
  prefix: TruncationDifference | null;
  noise: TruncationDifference | null;
}

export interface Truncation {
  badge: 'passed' | 'failed';
  decisions: number;
  cuts: TruncationCut[];
}

export interface TradeSizing {
  rule: string;
  value: number;
  volatility: number | null;
  equity: number;
  available: number;
  price: number;
  stop_distance: number | null;
  wished: number;
  cap: string;
  quantity: number;
}

export interface TradeFill {
  order: number;
  time: string;
  side: string;
  purpose: string;
  price: number;
  quantity: number;
  liquidity: string;
  commission: number;
  slippage: number;
  ambiguous: boolean;
  partial: boolean;
}

export interface TradeExplanation {
  trade: Trade;
  fills: TradeFill[];
}

export interface SkippedEntry extends Note {
  time: string;
  sleeve: number;
  symbol: string;
  strategy: string;
  side: 'long' | 'short' | null;
}
