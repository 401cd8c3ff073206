import type { Tone } from '../domain/contract';
import type { Box } from './boxes';
import { withAlpha, type ChartColors } from './colors';
import { TEXT_ROOM, type LabelShape, type ZoneText } from './drawing-shapes';
import { toneColor } from './draw-zones';

/** Room of the sign before a text. */
const SIGN_WIDTH = 10;
const SIGN_HALF = 3;

const widths = new Map<string, number>();

function font({ font: family }: ChartColors): string {
  return `500 10.5px ${family}`;
}

/** Width of a text with its sign, in pixels. */
export function textWidth(context: CanvasRenderingContext2D, text: string, colors: ChartColors): number {
  const known = widths.get(text);
  if (known !== undefined) return known + SIGN_WIDTH;
  context.font = font(colors);
  const width = context.measureText(text).width;
  if (widths.size > 5000) widths.clear();
  widths.set(text, width);
  return width + SIGN_WIDTH;
}

/** The texts of zones. */
export function drawZoneTexts(
  context: CanvasRenderingContext2D,
  texts: readonly ZoneText[],
  colors: ChartColors,
): void {
  prepare(context, colors);
  for (const { zone, place } of texts) drawText(context, zone, place, colors);
  context.restore();
}

/** A dot at the price of each label, and its text beside it where there is room. */
export function drawLabels(
  context: CanvasRenderingContext2D,
  labels: readonly LabelShape[],
  colors: ChartColors,
): void {
  prepare(context, colors);
  for (const { label, x, y, place } of labels) {
    const color = toneColor(label.tone, colors);
    if (place) {
      const edge = place.top > y ? place.top : place.bottom;
      context.strokeStyle = withAlpha(color, 0.5);
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(x, edge);
      context.stroke();
      drawText(context, label, place, colors);
    }
    context.fillStyle = color;
    context.beginPath();
    context.arc(x, y, 2.5, 0, 2 * Math.PI);
    context.fill();
  }
  context.restore();
}

/** A sign and a text; what is behind shines through around the letters only. */
function drawText(
  context: CanvasRenderingContext2D,
  { tone, text }: { tone: Tone; text: string },
  place: Box,
  colors: ChartColors,
): void {
  const [x, y] = [place.left + TEXT_ROOM, (place.top + place.bottom) / 2];
  context.lineWidth = 4;
  context.strokeStyle = withAlpha(colors.surface, 0.9);
  context.strokeText(text, x + SIGN_WIDTH, y);
  signPath(context, tone, x + SIGN_HALF, y);
  context.stroke();
  context.fillStyle = toneColor(tone, colors);
  context.fill();
  context.fillStyle = colors.text;
  context.fillText(text, x + SIGN_WIDTH, y);
}

function prepare(context: CanvasRenderingContext2D, colors: ChartColors): void {
  context.save();
  context.font = font(colors);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
}

/** Up, down or neither: said beside the colour, so that no meaning hangs on it alone. */
function signPath(context: CanvasRenderingContext2D, tone: Tone, x: number, y: number): void {
  const half = SIGN_HALF;
  context.beginPath();
  switch (tone) {
    case 'bullish':
      context.moveTo(x - half, y + half);
      context.lineTo(x + half, y + half);
      context.lineTo(x, y - half);
      break;
    case 'bearish':
      context.moveTo(x - half, y - half);
      context.lineTo(x + half, y - half);
      context.lineTo(x, y + half);
      break;
    case 'neutral':
      context.moveTo(x, y - half);
      context.lineTo(x + half, y);
      context.lineTo(x, y + half);
      context.lineTo(x - half, y);
      break;
    default:
      tone satisfies never;
  }
  context.closePath();
}
