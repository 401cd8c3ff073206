import type { BacktestResult, EquityCurve, Trade } from '../../domain/contract';
import { sortTrades, timed, type TimedTrade, type TradeSort } from '../../domain/trades';
import { byLength, timeframeMillis } from '../../domain/timeframe';
import { toMillis } from '../../domain/time-format';
import { client } from '../../ipc';
import { Remote } from '../../stores/remote.svelte';
import { DrawingsView } from './drawings-view.svelte';

export type ResultTab = 'trades' | 'metrics' | 'costs' | 'months' | 'skipped' | 'log' | 'notes';

/** What the parts of a result page share: trades, curve, the selected trade, the pointer and the part in sight. */
export class ResultView {
  readonly trades: Remote<Trade[]>;
  readonly equity: Remote<EquityCurve>;
  readonly drawings: DrawingsView;
  /** Index (from 1) of the emphasised trade. */
  selected = $state.raw<number | null>(null);
  /** Instrument of the candle chart. */
  charted = $state.raw('');
  /** Moment to bring into sight; a new object each time, so that asking twice works. */
  wanted = $state.raw<{ time: number; trade: TimedTrade | null } | null>(null);
  hovered = $state.raw<number | null>(null);
  span = $state.raw<{ from: number; to: number } | null>(null);
  sort = $state.raw<TradeSort>({ key: 'index', descending: false });
  tab = $state.raw<ResultTab>('trades');

  readonly timed = $derived.by(() => timed(this.trades.value ?? []));
  /** Trades of the instrument in the chart; trades of earlier versions name none. */
  readonly drawn = $derived.by(() =>
    this.timed.filter(({ trade }) => trade.symbol === '' || trade.symbol === this.charted),
  );
  readonly sorted = $derived.by(() => sortTrades(this.trades.value ?? [], this.sort));

  constructor(readonly result: BacktestResult) {
    this.charted = result.symbol;
    this.trades = new Remote(() => client.trades(result.id));
    this.equity = new Remote(() => client.equity(result.id));
    const end = toMillis(result.last_candle) + timeframeMillis(this.timeframe);
    this.drawings = new DrawingsView(result.id, end);
    void this.trades.load();
    void this.equity.load();
  }

  /** Shortest timeframe of the run: the one orders are placed on. */
  get timeframe(): string {
    return this.result.timeframes.toSorted(byLength)[0] ?? '1h';
  }

  get selectedTrade(): TimedTrade | null {
    return this.selected === null
      ? null
      : (this.timed.find(({ trade }) => trade.index === this.selected) ?? null);
  }

  /** From the table: emphasise the trade and bring it into sight. */
  select(index: number | null): void {
    this.selected = index;
    const trade = this.selectedTrade;
    if (!trade) return;
    if (trade.trade.symbol !== '') this.charted = trade.trade.symbol;
    this.wanted = { time: (trade.entry + trade.exit) / 2, trade };
  }

  /** From the chart: emphasise only, the trade is in sight already. */
  pick(index: number): void {
    this.selected = index;
  }

  /** Brings a moment into sight, on the chart of another instrument where one is named. */
  seek(time: number, symbol = this.charted): void {
    this.charted = symbol;
    this.wanted = { time, trade: null };
  }
}
