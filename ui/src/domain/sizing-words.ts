import type { TradeSizing } from './contract';
import { formatFraction, formatNumber } from './number-format';

/** The arithmetic of a quantity as a sentence; every number is the engine's own. */

const CAPS: Record<string, string> = {
  none: 'No limit made it smaller.',
  margin: 'The free balance made it smaller',
  lot_max: 'The largest order the venue takes made it smaller',
  instrument_exposure: 'The exposure limit of the symbol made it smaller',
  account_exposure: 'The exposure limit of the account made it smaller',
  bracket: 'The leverage bracket made it smaller',
};

const number = (value: number | null): string => formatNumber(value, 8, false);
const percent = (value: number): string => `${formatNumber(value * 100, 6, false)}%`;

/** `equity 10,000 × 2% ÷ stop distance 250 = 0.8 wished`. */
export function sizingFormula(sizing: TradeSizing): string {
  const equity = `Equity ${formatNumber(sizing.equity)}`;
  const wished = `${number(sizing.wished)} wished`;
  switch (sizing.rule) {
    case 'fixed':
      return `Fixed quantity ${number(sizing.value)} = ${wished}`;
    case 'notional':
      return `Amount ${formatNumber(sizing.value)} ÷ price ${number(sizing.price)} = ${wished}`;
    case 'equity':
      return `${equity} × ${percent(sizing.value)} ÷ price ${number(sizing.price)} = ${wished}`;
    case 'risk_of_equity':
      return `${equity} × risk ${percent(sizing.value)} ÷ stop distance ${number(sizing.stop_distance)} = ${wished}`;
    case 'volatility':
      return `${equity} × risk ${percent(sizing.value)} ÷ move ${number(sizing.volatility)} = ${wished}`;
    default:
      return `${sizing.rule} ${number(sizing.value)} = ${wished}`;
  }
}

/** What became of the wish: the cap, then the rounding to the lot. */
export function sizingOutcome(sizing: TradeSizing): string {
  const known = CAPS[sizing.cap] ?? `Made smaller by ${sizing.cap}`;
  const free = sizing.cap === 'margin' ? ` (free ${formatNumber(sizing.available)})` : '';
  const cap = sizing.cap === 'none' ? known : `${known}${free}.`;
  const ordered = `Ordered ${number(sizing.quantity)}`;
  return sizing.cap === 'none' && sizing.quantity !== sizing.wished
    ? `${cap} ${ordered} after rounding to the lot.`
    : `${cap} ${ordered}.`;
}

/** `fraction` of the trade's readings and confidence in one line each. */
export function readingsOf(metadata: Record<string, unknown>): { name: string; text: string }[] {
  return Object.entries(metadata)
    .filter(([name]) => name !== 'signal')
    .map(([name, value]) => ({ name, text: readingText(name, value) }));
}

function readingText(name: string, value: unknown): string {
  if (typeof value !== 'number') return typeof value === 'string' ? value : JSON.stringify(value);
  return name === 'confidence' ? formatFraction(value, 0) : number(value);
}
