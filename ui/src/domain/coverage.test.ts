import { describe, expect, it } from 'vitest';
import type { SeriesCoverage } from './contract';
import {
  commonSpan,
  keysWithWatched,
  monthShare,
  seriesOf,
  spanOf,
  symbolKeys,
  timeframesOf,
} from './coverage';
import { guessFromName, guessFromNames } from './file-guess';
import { quickRange } from './quick-range';
import { byLength, reachableFrom } from './timeframe';

function series(symbol: string, market: SeriesCoverage['market'], timeframe: string): SeriesCoverage {
  return {
    market,
    synthetic: market === 'demo',
    symbol,
    timeframe,
    price: 'last',
    first_time: 0,
    last_time: 3_600_000,
    candles: 2,
    gap_count: 0,
    missing_candles: 0,
    gaps: [],
    bytes: 1,
    price_decimals: 2,
    months: [],
    updated_at: '2023-01-01T00:00:00Z',
  };
}

const stored = [
  series('DEMOUSDT', 'demo', '1m'),
  series('BTCUSDT', 'spot', '1h'),
  series('BTCUSDT', 'um', '1m'),
];

describe('what is stored', () => {
  it('lists real symbols before synthetic ones', () => {
    expect(symbolKeys(stored).map((key) => `${key.market}/${key.symbol}`)).toEqual([
      'spot/BTCUSDT',
      'um/BTCUSDT',
      'demo/DEMOUSDT',
    ]);
  });

  it('adds watched pairs of which nothing is stored yet, in the market of the venue', () => {
    const keys = symbolKeys(stored);
    const venue = { market: 'um' as const, synthetic: false };
    expect(keysWithWatched(keys, venue, ['BTCUSDT', 'ETHUSDT']).slice(keys.length)).toEqual([
      { symbol: 'ETHUSDT', ...venue },
    ]);
    expect(keysWithWatched(keys, undefined, ['ETHUSDT'])).toEqual(keys);
  });

  it('prefers futures when the market is automatic', () => {
    expect(seriesOf(stored, 'BTCUSDT', 'auto').map((one) => one.market)).toEqual(['um']);
    expect(seriesOf(stored, 'BTCUSDT', 'spot').map((one) => one.timeframe)).toEqual(['1h']);
  });

  it('offers the timeframes that can be built from what is stored', () => {
    expect(timeframesOf(seriesOf(stored, 'BTCUSDT', 'spot'))).toEqual(
      ['1h', '2h', '4h', '6h', '8h', '12h', '1d', '3d', '1w', '1M'], // prettier-ignore
    );
    expect(reachableFrom(['1d'])).toEqual(['1d', '3d', '1w', '1M']);
    expect(['1M', '1m', '1w', '4h'].toSorted(byLength)).toEqual(['1m', '4h', '1w', '1M']);
  });

  it('spans to the close of the last candle', () => {
    expect(spanOf([series('X', 'um', '1h')])).toEqual({ first: 0, end: 7_200_000 });
    expect(spanOf([])).toBeNull();
  });

  it('keeps mark prices out of what can be run', () => {
    const mark = { ...series('BTCUSDT', 'um', '8h'), price: 'mark' as const };
    expect(symbolKeys([mark])).toEqual([]);
    expect(seriesOf([mark, ...stored], 'BTCUSDT', 'um').map((one) => one.timeframe)).toEqual(['1m']);
  });

  it('shares only the range that every symbol covers', () => {
    expect(
      commonSpan([
        { first: 0, end: 10 },
        { first: 5, end: 20 },
      ]),
    ).toEqual({ first: 5, end: 10 });
    expect(
      commonSpan([
        { first: 0, end: 5 },
        { first: 5, end: 20 },
      ]),
    ).toBeNull();
    expect(commonSpan([{ first: 0, end: 5 }, null])).toBeNull();
    expect(commonSpan([])).toBeNull();
  });

  it('cuts quick ranges to what is stored', () => {
    const end = Date.UTC(2023, 1, 1);
    expect(quickRange('7d', 0, end).start).toBe('2023-01-25 00:00');
    expect(quickRange('1y', Date.UTC(2023, 0, 1), end).start).toBe('2023-01-01 00:00');
    expect(monthShare({ candles: 5, expected: 0 })).toBe(0);
  });
});

describe('guessing from file names', () => {
  it.each([
    ['/data/BTCUSDT-1m-2023-01.csv', 'BTCUSDT', null],
    ['binance_spot_BTCUSDT_1m_2023.csv.gz', 'BTCUSDT', 'spot'],
    ['C:\\futures\\um\\ETHUSDT-1h-2023.zip', 'ETHUSDT', 'um'],
    ['candles.csv', null, null],
  ])('%s', (name, symbol, market) => {
    expect(guessFromName(name)).toEqual({ symbol, market });
  });

  it('guesses nothing when files disagree', () => {
    expect(guessFromNames(['BTCUSDT-1m.csv', 'ETHUSDT-1m.csv']).symbol).toBeNull();
  });
});
