/** `BTCUSDT`, or `BTCUSDT + 2 more` when a list has others beside it. */
export function firstAndMore(first: string, all: readonly string[]): string {
  return all.length > 1 ? `${first} + ${all.length - 1} more` : first;
}
