/** What strategies draw and write. Times of drawings are milliseconds UTC, those of log entries ISO texts. */

export type Pane = 'price' | 'own';
export type Tone = 'bullish' | 'bearish' | 'neutral';

export interface Plot {
  sleeve: number;
  strategy: string;
  name: string;
  pane: Pane;
  /** Closes of candles, ascending. */
  time: number[];
  value: number[];
  total_points: number;
  thinned: boolean;
}

export interface Zone {
  sleeve: number;
  /** Of what it was made: the open time of a candle. */
  from: number;
  known_at: number;
  until: number | null;
  top: number;
  bottom: number;
  tone: Tone;
  text: string;
}

export interface Label {
  sleeve: number;
  /** When it was known: the close of a candle. */
  time: number;
  price: number;
  tone: Tone;
  text: string;
}

export interface Drawings {
  symbol: string;
  plots: Plot[];
  zones: Zone[];
  labels: Label[];
  thinned: boolean;
  dropped: number;
}

export interface LogEntry {
  time: string;
  sleeve: number;
  symbol: string;
  strategy: string;
  text: string;
}

/** How much the strategies of a run have shown. */
export interface OutputCounts {
  plots: number;
  zones: number;
  labels: number;
  log_lines: number;
  dropped: number;
}
