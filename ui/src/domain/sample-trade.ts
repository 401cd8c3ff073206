import type { Trade } from './contract';

/** A plain long trade for tests, with some fields replaced. */
export function sampleTrade(part: Partial<Trade> = {}): Trade {
  return {
    index: 1,
    sleeve: 0,
    symbol: 'BTCUSDT',
    strategy: 'SMA_CROSS',
    side: 'long',
    size: 0.1,
    entry_date: '2023-01-01T00:00:00Z',
    entry_price: 100,
    exit_date: '2023-01-02T00:00:00Z',
    exit_price: 101,
    stop_loss: null,
    take_profit: null,
    pnl: 0.1,
    commission: 0,
    pnl_comm: 0.1,
    pnl_slippage: 0,
    funding: 0,
    liquidation_fee: 0,
    insurance: 0,
    return_pct: 1,
    exit_reason: 'Signal',
    duration_hours: 24,
    ambiguous: false,
    fills: 2,
    order: 'market',
    sizing: null,
    mae: null,
    mfe: null,
    mae_price: null,
    mfe_price: null,
    metadata: {},
    ...part,
  };
}
