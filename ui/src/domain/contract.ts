import type { OutputCounts } from './drawings-contract';
import type { ClosedCandles, DownloadJob, LiveStatus, Tickers, VenueName } from './live-contract';
import type {
  AccountPolicy,
  Band,
  Drawdown,
  FillPolicy,
  FillTime,
  Funding,
  InstrumentResult,
  IntrabarPolicy,
  Latency,
  LimitFill,
  MarginMode,
  MonthResult,
  Notice,
  PositionMode,
  RiskRules,
  SleeveResult,
  SlippageModel,
  Streak,
  TradeSizing,
  Truncation,
} from './result-contract';

export type * from './drawings-contract';
export type * from './live-contract';
export type * from './result-contract';

/** The shapes the application's contract speaks in, as the screens use them. Times in milliseconds are UTC. */

export type Market = 'um' | 'spot' | 'demo';
export type MarketChoice = 'auto' | Market;
export type Role = 'HTF' | 'LTF';
export type GapPolicy = 'annotate' | 'refuse';
export type ConflictPolicy = 'refuse' | 'keep' | 'replace';
export type JobStatus = 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
export type Side = 'long' | 'short';
export type ParameterKind = 'integer' | 'decimal' | 'boolean' | 'choice';
export type ParameterValue = number | boolean | string;
export type FieldValues = Record<string, ParameterValue>;
export type PriceKind = 'last' | 'mark';

export interface Page<T> {
  items: T[];
  total: number;
  page: number;
  size: number;
  pages: number;
}

/** What is absent or null takes the engine's default. */
export interface BacktestRequest {
  /** Null when `symbols` names several. */
  symbol: string | null;
  symbols?: string[];
  strategy: string;
  start_date: string;
  end_date: string;
  timeframes: string[];
  tf_roles: Record<string, Role>;
  initial_balance: number;
  /** Absent with a fee tier. */
  commission?: number;
  maker_commission?: number;
  fee_tier?: string;
  /** Absent with a slippage model. */
  slippage?: number;
  slippage_model?: SlippageModel;
  leverage: number;
  parameters: FieldValues;
  market: MarketChoice;
  gap_policy: GapPolicy;
  intrabar_policy: IntrabarPolicy;
  fill_time?: FillTime;
  limit_fill?: LimitFill;
  participation_max?: number;
  latency?: Latency;
  seed?: number;
  margin_mode?: MarginMode;
  position_mode?: PositionMode;
  funding?: Funding;
  filters?: 'auto' | 'off';
  risk?: RiskRules;
  checks?: { band?: boolean; truncation?: boolean };
}

export interface Note {
  code: string;
  message: string;
}

export interface SkippedSignal extends Note {
  count: number;
}

export interface Gap {
  from: string | number;
  to: string | number;
  missing_candles: number;
}

export interface RunGap extends Gap {
  symbol: string;
  timeframe: string;
}

export interface Metric {
  key: string;
  label: string;
  /** Empty in results of earlier versions. */
  group: string;
  value: number | null;
  /** `money`, `fraction`, `ratio`, `count` or `hours`. */
  unit: string;
  definition: string;
  basis: string;
}

export interface BacktestResult {
  id: string;
  status: JobStatus;
  symbol: string;
  symbols: string[];
  market: Market;
  synthetic: boolean;
  strategy: string;
  strategy_version: string;
  start_date: string;
  end_date: string;
  timeframes: string[];
  tf_roles: Record<string, Role>;
  parameters: FieldValues;
  initial_balance: number;
  final_balance: number;
  total_return: number;
  max_drawdown: number;
  sharpe_ratio: number | null;
  total_trades: number;
  winning_trades: number;
  losing_trades: number;
  win_rate: number | null;
  profit_factor: number | null;
  avg_trade: number | null;
  max_consecutive_losses: number;
  total_commission: number;
  total_slippage: number;
  created_at: string;
  leverage: number;
  commission: number;
  slippage: number;
  risk_per_trade: number | null;
  gap_policy: GapPolicy;
  intrabar_policy: IntrabarPolicy;
  fill_time: FillTime;
  random_seed: number;
  fill_policy: FillPolicy;
  account: AccountPolicy;
  risk: RiskRules;
  warnings: Note[];
  gaps: RunGap[];
  gap_count: number;
  skipped_signals: SkippedSignal[];
  metrics: Metric[];
  timing: { load_ms: number; run_ms: number; bars: number };
  first_candle: string;
  last_candle: string;
  instruments: InstrumentResult[];
  sleeves: SleeveResult[];
  unassigned: number;
  months: MonthResult[];
  drawdowns: Drawdown[];
  streaks: Streak[];
  notices: Notice[];
  notice_count: number;
  skips_kept: number;
  output: OutputCounts;
  band: Band | null;
  truncation: Truncation | null;
}

export interface BacktestSummary {
  id: string;
  status: JobStatus;
  progress: number | null;
  symbol: string;
  symbols: string[];
  market: Market | null;
  synthetic: boolean;
  strategy: string;
  strategies: string[];
  start_date: string;
  end_date: string;
  timeframes: string[];
  tf_roles: Record<string, Role>;
  parameters: FieldValues;
  initial_balance: number;
  final_balance: number | null;
  total_return: number | null;
  max_drawdown: number | null;
  total_trades: number | null;
  win_rate: number | null;
  strategy_stopped: boolean;
  created_at: string;
  error: string | null;
}

export interface BacktestJob {
  id: string;
  status: JobStatus;
  fraction: number;
  bars_done: number;
  bars_total: number;
  elapsed_ms: number;
  eta_ms: number | null;
  error: string | null;
  location: string;
}

