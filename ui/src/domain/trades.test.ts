import { describe, expect, it } from 'vitest';
import type { Trade } from './contract';
import { sampleTrade } from './sample-trade';
import { sortTrades, timed, tradesToCsv, tradesWithin } from './trades';

function trade(index: number, pnl: number, entry: string, exit: string): Trade {
  return sampleTrade({
    index,
    entry_date: entry,
    exit_date: exit,
    pnl,
    pnl_comm: pnl,
    exit_reason: 'Signal, late',
  });
}

const trades = [
  trade(1, 5, '2023-01-01T00:00:00Z', '2023-01-02T00:00:00Z'),
  trade(2, -3, '2023-01-03T00:00:00Z', '2023-01-04T00:00:00Z'),
  trade(3, 5, '2023-01-05T00:00:00Z', '2023-01-06T00:00:00Z'),
];

describe('trades', () => {
  it('sorts both ways and keeps the order of entry among equals', () => {
    expect(sortTrades(trades, { key: 'pnl_comm', descending: true }).map((one) => one.index)).toEqual([
      1, 3, 2,
    ]);
    expect(sortTrades(trades, { key: 'pnl_comm', descending: false }).map((one) => one.index)).toEqual([
      2, 1, 3,
    ]);
  });

  it('finds the trades that touch a range, also those that span it', () => {
    const within = (from: string, to: string): number[] =>
      tradesWithin(timed(trades), Date.parse(from), Date.parse(to)).map((one) => one.trade.index);
    expect(within('2023-01-03T12:00:00Z', '2023-01-03T13:00:00Z')).toEqual([2]);
    expect(within('2023-01-02T00:00:00Z', '2023-01-05T00:00:00Z')).toEqual([1, 2, 3]);
  });

  it('exports all columns and quotes what holds a comma', () => {
    const [head, first] = tradesToCsv(trades).split('\n');
    expect(head?.split(',')).toHaveLength(29);
    expect(first).toContain('"Signal, late"');
    expect(first?.startsWith('1,0,BTCUSDT,SMA_CROSS,long,0.1,2023-01-01T00:00:00Z,100')).toBe(true);
  });
});
