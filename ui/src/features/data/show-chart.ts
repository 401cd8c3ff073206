import type { Market } from '../../domain/contract';
import { chartWish } from '../../stores/chart-wish.svelte';
import { route } from '../../stores/route.svelte';

/** Opens the chart of a series, around a moment when one is given. */
export function showChart(
  { symbol, market, timeframe }: { symbol: string; market: Market; timeframe: string },
  time?: number,
): void {
  chartWish.ask({ symbol, market, timeframe, ...(time === undefined ? {} : { time }) });
  route.go({ screen: 'chart' });
}
