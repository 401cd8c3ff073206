import type { FieldErrors } from './backtest-draft';
import type { BacktestRequest } from './contract';
import { CHOICES, NUMBERS, OPTIONS, type NumberOption, type OptionSection } from './option-specs';
import { readNumber } from './read-number';

/** The advanced fields of the form as typed, by their path in the request; what is absent or empty is the default. */
export type DraftOptions = Record<string, string>;

/** What the advanced fields add to a request. */
export type OptionParts = Pick<
  BacktestRequest,
  | 'maker_commission'
  | 'fee_tier'
  | 'slippage_model'
  | 'fill_time'
  | 'limit_fill'
  | 'participation_max'
  | 'latency'
  | 'seed'
  | 'margin_mode'
  | 'position_mode'
  | 'funding'
  | 'filters'
  | 'risk'
  | 'checks'
>;

type Tree = { [name: string]: Tree | string | number | boolean };

/** Reads all advanced fields; wrong ones are named by their path. */
export function readOptions(options: DraftOptions, errors: FieldErrors): OptionParts {
  const tree: Tree = {};
  for (const option of NUMBERS) {
    const text = (options[option.path] ?? '').trim();
    if (text === '' || !isOffered(option.path, options)) continue;
    const value = readOption(option, text);
    if (value instanceof Error) errors[option.path] = value.message;
    else place(tree, option.path, value);
  }
  for (const { path, standard } of CHOICES) {
    const value = options[path] ?? '';
    if (value === '' || value === standard || value === 'constant' || !isOffered(path, options)) continue;
    place(tree, path, value === 'on' || value === 'off' ? asSwitch(path, value) : value);
  }
  requireWhole(options, errors);
  refuseBoth(options, errors);
  if (tree['latency'])
    tree['latency'] = { orders_ms: 0, reports_ms: 0, jitter_ms: 0, ...Object(tree['latency']) };
  // The paths of the option list are those of the request.
  return tree as OptionParts;
}

/** `off` is a word where the contract has words, and false where it has a switch. */
function asSwitch(path: string, value: 'on' | 'off'): boolean | string {
  return path.startsWith('checks.') ? value === 'on' : value;
}

function place(tree: Tree, path: string, value: string | number | boolean): void {
  const names = path.split('.');
  const last = names.pop() ?? path;
  let at = tree;
  for (const name of names) {
    const inner = at[name];
    const next: Tree = typeof inner === 'object' ? inner : {};
    at[name] = next;
    at = next;
  }
  at[last] = value;
}

function readOption(option: NumberOption, text: string): number | Error {
  const value = readNumber(text);
  if (!Number.isFinite(value)) return new Error(`${option.label}: a number is expected, was “${text}”`);
  if (option.isWhole && !Number.isInteger(value))
    return new Error(`${option.label}: a whole number is expected, was ${text}`);
  const isLow = option.aboveMin ? value <= option.min : value < option.min;
  if (isLow)
    return new Error(`${option.label} must be ${option.aboveMin ? 'above' : 'at least'} ${option.min}`);
  const isHigh = option.belowMax ? value >= option.max : value > option.max;
  if (isHigh)
    return new Error(`${option.label} must be ${option.belowMax ? 'below' : 'at most'} ${option.max}`);
  return value;
}

/** Rules of several numbers need all of them, as soon as one is given. */
function requireWhole(options: DraftOptions, errors: FieldErrors): void {
  const isGiven = (path: string): boolean => (options[path] ?? '').trim() !== '';
  for (const group of ['slippage_model', 'risk.stop_cluster', 'risk.low_profit']) {
    const own = NUMBERS.filter(({ path }) => path.startsWith(`${group}.`));
    if (!own.some(({ path }) => isGiven(path))) continue;
    for (const { path, label } of own.filter((one) => !isGiven(one.path)))
      errors[path] = `${label} is needed with the other fields of this rule`;
  }
  if (options['funding'] !== 'constant') return;
  for (const path of ['funding.rate', 'funding.interval_hours'])
    if (!isGiven(path)) errors[path] = 'Needed for a constant funding';
}

function refuseBoth(options: DraftOptions, errors: FieldErrors): void {
  const delays = ['latency.orders_ms', 'latency.reports_ms', 'latency.jitter_ms'];
  const isDelayed = delays.some((path) => readNumber(options[path] ?? '') > 0);
  if (isDelayed && (options['fill_time'] ?? 'next_open') !== 'next_open')
    errors['latency.orders_ms'] = 'Latency needs fills at the next open';
}

/** Fields that mean nothing beside another choice are not offered and not sent. */
export function isOffered(path: string, options: DraftOptions): boolean {
  if (path.startsWith('funding.')) return options['funding'] === 'constant';
  if (path === 'maker_commission') return (options['fee_tier'] ?? '') === '';
  if (path === 'risk.stop_cluster.scope') return (options['risk.stop_cluster.stops'] ?? '') !== '';
  return true;
}

/** What of a section differs from the defaults, in few words; empty when nothing does. */
export function optionSummary(section: OptionSection, options: DraftOptions): string[] {
  return OPTIONS.filter((one) => one.section === section && isOffered(one.path, options)).flatMap(
    (option) => {
      const text = (options[option.path] ?? '').trim();
      if (text === '' || (option.kind === 'choice' && text === option.standard)) return [];
      const shown = option.kind === 'choice' ? option.choices[text] : text;
      return [`${option.label} ${inSentence(shown ?? text)}`];
    },
  );
}

/** Words start small inside a sentence; VIP stays. */
function inSentence(words: string): string {
  return /^[A-Z][a-z]/.test(words) ? words.charAt(0).toLowerCase() + words.slice(1) : words;
}
