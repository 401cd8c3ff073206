import type { CandleColumns, CandleRow, MarketChoice } from '../domain/contract';
import { checkedBlock, EMPTY_BLOCK, joinBlocks, withLast, type CandleBlock } from '../domain/candles';
import { nextOpen, timeframeMillis } from '../domain/timeframe';
import { toApiError, type ApiError } from '../ipc/api-error';
import { client } from '../ipc';

const PAGE = 3000;
const MOST_ROWS = 60_000;
/** Rows read in one request when stored candles have changed. */
const REREAD_ROWS = 20_000;
/** Rows before the last one that are read again after live data was away. */
const OVERLAP_ROWS = 200;

export interface SeriesChoice {
  symbol: string;
  timeframe: string;
  market: MarketChoice;
}

export type FeedFacts = Pick<
  CandleColumns,
  | 'symbol'
  | 'market'
  | 'synthetic'
  | 'timeframe'
  | 'source_timeframe'
  | 'price_decimals'
  | 'first_available'
  | 'last_available'
>;

/**
 * The loaded part of one candle series: a page around a moment, extended to the left and right as the view moves.
 * Candles stay in plain arrays; only the references are reactive.
 */
export class CandleFeed {
  block = $state.raw<CandleBlock>(EMPTY_BLOCK);
  facts = $state.raw<FeedFacts | null>(null);
  error = $state.raw<ApiError | null>(null);
  loading = $state.raw(false);
  private choice: SeriesChoice | null = null;
  private generation = 0;
  private extending = false;

  /** Called after every change of `block`; `keepView` tells whether it grew or is new. */
  constructor(private readonly onBlock: (feed: CandleFeed, keepView: boolean) => void) {}

  /** Newest candles, or those around `center` (milliseconds). */
  async open(choice: SeriesChoice, center: number | null = null): Promise<void> {
    this.choice = choice;
    const own = (this.generation += 1);
    this.loading = true;
    try {
      const from = center === null ? null : center - (PAGE / 2) * timeframeMillis(choice.timeframe);
      const columns = await client.candles({ ...choice, limit: PAGE, ...(from === null ? {} : { from }) });
      if (own !== this.generation) return;
      const {
        time: _time,
        open: _open,
        high: _high,
        low: _low,
        close: _close,
        volume: _volume,
        ...facts
      } = columns;
      this.block = checkedBlock(columns);
      this.facts = facts;
      this.error = null;
      this.onBlock(this, false);
    } catch (thrown) {
      if (own === this.generation) this.fail(thrown);
    } finally {
      if (own === this.generation) this.loading = false;
    }
  }

  clear(): void {
    this.generation += 1;
    this.block = EMPTY_BLOCK;
    this.facts = null;
    this.error = null;
    this.loading = false;
  }

  /** Whether a moment lies within what is loaded. */
  covers(time: number): boolean {
    const last = this.block.time.length - 1;
    return last >= 0 && time >= (this.block.time[0] ?? 0) && time <= (this.block.time[last] ?? 0);
  }

  /** Whether the newest candles are loaded, also when there is none. */
  get atTail(): boolean {
    const last = this.block.time.at(-1);
    if (last === undefined) return this.facts !== null && this.facts.last_available === null;
    return last >= (this.facts?.last_available ?? last);
  }

  /** Open time of the candle after the last one that is loaded. */
  get nextTime(): number | null {
    const last = this.block.time.at(-1);
    return last === undefined || !this.choice ? null : nextOpen(last, this.choice.timeframe);
  }

  /** Puts a candle in the place of the last one, or after it; the caller draws it. False when it is older. */
  putLast(candle: CandleRow): boolean {
    const block = withLast(this.block, candle);
    if (block) this.block = block;
    return block !== null;
  }

  /** Reads stored candles again that may have changed; what is in sight stays. */
  async reread(): Promise<void> {
    const { time } = this.block;
    if (time.length > REREAD_ROWS) return this.choice ? this.open(this.choice) : undefined;
    await this.rereadFrom(time[0]);
  }

  /** Reads the newest stored candles; what had been put after them and is not stored goes. */
  async catchUp(): Promise<void> {
    const { time } = this.block;
    await this.rereadFrom(time[Math.max(0, time.length - OVERLAP_ROWS)]);
  }

  private async rereadFrom(from: number | undefined): Promise<void> {
    if (!this.choice || from === undefined) return;
    const own = this.generation;
    try {
      const columns = await client.candles({ ...this.choice, from, limit: REREAD_ROWS });
      const page = checkedBlock(columns);
      if (own !== this.generation || page.time.length === 0) return;
      if (this.facts) this.facts = { ...this.facts, last_available: columns.last_available };
      this.block = trimmed(joinBlocks(this.block, page), 'oldest');
      this.onBlock(this, true);
    } catch (thrown) {
      if (own === this.generation && this.block.time.length === 0) this.fail(thrown);
    }
  }

  async extendOlder(): Promise<void> {
    const first = this.block.time[0];
    if (first === undefined || first <= (this.facts?.first_available ?? first)) return;
    await this.extend({ to: first }, (page) => trimmed(joinBlocks(page, this.block), 'newest'));
  }

  async extendNewer(): Promise<void> {
    const last = this.block.time.at(-1);
    if (last === undefined || last >= (this.facts?.last_available ?? last)) return;
    await this.extend({ from: last + 1 }, (page) => trimmed(joinBlocks(this.block, page), 'oldest'));
  }

  private async extend(
    range: { from?: number; to?: number },
    join: (page: CandleBlock) => CandleBlock,
  ): Promise<void> {
    if (this.extending || !this.choice) return;
    this.extending = true;
    const own = this.generation;
    try {
      const page = checkedBlock(await client.candles({ ...this.choice, ...range, limit: PAGE }));
      if (own !== this.generation || page.time.length === 0) return;
      this.block = join(page);
      this.onBlock(this, true);
    } catch (thrown) {
      if (own === this.generation && this.block.time.length === 0) this.fail(thrown);
    } finally {
      this.extending = false;
    }
  }

  private fail(thrown: unknown): void {
    this.block = EMPTY_BLOCK;
    this.facts = null;
    this.error = toApiError(thrown);
    this.onBlock(this, false);
  }
}

/** Keeps memory bounded on long scrolls by letting go of the far side. */
function trimmed(block: CandleBlock, drop: 'oldest' | 'newest'): CandleBlock {
  if (block.time.length <= MOST_ROWS) return block;
  const cut = (column: number[]): number[] =>
    drop === 'oldest' ? column.slice(-MOST_ROWS) : column.slice(0, MOST_ROWS);
  return {
    time: cut(block.time),
    open: cut(block.open),
    high: cut(block.high),
    low: cut(block.low),
    close: cut(block.close),
    volume: cut(block.volume),
  };
}
