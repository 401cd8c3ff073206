import { DAY_MS, toInputText } from './time-format';

/** Spans offered beside the dates, each ending where the data ends. */
export const QUICK_RANGES = [
  { key: '1d', days: 1 },
  { key: '7d', days: 7 },
  { key: '30d', days: 30 },
  { key: '90d', days: 90 },
  { key: '1y', days: 365 },
  { key: 'all', days: Number.POSITIVE_INFINITY },
] as const;

export type QuickRangeKey = (typeof QUICK_RANGES)[number]['key'];

/** Start and end as input text for a span inside `[first, end)`, both in milliseconds UTC. */
export function quickRange(key: QuickRangeKey, first: number, end: number): { start: string; end: string } {
  const days = QUICK_RANGES.find((range) => range.key === key)?.days ?? Number.POSITIVE_INFINITY;
  const start = Math.max(first, end - days * DAY_MS);
  return { start: toInputText(start), end: toInputText(end) };
}
