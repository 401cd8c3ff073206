import type { Market, PriceKind } from './contract';

/** Live data, the watch-list, downloads and checks as the contract speaks of them. Times in milliseconds are UTC. */

export type VenueName = 'demo' | 'binance';
/** Live data in one word; the worst part decides. */
export type LiveState = 'off' | 'starting' | 'live' | 'healing' | 'stale' | 'offline';
export type PairState = 'inactive' | 'starting' | 'live' | 'healing' | 'stale' | 'halted';

export interface ConnectionHealth {
  name: string;
  live: boolean;
  last_frame_at: number | null;
  reconnects: number;
  streams: number;
  silent_streams: number;
  last_error: string | null;
}

export interface PairHealth {
  symbol: string;
  state: PairState;
  /** Open time of the newest candle that was handed on. */
  last_candle: number | null;
  /** Milliseconds since its last price. */
  age_ms: number | null;
  candles_live: number;
  candles_history: number;
  duplicates: number;
  revised: number;
  out_of_order: number;
  refused: number;
  fetches: number;
  failed_fetches: number;
  holes: number;
}

export interface RateUse {
  used: number;
  limit: number;
  silent_until: number | null;
}

export interface LiveStatus {
  venue: VenueName;
  market: Market;
  synthetic: boolean;
  state: LiveState;
  reason: string | null;
  since: number;
  /** Server clock minus clock of this machine. */
  clock_offset_ms: number | null;
  latency_ms: number | null;
  rate: RateUse;
  connections: ConnectionHealth[];
  pairs: PairHealth[];
  malformed_frames: number;
  frames_per_second: number;
}

/** One candle; closed or forming is told by where it stands. */
export interface CandleRow {
  /** Open time. */
  time: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

/** Newest prices of a pair; null where nothing was told yet. */
export interface Ticker {
  symbol: string;
  last: number | null;
  bid: number | null;
  ask: number | null;
  mark: number | null;
  index: number | null;
  /** Fraction. */
  change_24h: number | null;
  high_24h: number | null;
  low_24h: number | null;
  quote_volume_24h: number | null;
  /** Fraction, to be settled next. */
  funding_rate: number | null;
  next_funding_at: number | null;
  /** The one-minute candle that has not closed. */
  forming: CandleRow | null;
  /** Venue time. */
  updated_at: number;
}

export interface Tickers {
  market: Market;
  tickers: Ticker[];
}

export interface ClosedCandles {
  market: Market;
  timeframe: string;
  candles: (CandleRow & { symbol: string })[];
}

export interface InstrumentFacts {
  symbol: string;
  base: string;
  quote: string;
  /** The venue's word, such as `TRADING`. */
  status: string;
  trading: boolean;
  tick: number | null;
  step: number;
  quantity_min: number;
  notional_min: number;
  listed_at: number | null;
  watched: boolean;
}

export interface WatchedPair {
  symbol: string;
  active: boolean;
  added_at: number;
  /** Null before the venue's listing is known. */
  instrument: InstrumentFacts | null;
  ticker: Ticker | null;
}

export interface Watchlist {
  venue: VenueName;
  pairs: WatchedPair[];
}

/** What is absent takes the engine's default: the watch-list, `1m`, from the listing until now. */
export interface DownloadRequest {
  symbols?: string[];
  timeframes?: string[];
  from?: string;
  to?: string;
  mark: boolean;
  funding: boolean;
  verify: boolean;
  check?: boolean;
}

/** The daily refresh of stored history, for the venue in use. */
export interface RefreshStatus {
  refresh: string;
  /** When the last one began; null before there was one. */
  last_at: number | null;
  /** A time that has passed: as soon as nothing is in its way. */
  next_at: number | null;
  running: boolean;
}

/** How many candles of one length. */
export interface CandleCount {
  timeframe: string;
  candles: number;
}

export interface DownloadJob {
  id: string;
  status: 'queued' | 'running' | 'completed' | 'failed' | 'cancelled';
  title: string;
  symbols: string[];
  created_at: number;
  parts_total: number;
  parts_done: number;
  /** Parts that the venue does not have. */
  parts_absent: number;
  parts_failed: number;
  bytes: number;
  /** Of all parts that ended well. */
  rows: number;
  /** Since the program began. */
  rows_new: number;
  rows_revised: number;
  /** Longer candles of the venue compared with what the stored minutes make, and those that differ. */
  checked: number;
  /** The same by length; empty when none was compared. */
  checked_timeframes: CandleCount[];
  differences: number;
  differing: string[];
  /** Candles that the venue did not tell, though it was asked twice. */
  untold: number;
  rate_mb_s: number;
  eta_ms: number | null;
  activity: string | null;
  failures: string[];
}

export type FindingKind =
  | 'gap'
  | 'flat_run'
  | 'zero_volume'
  | 'outlier'
  | 'volume_spike'
  | 'revised'
  | 'mismatch'
  | 'derived_differs'
  | 'unsound';
export type Severity = 'note' | 'warning' | 'error';

export interface Finding {
  kind: FindingKind;
  severity: Severity;
  from: number;
  /** First instant after it. */
  to: number;
  candles: number;
  text: string;
}

export interface IntegrityReport {
  market: Market;
  symbol: string;
  timeframe: string;
  price: PriceKind;
  candles: number;
  expected: number;
  totals: { kind: FindingKind; count: number }[];
  /** The first 500. */
  findings: Finding[];
  /** Longer stored candles; empty when none is stored. */
  compared: CandleCount[];
  /** Longer candles of the venue, compared at downloads; empty when none ever was. */
  checked: (CandleCount & { last_at: number })[];
}