export interface Trade {
  index: number;
  sleeve: number;
  symbol: string;
  strategy: string;
  side: Side;
  size: number;
  entry_date: string;
  entry_price: number;
  exit_date: string;
  exit_price: number;
  stop_loss: number | null;
  take_profit: number | null;
  pnl: number;
  commission: number;
  pnl_comm: number;
  pnl_slippage: number;
  /** Negative when more was received. */
  funding: number;
  liquidation_fee: number;
  insurance: number;
  return_pct: number;
  exit_reason: string;
  duration_hours: number;
  ambiguous: boolean;
  fills: number;
  order: string;
  sizing: TradeSizing | null;
  mae: number | null;
  mfe: number | null;
  mae_price: number | null;
  mfe_price: number | null;
  metadata: Record<string, unknown>;
}

export interface EquityCurve {
  time: number[];
  equity: number[];
  drawdown: number[];
  total_points: number;
  downsampled: boolean;
}

export interface ParameterSpec {
  name: string;
  label: string;
  kind: ParameterKind;
  default: ParameterValue;
  min: number | null;
  max: number | null;
  step: number | null;
  unit: string | null;
  help: string;
  choices: string[] | null;
}

export interface RoleConstraint {
  role: Role;
  min_timeframe: string | null;
  max_timeframe: string | null;
  description: string;
}

export interface StrategyInfo {
  name: string;
  aliases: string[];
  version: string;
  author: string;
  summary: string;
  description: string;
  required_roles: Role[];
  role_constraints: RoleConstraint[];
  parameters: ParameterSpec[];
  is_active: boolean;
  error: string | null;
  built_in: boolean;
  file: string | null;
  hash: string;
}

export interface CandleColumns {
  symbol: string;
  market: Market;
  synthetic: boolean;
  timeframe: string;
  price: PriceKind;
  source_timeframe: string;
  price_decimals: number;
  time: number[];
  open: number[];
  high: number[];
  low: number[];
  close: number[];
  volume: number[];
  first_available: number | null;
  last_available: number | null;
}

export interface MonthCoverage {
  month: string;
  candles: number;
  expected: number;
}

export interface SeriesCoverage {
  market: Market;
  synthetic: boolean;
  symbol: string;
  timeframe: string;
  price: PriceKind;
  first_time: number;
  last_time: number;
  candles: number;
  gap_count: number;
  missing_candles: number;
  gaps: Gap[];
  bytes: number;
  price_decimals: number;
  months: MonthCoverage[];
  updated_at: string;
}

export interface FundingSeries {
  market: Market;
  symbol: string;
  first_time: number;
  last_time: number;
  settlements: number;
  with_mark: number;
  gap_count: number;
  missing_settlements: number;
  gaps: Gap[];
}

export type FileStatus = 'imported' | 'unchanged' | 'failed' | 'cancelled';

export interface ImportProblem {
  message: string;
  line: number | null;
  field: string | null;
  expected: string | null;
  was: string | null;
}

export interface ImportFileReport {
  file: string;
  status: FileStatus;
  timeframe: string | null;
  rows: number;
  new_rows: number;
  duplicate_rows: number;
  conflict_rows: number;
  gaps: Gap[];
  gap_count: number;
  first_time: number | null;
  last_time: number | null;
  warnings: string[];
  error: ImportProblem | null;
}

export interface ImportJob {
  id: string;
  status: JobStatus;
  symbol: string;
  market: Market;
  files_total: number;
  files_done: number;
  bytes_total: number;
  bytes_done: number;
  rows: number;
  rate_mb_s: number;
  eta_ms: number | null;
  files: ImportFileReport[];
}

export type Theme = 'system' | 'dark' | 'light';
export type PriceColors = 'green_red' | 'red_green' | 'blue_orange';
export type TimeZone = 'utc' | 'local';

export interface Settings {
  theme: Theme;
  price_colors: PriceColors;
  time_zone: TimeZone;
  /** Where live data and downloads come from. */
  venue: VenueName;
  /** `off`, or the time of the daily refresh of stored history, UTC: `00:20`. */
  refresh: string;
  default_initial_balance: number;
  default_commission: number;
  default_slippage: number;
  default_leverage: number;
}

export interface Health {
  status: 'healthy' | 'degraded' | 'unhealthy';
  timestamp: string;
  version: string;
  uptime: number;
  database_connected: boolean;
  exchange_connected: boolean;
  trading_mode: string;
  data_synthetic_only: boolean;
}

export interface SystemInfo {
  version: string;
  data_dir: string;
  sqlite_version: string;
  platform: string;
  disk_free_bytes: number | null;
}

export type EngineEvent =
  | { seq: number; timestamp: string; type: 'backtest'; data: BacktestJob }
  | { seq: number; timestamp: string; type: 'import'; data: ImportJob }
  | { seq: number; timestamp: string; type: 'settings_changed'; data: Settings }
  | { seq: number; timestamp: string; type: 'live'; data: LiveStatus }
  | { seq: number; timestamp: string; type: 'tickers'; data: Tickers }
  | { seq: number; timestamp: string; type: 'candles_closed'; data: ClosedCandles }
  | { seq: number; timestamp: string; type: 'download'; data: DownloadJob }
  | { seq: number; timestamp: string; type: 'lagged'; data: { missed: number } }
  | {
      seq: number;
      timestamp: string;
      type: 'data_changed' | 'runs_changed' | 'strategies_changed' | 'watchlist_changed' | 'heartbeat';
      data: unknown;
    };
