import type { CandleRow } from './contract';
import { nextOpen, openOf } from './timeframe';
import { MINUTE_MS } from './time-format';

/** A closed stretch of the candle that forms: a minute or a day. */
export interface Stretch extends CandleRow {
  /** First instant after it. */
  end: number;
}

/** The candle of a timeframe as far as it is known. */
export interface BuiltCandle {
  candle: CandleRow;
  isClosed: boolean;
  /** Minutes since its open that no closed candle covers: the venue made none. */
  missing: number;
}

/**
 * Builds the newest candle of one timeframe from closed minutes and the minute that forms. Nothing is drawn past a minute
 * that has not arrived: the forming minute counts when it follows the last closed one, or one that is just closing.
 */
export class CandleBuilder {
  private closed: CandleRow | null = null;
  /** First instant that no closed minute covers. */
  private end: number;
  private missing = 0;
  /** The newest state of the minute at `end`. */
  private closing: CandleRow | null = null;

  /** `open` is the open time of the candle that forms, `known` what has closed since, ascending. */
  constructor(
    private readonly timeframe: string,
    private open: number,
    known: readonly Stretch[] = [],
  ) {
    this.end = open;
    for (const stretch of known) this.take(stretch, stretch.end);
  }

  /** Takes a closed minute; the candle that it belongs to, or null for one that is known already. */
  close(minute: CandleRow): BuiltCandle | null {
    return this.take(minute, minute.time + MINUTE_MS) ? this.built(this.closed) : null;
  }

  /** The candle with the minute that forms, or null while the minutes before it have not arrived. */
  form(minute: CandleRow): BuiltCandle | null {
    if (minute.time === this.end) {
      this.closing = minute;
      return this.built(this.with(minute));
    }
    const isNext = minute.time === this.end + MINUTE_MS && this.closing?.time === this.end;
    if (!isNext || this.closing === null || openOf(minute.time, this.timeframe) !== this.openOfEnd())
      return null;
    return this.built(folded(this.with(this.closing), minute));
  }

  private take(part: CandleRow, end: number): boolean {
    if (part.time < this.end) return false;
    const open = openOf(part.time, this.timeframe);
    if (open !== this.open) {
      this.open = open;
      this.closed = null;
      this.end = open;
      this.missing = 0;
    }
    this.missing += Math.round((part.time - this.end) / MINUTE_MS);
    this.closed = this.closed ? folded(this.closed, part) : { ...row(part), time: open };
    this.end = end;
    this.closing = null;
    return true;
  }

  private openOfEnd(): number {
    return openOf(this.end, this.timeframe);
  }

  /** What has closed of the candle that holds `minute`, and the minute. */
  private with(minute: CandleRow): CandleRow {
    const open = this.openOfEnd();
    return this.closed && this.closed.time === open ? folded(this.closed, minute) : { ...minute, time: open };
  }

  private built(candle: CandleRow | null): BuiltCandle | null {
    if (!candle) return null;
    const isOwn = candle.time === this.open;
    return {
      candle,
      isClosed: isOwn && candle === this.closed && this.end >= nextOpen(this.open, this.timeframe),
      missing: isOwn ? this.missing : 0,
    };
  }
}

function row({ time, open, high, low, close, volume }: CandleRow): CandleRow {
  return { time, open, high, low, close, volume };
}

function folded(first: CandleRow, later: CandleRow): CandleRow {
  return {
    time: first.time,
    open: first.open,
    high: Math.max(first.high, later.high),
    low: Math.min(first.low, later.low),
    close: later.close,
    volume: first.volume + later.volume,
  };
}
