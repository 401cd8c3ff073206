import type { Trade } from './contract';
import { toMillis } from './time-format';

/** Order, search and export of a run's trades. */

export type TradeSortKey =
  | 'index'
  | 'side'
  | 'entry_date'
  | 'entry_price'
  | 'exit_date'
  | 'exit_price'
  | 'size'
  | 'pnl_comm'
  | 'return_pct'
  | 'exit_reason'
  | 'duration_hours';

export interface TradeSort {
  key: TradeSortKey;
  descending: boolean;
}

/** A sorted copy; equal values keep the order of entry. */
export function sortTrades(trades: readonly Trade[], sort: TradeSort): Trade[] {
  const sign = sort.descending ? -1 : 1;
  return trades.toSorted((left, right) => {
    const a = left[sort.key];
    const b = right[sort.key];
    return a === b ? left.index - right.index : sign * (a < b ? -1 : 1);
  });
}

/** A trade with its times in milliseconds UTC, read once. */
export interface TimedTrade {
  trade: Trade;
  entry: number;
  exit: number;
}

export function timed(trades: readonly Trade[]): TimedTrade[] {
  return trades.map((trade) => ({
    trade,
    entry: toMillis(trade.entry_date),
    exit: toMillis(trade.exit_date),
  }));
}

/** Trades that touch `[from, to]` (milliseconds), for drawing only what is in sight. */
export function tradesWithin(trades: readonly TimedTrade[], from: number, to: number): TimedTrade[] {
  return trades.filter((one) => one.exit >= from && one.entry <= to);
}

const EXPORTED = [
  'index', 'sleeve', 'symbol', 'strategy', 'side', 'size', 'entry_date', 'entry_price', 'exit_date', 'exit_price',
  'stop_loss', 'take_profit', 'pnl', 'commission', 'pnl_comm', 'pnl_slippage', 'funding', 'liquidation_fee',
  'insurance', 'return_pct', 'exit_reason', 'duration_hours', 'ambiguous', 'fills', 'order', 'mae', 'mfe',
  'mae_price', 'mfe_price',
] as const satisfies readonly (keyof Trade)[]; // prettier-ignore

export function tradesToCsv(trades: readonly Trade[]): string {
  const rows = trades.map((trade) => EXPORTED.map((name) => csvCell(trade[name])).join(','));
  return [EXPORTED.join(','), ...rows, ''].join('\n');
}

function csvCell(value: string | number | boolean | null): string {
  const text = value === null ? '' : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
