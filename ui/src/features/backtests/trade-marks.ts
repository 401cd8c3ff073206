import type { TradeFocus, TradeMarker } from '../../charts/price-chart';
import { tradesWithin, type TimedTrade } from '../../domain/trades';

/** With this many trades in sight or fewer, entries carry the number of their trade. */
const WITH_WORDS = 24;

/** Entry and exit marks of the trades in `[from, to]`, or only their number when there are more than `most`. */
export function markersOf(
  trades: readonly TimedTrade[],
  { from, to }: { from: number; to: number },
  most: number,
): { markers: TradeMarker[]; tooMany: number } {
  const inSight = tradesWithin(trades, from, to);
  if (inSight.length > most) return { markers: [], tooMany: inSight.length };
  const hasWords = inSight.length <= WITH_WORDS;
  const markers = inSight.flatMap(({ trade, entry, exit }): TradeMarker[] => {
    const base = { trade: trade.index, side: trade.side, won: trade.pnl_comm > 0 };
    return [
      { ...base, event: 'entry', time: entry, text: hasWords ? `#${trade.index}` : '' },
      { ...base, event: 'exit', time: exit, text: '' },
    ];
  });
  return { markers, tooMany: 0 };
}

export function focusOf({ trade, entry, exit }: TimedTrade): TradeFocus {
  return {
    side: trade.side,
    won: trade.pnl_comm > 0,
    entryTime: entry,
    entryPrice: trade.entry_price,
    exitTime: exit,
    exitPrice: trade.exit_price,
    stop: trade.stop_loss,
    target: trade.take_profit,
  };
}
