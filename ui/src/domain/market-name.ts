import type { Market, MarketChoice } from './contract';

export function marketName(market: MarketChoice | null | undefined): string {
  switch (market) {
    case 'um':
      return 'USDT-M futures';
    case 'spot':
      return 'Spot';
    case 'demo':
      return 'Demo';
    case 'auto':
      return 'Automatic';
    case null:
    case undefined:
      return '–';
    default:
      return unreachable(market);
  }
}

/** Two or three letters for narrow places. */
export function marketShort(market: Market): string {
  return market === 'um' ? 'FUT' : market === 'spot' ? 'SPOT' : 'DEMO';
}

function unreachable(value: never): string {
  return String(value);
}
