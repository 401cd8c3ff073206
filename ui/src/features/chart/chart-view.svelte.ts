import { untrack } from 'svelte';
import { CandleFeed } from '../../charts/candle-feed.svelte';
import { LiveTail } from '../../charts/live-tail.svelte';
import type { PriceChart, VisibleRange } from '../../charts/price-chart';
import { keysWithWatched, seriesOf, spanOf, symbolKeys, timeframesOf } from '../../domain/coverage';
import { asSeen } from '../../domain/live-words';
import { formatCountdown } from '../../domain/time-format';
import { reachableFrom } from '../../domain/timeframe';
import { remember, remembered } from '../../shared/remembered';
import { chartWish } from '../../stores/chart-wish.svelte';
import { data } from '../../stores/data.svelte';
import { engine } from '../../stores/engine.svelte';
import { live } from '../../stores/live.svelte';
import { priceStream } from '../../stores/price-stream';
import { watchlist } from '../../stores/watchlist.svelte';

const KEY = 'stb.chart';
const EDGE_ROWS = 300;
/** Live candles are stored minute by minute. */
const LIVE_TIMEFRAME = '1m';

const DEFAULTS = { symbol: '', market: '', timeframe: '1h', log: false, mark: true };
type Wish = typeof DEFAULTS;

/** What the chart screen shows: the wished series as stored, going on with live prices where there are any. */
export class ChartView {
  chart = $state.raw<PriceChart | null>(null);
  /** Row under the pointer. */
  row = $state.raw<number | null>(null);
  visible = $state.raw<VisibleRange | null>(null);
  wish = $state.raw<Wish>(remembered(KEY, DEFAULTS));
  private opened = $state.raw('');
  /** A moment to bring to the middle once the series is open. */
  private wanted: number | null = null;

  readonly feed = new CandleFeed((from, keep) => {
    this.row = null;
    this.chart?.setCandles(from.block, from.facts?.price_decimals ?? 2, keep);
  });
  readonly tail = new LiveTail(this.feed, () => this.chart?.setLast(this.feed.block));

  readonly keys = $derived(
    keysWithWatched(
      symbolKeys(data.series),
      live.status,
      watchlist.pairs.map(({ symbol }) => symbol),
    ),
  );
  private readonly firstWatched = $derived(watchlist.pairs.find(({ active }) => active)?.symbol);
  readonly key = $derived(
    this.keys.find((one) => one.symbol === this.wish.symbol && one.market === this.wish.market) ??
      this.keys.find((one) => one.symbol === this.wish.symbol) ??
      this.keys.find((one) => one.symbol === this.firstWatched && one.market === live.status?.market) ??
      this.keys[0],
  );
  private readonly own = $derived(this.key ? seriesOf(data.series, this.key.symbol, this.key.market) : []);
  readonly span = $derived(spanOf(this.own));
  readonly timeframes = $derived(
    this.own.length > 0 ? timeframesOf(this.own) : this.key ? reachableFrom([LIVE_TIMEFRAME]) : [],
  );
  readonly timeframe = $derived(
    this.timeframes.includes(this.wish.timeframe) ? this.wish.timeframe : (this.timeframes[0] ?? ''),
  );
  private readonly identity = $derived(
    this.key && this.timeframe ? `${this.key.market} ${this.key.symbol} ${this.timeframe}` : '',
  );
  /** The health of the pair where its prices come from the connected venue. */
  readonly health = $derived.by(() => {
    const health = this.key && live.pair(this.key.market, this.key.symbol);
    return health && asSeen(health, engine.isAway);
  });
  /** Whether the venue whose prices these are is the connected one. */
  readonly isOfVenue = $derived(this.key !== undefined && live.status?.market === this.key.market);
  readonly streams = $derived(this.health?.state === 'live');
  /** Nothing is stored and nothing has come yet. */
  readonly isEmpty = $derived(!this.feed.loading && this.feed.block.time.length === 0);
  readonly quote = $derived(this.health && this.key ? watchlist.quote(this.key.symbol) : undefined);
  readonly isBehind = $derived(
    this.streams && this.visible !== null && (this.visible.rowsAfter > 0 || !this.feed.atTail),
  );

