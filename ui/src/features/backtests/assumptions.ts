import type { BacktestResult } from '../../domain/contract';
import { marketName } from '../../domain/market-name';
import { formatFraction, formatNumber } from '../../domain/number-format';

const FILLS: Record<string, string> = { next_open: 'Filled at the next open' };

/** What the result rests on, one short sentence each. */
export function assumptionsOf(result: BacktestResult): string[] {
  return [
    FILLS[result.fill_time] ?? `Filled: ${result.fill_time}`,
    result.intrabar_policy === 'pessimistic'
      ? 'Stop before target inside a candle'
      : 'Target before stop inside a candle',
    `Commission ${formatFraction(result.commission, 3)} per side`,
    `Slippage ${formatFraction(result.slippage, 3)}`,
    `Leverage ${formatNumber(result.leverage, 2, false)}×`,
    result.synthetic ? 'Synthetic prices' : `${marketName(result.market)} candles`,
    result.gap_policy === 'annotate' ? 'Gaps are listed' : 'Gaps refused',
  ];
}
