/** A series another screen asks the chart screen to show next. */
export interface ChartWish {
  symbol: string;
  market: string;
  /** Absent: the one that is shown. */
  timeframe?: string;
  /** A moment to bring to the middle. */
  time?: number;
}

class ChartWishStore {
  private wish = $state.raw<ChartWish | null>(null);
  /** What the chart screen shows, for lists beside it. */
  shown = $state.raw<{ symbol: string; market: string } | null>(null);

  ask(wish: ChartWish): void {
    this.wish = wish;
  }

  take(): ChartWish | null {
    const wish = this.wish;
    this.wish = null;
    return wish;
  }
}

export const chartWish = new ChartWishStore();
