import type { Tone, Zone } from '../domain/contract';
import { withAlpha, type ChartColors } from './colors';
import type { RenderTarget } from './drawings-primitive';
import type { ZoneShape } from './drawing-shapes';

/** How strongly a zone covers the ground before it was known, after, and under the pointer. */
const FILL = { before: 0.06, known: 0.16, hovered: 0.28 };
const EDGE = { before: 0.35, known: 0.5, hovered: 1 };
/** Below this height in pixels a border would be all that is seen. */
const EDGE_WORTH = 5;

export function toneColor(tone: Tone, { up, down, muted }: ChartColors): string {
  switch (tone) {
    case 'bullish':
      return up;
    case 'bearish':
      return down;
    case 'neutral':
      return muted;
    default:
      return tone satisfies never;
  }
}

/** Fills, borders and the ticks at which zones became known, on whole pixels of the screen. */
export function drawZones(
  target: RenderTarget,
  shapes: readonly ZoneShape[],
  hovered: Zone | null,
  colors: ChartColors,
): void {
  target.useBitmapCoordinateSpace(({ context, horizontalPixelRatio, verticalPixelRatio }) => {
    const unit = Math.max(1, Math.floor(horizontalPixelRatio));
    context.save();
    context.lineWidth = unit;
    for (const shape of shapes) {
      const x = (value: number): number => Math.round(value * horizontalPixelRatio);
      const y = (value: number): number => Math.round(value * verticalPixelRatio);
      drawZone(context, {
        ...shape,
        left: x(shape.left),
        known: x(shape.known),
        right: x(shape.right),
        top: y(shape.top),
        bottom: Math.max(y(shape.bottom), y(shape.top) + 1),
        unit,
        color: toneColor(shape.zone.tone, colors),
        isHovered: shape.zone === hovered,
      });
    }
    context.restore();
  });
}

interface PixelZone extends ZoneShape {
  unit: number;
  color: string;
  isHovered: boolean;
}

function drawZone(context: CanvasRenderingContext2D, zone: PixelZone): void {
  const { left, known, right, top, bottom, unit, color, isHovered } = zone;
  const fill = (alpha: number, from: number, to: number): void => {
    context.fillStyle = withAlpha(color, alpha);
    context.fillRect(from, top, to - from, bottom - top);
  };
  fill(FILL.before, left, known);
  fill(isHovered ? FILL.hovered : FILL.known, known, right);
  if (bottom - top < EDGE_WORTH * unit && !isHovered) return;
  const half = unit / 2;
  const line = (fromX: number, fromY: number, toX: number, toY: number): void => {
    context.moveTo(fromX, fromY);
    context.lineTo(toX, toY);
  };
  context.strokeStyle = withAlpha(color, isHovered ? EDGE.hovered : EDGE.before);
  context.setLineDash([3 * unit, 3 * unit]);
  context.beginPath();
  line(left, top + half, known, top + half);
  line(left, bottom - half, known, bottom - half);
  if (zone.begins) line(left + half, top, left + half, bottom);
  context.stroke();
  context.strokeStyle = withAlpha(color, isHovered ? EDGE.hovered : EDGE.known);
  context.setLineDash([]);
  context.beginPath();
  line(known, top + half, right, top + half);
  line(known, bottom - half, right, bottom - half);
  if (zone.ends) line(right - half, top, right - half, bottom);
  // The tick reaches beyond the zone, so that it is not taken for its edge.
  if (known > left) line(known + half, top - 3 * unit, known + half, bottom + 3 * unit);
  context.stroke();
}
