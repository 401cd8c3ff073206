import type { Drawings } from '../domain/contract';
import { NO_DRAWINGS, partToLoad, type DrawnPart } from '../domain/drawings';
import { toApiError, type ApiError } from '../ipc/api-error';
import { client } from '../ipc';

/** Points of each plot in three screens' width. */
const LIMIT = 6000;
/** The view must rest this long before a further part is read. */
const REST_MS = 120;

/** The part of a run's drawings around what is in sight, read again as the view moves or comes closer. */
export class DrawingsFeed {
  value = $state.raw<Drawings>(NO_DRAWINGS);
  error = $state.raw<ApiError | null>(null);
  private symbol = '';
  private loaded: DrawnPart | null = null;
  private wanted: { from: number; to: number } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private generation = 0;

  constructor(private readonly run: string) {}

  /** Goes to another instrument; nothing is drawn until it is looked at. */
  open(symbol: string): void {
    if (symbol === this.symbol) return;
    this.symbol = symbol;
    this.generation += 1;
    this.loaded = null;
    this.wanted = null;
    this.value = NO_DRAWINGS;
  }

  /** Tells what is in sight (milliseconds UTC). */
  see(range: { from: number; to: number }): void {
    const isFirst = this.wanted === null;
    this.wanted = range;
    if (!partToLoad(this.loaded, range)) return;
    clearTimeout(this.timer);
    if (isFirst) void this.load();
    else this.timer = setTimeout(() => void this.load(), REST_MS);
  }

  /** Tries again after a failure. */
  async load(): Promise<void> {
    const part = this.wanted && partToLoad(this.loaded, this.wanted);
    if (!part) return;
    const own = (this.generation += 1);
    try {
      const value = await client.drawings(this.run, { symbol: this.symbol, ...part, limit: LIMIT });
      if (own !== this.generation) return;
      this.loaded = { ...part, thinned: value.thinned };
      this.value = value;
      this.error = null;
    } catch (thrown) {
      if (own === this.generation) this.error = toApiError(thrown);
    }
  }

  close(): void {
    clearTimeout(this.timer);
    this.generation += 1;
  }
}
