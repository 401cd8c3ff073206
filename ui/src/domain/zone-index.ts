import { firstAtOrAfter } from './candles';
import type { Zone } from './drawings-contract';

/** Zones whose latest end is known together. */
const BLOCK = 64;

/**
 * Zones by their beginning, for asking which of them overlap a span of time: those that begin in time are found by
 * halving, and of these every block that has ended before is passed over at once.
 */
export class ZoneIndex {
  private readonly zones: readonly Zone[];
  private readonly begins: number[];
  private readonly latestEnds: number[] = [];

  constructor(zones: readonly Zone[]) {
    this.zones = zones.toSorted((left, right) => left.from - right.from);
    this.begins = this.zones.map((zone) => zone.from);
    this.zones.forEach((zone, row) => {
      const block = Math.floor(row / BLOCK);
      this.latestEnds[block] = Math.max(this.latestEnds[block] ?? Number.NEGATIVE_INFINITY, endOf(zone));
    });
  }

  get size(): number {
    return this.zones.length;
  }

  /** Zones that overlap `[from, to)` (milliseconds), oldest first. */
  within(from: number, to: number): Zone[] {
    const found: Zone[] = [];
    const end = firstAtOrAfter(this.begins, to);
    for (let block = 0; block * BLOCK < end; block += 1) {
      if ((this.latestEnds[block] ?? 0) <= from) continue;
      for (const zone of this.zones.slice(block * BLOCK, Math.min((block + 1) * BLOCK, end))) {
        if (endOf(zone) > from) found.push(zone);
      }
    }
    return found;
  }
}

function endOf(zone: Zone): number {
  return zone.until ?? Number.POSITIVE_INFINITY;
}
