import { candleLength, lastAtOrBefore } from '../domain/candles';

/**
 * Where instants lie among candles. A position counts candles: `3` is the middle of the fourth, `2.5` its left edge, where
 * the instant lies at which it opens and the one before it closes. Within a gap everything lies at its edge.
 */
export class TimePositions {
  private readonly length: number;

  constructor(readonly opens: readonly number[]) {
    this.length = candleLength(opens);
  }

  get last(): number {
    return this.opens.length - 1;
  }

  /** First instant after all candles. */
  get end(): number {
    return (this.opens[this.last] ?? 0) + this.length;
  }

  /** The position of an instant; before and after all candles it is their outer edge. */
  of(instant: number): number {
    const row = lastAtOrBefore(this.opens, instant);
    const open = this.opens[row];
    if (open === undefined) return -0.5;
    const share = this.length === 0 ? 0 : Math.min((instant - open) / this.length, 1);
    return row - 0.5 + share;
  }

  /** The row of the candle that closes at an instant; undefined beyond the candles. */
  closedAt(instant: number): number | undefined {
    const row = lastAtOrBefore(this.opens, instant - 1);
    return row < 0 || instant > this.end ? undefined : row;
  }

  /** The span of time between two positions, cut to the candles. */
  span(from: number, to: number): { from: number; to: number } {
    const first = Math.min(Math.max(Math.floor(from), 0), this.last);
    const after = Math.ceil(to) + 1;
    return {
      from: this.opens[first] ?? 0,
      to: after > this.last ? this.end : (this.opens[after] ?? this.end),
    };
  }
}
