import { CandleBuilder, type BuiltCandle, type Stretch } from '../domain/candle-builder';
import type { CandleColumns, CandleRow, Market } from '../domain/contract';
import { nextOpen, openOf } from '../domain/timeframe';
import { client } from '../ipc';
import { priceStream } from '../stores/price-stream';
import type { CandleFeed } from './candle-feed.svelte';

/** How often stored candles are read again when one is missing before the newest. */
const TRIES = 5;
const MINUTES_A_DAY = 1440;

interface LiveSeries {
  symbol: string;
  market: Market;
  timeframe: string;
}

/**
 * Lets the loaded candles of a series go on with live prices. The closed minutes of the candle that forms are read once,
 * then kept up. While a candle before the newest is missing nothing is drawn after it, unless it is not stored either.
 */
export class LiveTail {
  /** When the newest candle closes, in venue time. */
  closesAt = $state.raw<number | null>(null);
  /** Minutes that the newest candle lacks. */
  missing = $state.raw(0);
  private builder: CandleBuilder | null = null;
  /** Minutes that closed while those before them were being read. */
  private waiting: CandleRow[] = [];
  private unfollow: (() => void) | null = null;
  private generation = 0;
  private tries = 0;
  private isReading = false;

  /** `onLast` is called after the last candle of the feed has changed. */
  constructor(
    private readonly feed: CandleFeed,
    private readonly onLast: () => void,
  ) {}

  /** `now` is the venue's time. */
  async start(series: LiveSeries, now: number): Promise<void> {
    this.end();
    const own = this.generation;
    this.unfollow = priceStream.follow(series, {
      onTicker: ({ forming }) => forming && this.put(series, this.builder?.form(forming) ?? null),
      onClosed: (minutes) => this.close(series, minutes),
    });
    await this.feed.catchUp();
    const open = openOf(now, series.timeframe);
    const known = await readSince(series, open, now);
    if (own !== this.generation) return;
    this.builder = new CandleBuilder(series.timeframe, open, known);
    this.close(series, this.waiting.splice(0));
  }

  end(): void {
    this.generation += 1;
    this.unfollow?.();
    this.unfollow = null;
    this.builder = null;
    this.waiting = [];
    this.tries = 0;
    this.closesAt = null;
    this.missing = 0;
  }

  private close(series: LiveSeries, minutes: readonly CandleRow[]): void {
    if (!this.builder) this.waiting.push(...minutes);
    else for (const minute of minutes) this.put(series, this.builder.close(minute));
  }

  private put({ timeframe }: LiveSeries, built: BuiltCandle | null): void {
    if (!built || !this.feed.atTail || !this.follows(built.candle)) return;
    if (!this.feed.putLast(built.candle)) return;
    this.closesAt = nextOpen(built.candle.time, timeframe);
    this.missing = built.missing;
    this.onLast();
  }

  /** Whether a candle may be drawn after the loaded ones; reads what lies between. */
  private follows({ time }: CandleRow): boolean {
    const next = this.feed.nextTime;
    if (next === null || time <= next) {
      this.tries = 0;
      return true;
    }
    if (this.isReading) return false;
    if (this.tries >= TRIES) return true;
    this.tries += 1;
    this.isReading = true;
    void this.feed.catchUp().finally(() => (this.isReading = false));
    return false;
  }
}

/** What has closed since `open`: whole days, then the minutes of today. What is not stored counts as missing. */
async function readSince(series: LiveSeries, open: number, now: number): Promise<Stretch[]> {
  const day = Math.max(open, openOf(now, '1d'));
  const days = open < day ? await read({ ...series, timeframe: '1d' }, open, day) : [];
  return [...days, ...(await read({ ...series, timeframe: '1m' }, day, now))];
}

async function read(series: LiveSeries, from: number, to: number): Promise<Stretch[]> {
  try {
    const columns = await client.candles({ ...series, from, to, limit: MINUTES_A_DAY });
    return columns.time.map((time, row) => ({
      ...rowOf(columns, row),
      time,
      end: nextOpen(time, series.timeframe),
    }));
  } catch {
    return [];
  }
}

function rowOf({ open, high, low, close, volume }: CandleColumns, row: number): Omit<CandleRow, 'time'> {
  const at = (column: readonly number[]): number => column[row] ?? Number.NaN;
  return { open: at(open), high: at(high), low: at(low), close: at(close), volume: at(volume) };
}