  /** Nothing is known yet of what there is to show. */
  get waiting(): boolean {
    return data.coverage.waiting || (this.wish.symbol === '' && watchlist.remote.waiting);
  }

  readonly events = {
    onHover: (at: number | null) => void (this.row = at),
    onPick: () => undefined,
    onZones: () => undefined,
    onVisible: (range: VisibleRange) => {
      this.visible = range;
      if (range.rowsBefore < EDGE_ROWS) void this.feed.extendOlder();
      if (range.rowsAfter < EDGE_ROWS) void this.feed.extendNewer();
    },
  };

  /** Called while the component is made: keeps chart, feed and stream in step. */
  run(): void {
    $effect(() => {
      const asked = chartWish.take();
      if (asked) untrack(() => this.answer(asked));
    });
    $effect(() => {
      const { chart, identity } = this;
      untrack(() => void (chart && identity !== '' ? this.open(identity) : this.feed.clear()));
    });
    $effect(() => {
      void data.version;
      untrack(() => void this.refresh());
    });
    $effect(() => {
      void engine.reloads;
      const isReady = this.streams && this.opened !== '' && this.opened === this.identity;
      untrack(() => void (isReady ? this.stream() : this.tail.end()));
    });
    $effect(() => {
      const { key } = this;
      if (!key || !this.isEmpty || !this.streams) return;
      return priceStream.follow(key, { onTicker: () => undefined, onClosed: () => void this.refresh() });
    });
    $effect(() => {
      const { key } = this;
      chartWish.shown = key ? { symbol: key.symbol, market: key.market } : null;
    });
    $effect(() => this.chart?.setLogScale(this.wish.log));
    $effect(() =>
      this.chart?.setMark(this.wish.mark && this.streams ? (this.quote?.ticker.mark ?? null) : null),
    );
    $effect(() => this.chart?.setLastNote(this.untilClose));
    $effect(() => () => {
      this.tail.end();
      chartWish.shown = null;
    });
  }

  private get untilClose(): string {
    const { closesAt } = this.tail;
    return closesAt === null || this.isBehind ? '' : formatCountdown(closesAt - live.now);
  }

  choose(change: Partial<Wish>): void {
    const { key, timeframe } = this;
    this.wish = { ...this.wish, symbol: key?.symbol ?? '', market: key?.market ?? '', timeframe, ...change };
    remember(KEY, this.wish);
  }

  async goTo(time: number): Promise<void> {
    if (!this.feed.covers(time)) await this.openAt(time);
    this.chart?.centerOn(time);
  }

  async showLast(): Promise<void> {
    if (!this.feed.atTail) await this.openAt(null);
    this.chart?.showLast();
  }

  private answer({ time, symbol, market, timeframe }: NonNullable<ReturnType<typeof chartWish.take>>): void {
    const before = this.identity;
    this.choose({ symbol, market, ...(timeframe === undefined ? {} : { timeframe }) });
    if (time === undefined) return;
    if (this.chart && this.identity === before) void this.goTo(time);
    else this.wanted = time;
  }

  private async open(identity: string): Promise<void> {
    this.opened = '';
    this.tail.end();
    const time = this.wanted;
    this.wanted = null;
    await this.openAt(time);
    if (identity !== this.identity) return;
    this.opened = identity;
    if (time !== null) this.chart?.centerOn(time);
  }

  private async openAt(time: number | null): Promise<void> {
    const { key, timeframe } = this;
    if (key) await this.feed.open({ symbol: key.symbol, market: key.market, timeframe }, time);
  }

  /** Stored candles have changed: what is shown is read again and stays in sight. */
  private async refresh(): Promise<void> {
    if (this.opened === '') return;
    if (this.feed.block.time.length === 0) await this.open(this.identity);
    else await this.feed.reread();
  }

  private async stream(): Promise<void> {
    const { key, timeframe } = this;
    if (key) await this.tail.start({ symbol: key.symbol, market: key.market, timeframe }, live.now);
  }
}
