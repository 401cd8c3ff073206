import { describe, expect, it } from 'vitest';
import type { SeriesCoverage } from './contract';
import { coverageMap } from './coverage-map';

function series(
  symbol: string,
  months: [string, number][],
  part: Partial<SeriesCoverage> = {},
): SeriesCoverage {
  return {
    market: 'um',
    synthetic: false,
    symbol,
    timeframe: '1d',
    price: 'last',
    first_time: 0,
    last_time: 0,
    candles: 0,
    gap_count: 0,
    missing_candles: 0,
    gaps: [],
    bytes: 0,
    price_decimals: 2,
    months: months.map(([month, candles]) => ({ month, candles, expected: 30 })),
    updated_at: '',
    ...part,
  };
}

const shapeOf = (list: SeriesCoverage[]) =>
  coverageMap(list).rows.map(({ series: { symbol }, cells }) => [
    symbol,
    cells.map((cell) => (cell ? `${cell.level}${cell.hasGap ? '!' : ''}` : '-')).join(' '),
  ]);

describe('the coverage map', () => {
  it('puts the months of all series side by side, over the turn of the year', () => {
    const list = [series('B', [['2023-11', 10], ['2023-12', 30]]), series('A', [['2024-01', 30]])]; // prettier-ignore
    expect(coverageMap(list).months).toEqual(['2023-11', '2023-12', '2024-01']);
    expect(shapeOf(list)).toEqual([
      ['A', '- - 4'],
      ['B', '1 4 -'],
    ]);
  });

  it('marks gaps inside, not the unfinished first and last month', () => {
    const months: [string, number][] = [['2024-01', 12], ['2024-02', 29], ['2024-04', 16]]; // prettier-ignore
    expect(shapeOf([series('A', months)])).toEqual([['A', '1 3! 0! 2']]);
  });

  it('marks a known gap in the last month', () => {
    const gap = { from: Date.UTC(2024, 0, 3), to: Date.UTC(2024, 0, 5), missing_candles: 2 };
    const [row] = coverageMap([series('A', [['2024-01', 28]], { gaps: [gap] })]).rows;
    expect(row?.cells[0]).toMatchObject({ hasGap: true, text: '28 of 30 candles (93.3%), with a gap' });
  });

  it('is empty without candles', () => {
    expect(coverageMap([])).toEqual({ months: [], rows: [] });
  });
});
