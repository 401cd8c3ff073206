/** A rectangle on the canvas, in pixels of the page. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export function overlaps(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

export function holds(outer: Box, inner: Box): boolean {
  return (
    inner.left >= outer.left &&
    inner.right <= outer.right &&
    inner.top >= outer.top &&
    inner.bottom <= outer.bottom
  );
}

/** The first of these places that lies within `bounds` and on nothing that is taken; undefined when there is none. */
export function firstFree(places: readonly Box[], taken: readonly Box[], bounds: Box): Box | undefined {
  return places.find((place) => holds(bounds, place) && !taken.some((other) => overlaps(place, other)));
}

/** A box of this size whose upper left corner is here. */
export function boxAt(left: number, top: number, width: number, height: number): Box {
  return { left, top, right: left + width, bottom: top + height };
}
