import { safeLocale } from '../shared/locale';

/** How numbers look on screen. Display only: nothing here feeds a calculation. */

const cache = new Map<string, Intl.NumberFormat>();

function formatter(minimum: number, maximum: number, compact = false): Intl.NumberFormat {
  const key = `${minimum}/${maximum}/${compact}`;
  const known = cache.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(safeLocale(), {
    minimumFractionDigits: minimum,
    maximumFractionDigits: maximum,
    ...(compact ? { notation: 'compact' as const } : {}),
  });
  cache.set(key, made);
  return made;
}

/** What stands where a figure is not defined. */
export const UNDEFINED_FIGURE = '–';

const MINUS = '\u2212';

function withMinus(text: string): string {
  return text.replace('-', MINUS);
}

function isShown(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** A number with thousands separators and at most `decimals` places; `exact` keeps trailing zeros. */
export function formatNumber(value: number | null | undefined, decimals = 2, exact = true): string {
  if (!isShown(value)) return UNDEFINED_FIGURE;
  const shown = formatter(exact ? decimals : 0, decimals).format(value);
  return withMinus(/^-[0.,]*$/.test(shown) ? shown.slice(1) : shown);
}

/** Like `formatNumber`, with a plus sign in front of gains. */
export function formatSigned(value: number | null | undefined, decimals = 2): string {
  const text = formatNumber(value, decimals);
  return isShown(value) && value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

export function formatInteger(value: number | null | undefined): string {
  return formatNumber(value, 0);
}

/** A fraction shown in percent: 0.1234 becomes 12.34 %. */
export function formatFraction(value: number | null | undefined, decimals = 2): string {
  return isShown(value) ? `${formatNumber(value * 100, decimals)}%` : UNDEFINED_FIGURE;
}

export function formatSignedFraction(value: number | null | undefined, decimals = 2): string {
  return isShown(value) ? `${formatSigned(value * 100, decimals)}%` : UNDEFINED_FIGURE;
}

/** A number that is already in percent. */
export function formatPercent(value: number | null | undefined, decimals = 2): string {
  return isShown(value) ? `${formatSigned(value, decimals)}%` : UNDEFINED_FIGURE;
}

export function formatCompact(value: number | null | undefined): string {
  return isShown(value) ? withMinus(formatter(0, 2, true).format(value)) : UNDEFINED_FIGURE;
}

/** A price with at least the instrument's decimals and never fewer digits than the value has (up to `most`). */
export function formatPrice(value: number | null | undefined, decimals: number, most = 8): string {
  return isShown(value)
    ? withMinus(formatter(decimals, Math.max(decimals, most)).format(value))
    : UNDEFINED_FIGURE;
}

/** The unrounded value, for titles and copying. */
export function rawValue(value: number | null | undefined): string {
  return isShown(value) ? String(value) : 'not defined';
}

export function formatBytes(bytes: number | null | undefined): string {
  if (!isShown(bytes)) return UNDEFINED_FIGURE;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let rest = bytes;
  let unit = 0;
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  return `${formatNumber(rest, unit === 0 || rest >= 100 ? 0 : 1)} ${units[unit] ?? ''}`;
}

/** `long`, `short` or neither by sign: the class name that colours a figure. */
export function toneOf(value: number | null | undefined): 'up' | 'down' | 'neutral' {
  if (!isShown(value) || value === 0) return 'neutral';
  return value > 0 ? 'up' : 'down';
}

/** Decimals of the multiples of a price step such as `0.0001` or `1e-7`. */
export function decimalsOfStep(step: number): number {
  const [digits = '', exponent = '0'] = step.toString().split('e');
  const written = digits.split('.')[1]?.length ?? 0;
  return Math.min(Math.max(written - Number(exponent), 0), 12);
}

/** An arrow that says the direction without a colour. */
export function arrowOf(value: number | null | undefined): '▲' | '▼' | '' {
  const tone = toneOf(value);
  return tone === 'up' ? '▲' : tone === 'down' ? '▼' : '';
}
