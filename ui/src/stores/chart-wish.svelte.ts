/** A series another screen asks the chart screen to show next. */
export interface ChartWish {
  symbol: string;
  market: string;
  timeframe: string;
}

class ChartWishStore {
  private wish = $state.raw<ChartWish | null>(null);

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
