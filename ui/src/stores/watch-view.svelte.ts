import { remember, remembered } from '../shared/remembered';

const KEY = 'stb.watchlist';
export const WIDTH_MIN = 232;
export const WIDTH_MAX = 620;

/** How the watch-list is shown. */
class WatchView {
  private kept = $state.raw(remembered(KEY, { open: true, width: 340 }));
  /** Whether the dialog to add a pair is open. */
  adding = $state.raw(false);

  get open(): boolean {
    return this.kept.open;
  }

  set open(open: boolean) {
    this.keep({ open });
  }

  get width(): number {
    return this.kept.width;
  }

  set width(width: number) {
    this.keep({ width: Math.round(Math.min(Math.max(width, WIDTH_MIN), WIDTH_MAX)) });
  }

  private keep(change: Partial<typeof this.kept>): void {
    this.kept = { ...this.kept, ...change };
    remember(KEY, this.kept);
  }
}

export const watchView = new WatchView();
