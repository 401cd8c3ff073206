/** Which rows of a long list of equal height need to exist, and how much space stands for the rest (pixels). */
export interface VisibleRows {
  first: number;
  /** One past the last row. */
  last: number;
  before: number;
  after: number;
}

export function visibleRows(input: {
  total: number;
  rowHeight: number;
  top: number;
  height: number;
  /** Rows kept beyond each edge. */
  margin: number;
}): VisibleRows {
  const { total, rowHeight, top, height, margin } = input;
  const inSight = Math.ceil(height / rowHeight) + 2 * margin;
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight) - margin, total - inSight));
  const last = Math.min(total, first + inSight);
  return { first, last, before: first * rowHeight, after: (total - last) * rowHeight };
}
