import { LineStyle, type IPriceLine, type ISeriesApi } from 'lightweight-charts';
import type { ChartColors } from './colors';

/** Horizontal lines at the newest prices: the mark price, and words beside the last price. */
export class PriceLines {
  private mark: IPriceLine | null = null;

  constructor(private readonly candles: ISeriesApi<'Candlestick'>) {}

  setMark(price: number | null, { accent }: ChartColors): void {
    if (price === null) {
      if (this.mark) this.candles.removePriceLine(this.mark);
      this.mark = null;
      return;
    }
    const look = { price, color: accent, axisLabelColor: accent };
    if (this.mark) this.mark.applyOptions(look);
    else this.mark = this.candles.createPriceLine({ ...look, ...MARK });
  }

  /** Words beside the label of the last price. */
  setLastNote(text: string): void {
    this.candles.applyOptions({ title: text });
  }
}

const MARK = {
  lineStyle: LineStyle.SparseDotted,
  lineWidth: 1,
  axisLabelVisible: true,
  axisLabelTextColor: '#fff',
  title: 'Mark',
} as const;
