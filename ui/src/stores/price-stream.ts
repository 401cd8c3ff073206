import type { CandleRow, ClosedCandles, Market, Ticker, Tickers } from '../domain/contract';

/** What a follower of one pair hears. */
export interface PairHandlers {
  onTicker(ticker: Ticker): void;
  /** Closed one-minute candles, ascending. */
  onClosed(minutes: readonly CandleRow[]): void;
}

interface Follower extends PairHandlers {
  market: Market;
  symbol: string;
}

/** Hands live prices to those who draw them, past the components: prices come often and belong to few. */
class PriceStream {
  private readonly followers = new Set<Follower>();

  /** The returned function stops. */
  follow(pair: { market: Market; symbol: string }, handlers: PairHandlers): () => void {
    const follower = { ...handlers, ...pair };
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }

  tickers({ market, tickers }: Tickers): void {
    for (const follower of this.followers) {
      if (follower.market !== market) continue;
      const own = tickers.find(({ symbol }) => symbol === follower.symbol);
      if (own) follower.onTicker(own);
    }
  }

  closed({ market, timeframe, candles }: ClosedCandles): void {
    if (timeframe !== '1m') return;
    for (const follower of this.followers) {
      if (follower.market !== market) continue;
      const own = candles.filter(({ symbol }) => symbol === follower.symbol);
      if (own.length > 0) follower.onClosed(own.toSorted((left, right) => left.time - right.time));
    }
  }
}

export const priceStream = new PriceStream();
