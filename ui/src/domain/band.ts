import type { Band } from './contract';

/** Where a run lies between its two extreme runs; positions are for drawing only. */
export interface BandScale {
  /** The two extremes differ. */
  hasWidth: boolean;
  /** Place of this run from the pessimistic (0) to the optimistic end (1); outside values are moved to the nearer end. */
  at: number;
  /** This run lies outside its own band, which happens as later trades start from other balances. */
  isOutside: boolean;
}

export function bandScale(band: Band, balance: number): BandScale {
  const [low, high] = [band.pessimistic.final_balance, band.optimistic.final_balance];
  const width = high - low;
  if (width === 0) return { hasWidth: false, at: 0.5, isOutside: false };
  const at = (balance - low) / width;
  return { hasWidth: true, at: Math.min(1, Math.max(0, at)), isOutside: at < 0 || at > 1 };
}
