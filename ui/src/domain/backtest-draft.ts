import type {
  BacktestRequest,
  GapPolicy,
  IntrabarPolicy,
  MarketChoice,
  ParameterSpec,
  ParameterValue,
  Role,
  Settings,
  StrategyInfo,
} from './contract';
import { readOptions, type DraftOptions, type OptionParts } from './draft-options';
import { formatNumber } from './number-format';
import { readNumber } from './read-number';
import { byLength } from './timeframe';
import { parseUtc } from './time-format';

/** What the form of a new backtest holds while it is typed: text as typed, nothing converted yet. */
export interface BacktestDraft {
  strategy: string;
  /** One symbol, or several with commas between. */
  symbol: string;
  market: MarketChoice;
  start: string;
  end: string;
  timeframes: TimeframeRole[];
  initial_balance: string;
  commission: string;
  slippage: string;
  leverage: string;
  gap_policy: GapPolicy;
  intrabar_policy: IntrabarPolicy;
  parameters: Record<string, string | boolean>;
  options: DraftOptions;
}

export interface TimeframeRole {
  timeframe: string;
  role: Role;
}

/** Messages by field: `symbol`, `end_date`, `parameters.fast`, … */
export type FieldErrors = Record<string, string>;

export type DraftOutcome = { ok: true; request: BacktestRequest } | { ok: false; errors: FieldErrors };

interface NumberRule {
  label: string;
  min: number;
  max: number;
  /** The bound itself is not allowed. */
  aboveMin?: boolean;
  belowMax?: boolean;
}

const RULES = {
  initial_balance: { label: 'Initial balance', min: 0, max: 1e15, aboveMin: true },
  commission: { label: 'Commission', min: 0, max: 0.1, belowMax: true },
  slippage: { label: 'Slippage', min: 0, max: 0.1, belowMax: true },
  leverage: { label: 'Leverage', min: 1, max: 125 },
} satisfies Record<string, NumberRule>;

type NumberField = keyof typeof RULES;

export function newDraft(settings: Settings): BacktestDraft {
  return {
    strategy: '',
    symbol: '',
    market: 'auto',
    start: '',
    end: '',
    timeframes: [{ timeframe: '1h', role: 'LTF' }],
    initial_balance: String(settings.default_initial_balance),
    commission: String(settings.default_commission),
    slippage: String(settings.default_slippage),
    leverage: String(settings.default_leverage),
    gap_policy: 'annotate',
    intrabar_policy: 'pessimistic',
    parameters: {},
    options: {},
  };
}

/** The symbols of a list with commas or blanks between, each once. */
export function symbolsIn(text: string): string[] {
  return [
    ...new Set(
      text
        .toUpperCase()
        .split(/[\s,;]+/)
        .filter((symbol) => symbol !== ''),
    ),
  ];
}

/** The strategy's defaults, overlaid with what was typed before for parameters that still exist. */
export function parametersFor(
  strategy: StrategyInfo,
  before: Record<string, string | boolean> = {},
): Record<string, string | boolean> {
  return Object.fromEntries(
    strategy.parameters.map((spec) => {
      const kept = before[spec.name];
      const wanted = spec.kind === 'boolean' ? 'boolean' : 'string';
      return [spec.name, typeof kept === wanted && kept !== undefined ? kept : typed(spec.default)];
    }),
  );
}

function typed(value: ParameterValue): string | boolean {
  return typeof value === 'boolean' ? value : String(value);
}

/** The allowed values of a parameter in words, empty when there is no bound. */
export function boundsOf({ min, max }: Pick<ParameterSpec, 'min' | 'max'>): string {
  const shown = (value: number): string => formatNumber(value, 8, false);
  if (min !== null && max !== null) return `${shown(min)} to ${shown(max)}`;
  if (min !== null) return `from ${shown(min)}`;
  return max === null ? '' : `up to ${shown(max)}`;
}

/** Checks one parameter; returns its value or the reason why it is refused. */
export function readParameter(
  spec: ParameterSpec,
  given: string | boolean | undefined,
): ParameterValue | Error {
  if (spec.kind === 'boolean') return given === true;
  const text = typeof given === 'string' ? given : '';
  if (spec.kind === 'choice') {
    return spec.choices?.includes(text)
      ? text
      : new Error(`Choose one of: ${spec.choices?.join(', ') ?? ''}`);
  }
  const value = readNumber(text);
  if (!Number.isFinite(value)) return new Error(`A number is expected, was “${text}”`);
  if (spec.kind === 'integer' && !Number.isInteger(value))
    return new Error(`A whole number is expected, was ${text}`);
  if (spec.min !== null && value < spec.min) return new Error(`At least ${spec.min}, was ${text}`);
  if (spec.max !== null && value > spec.max) return new Error(`At most ${spec.max}, was ${text}`);
  return value;
}

function readRuled(field: NumberField, text: string): number | Error {
  const rule: NumberRule = RULES[field];
  const value = readNumber(text);
  if (!Number.isFinite(value)) return new Error(`${rule.label}: a number is expected, was “${text}”`);
  const tooLow = rule.aboveMin ? value <= rule.min : value < rule.min;
  if (tooLow) return new Error(`${rule.label} must be ${rule.aboveMin ? 'above' : 'at least'} ${rule.min}`);
  const tooHigh = rule.belowMax ? value >= rule.max : value > rule.max;
  if (tooHigh) return new Error(`${rule.label} must be ${rule.belowMax ? 'below' : 'at most'} ${rule.max}`);
  return value;
}

function readTimeframes(draft: BacktestDraft, strategy: StrategyInfo | undefined, errors: FieldErrors): void {
  const names = draft.timeframes.map((row) => row.timeframe);
  if (names.length === 0) errors['timeframes'] = 'At least one timeframe is needed';
  if (new Set(names).size !== names.length) errors['timeframes'] = 'Each timeframe may appear once';
  const roles = new Set(draft.timeframes.map((row) => row.role));
  const missing = strategy?.required_roles.filter((role) => !roles.has(role)) ?? [];
  if (missing.length > 0)
    errors['tf_roles'] = `${strategy?.name ?? ''} needs a timeframe in the role ${missing.join(', ')}`;
}

function readRange(draft: BacktestDraft, errors: FieldErrors): { start: number; end: number } {
  const start = parseUtc(draft.start);
  const end = parseUtc(draft.end);
  if (Number.isNaN(start)) errors['start_date'] = `Expected YYYY-MM-DD HH:MM, was “${draft.start}”`;
  if (Number.isNaN(end)) errors['end_date'] = `Expected YYYY-MM-DD HH:MM, was “${draft.end}”`;
  if (end <= start) errors['end_date'] = 'The end must lie after the start';
  return { start, end };
}

function readNumbers(draft: BacktestDraft, errors: FieldErrors): Record<NumberField, number> {
  const read = (field: NumberField): number => {
    const value = readRuled(field, draft[field]);
    if (value instanceof Error) errors[field] = value.message;
    return value instanceof Error ? Number.NaN : value;
  };
  return {
    initial_balance: read('initial_balance'),
    commission: read('commission'),
    slippage: read('slippage'),
    leverage: read('leverage'),
  };
}

function readParameters(
  draft: BacktestDraft,
  strategy: StrategyInfo | undefined,
  errors: FieldErrors,
): Record<string, ParameterValue> {
  const values: Record<string, ParameterValue> = {};
  for (const spec of strategy?.parameters ?? []) {
    const value = readParameter(spec, draft.parameters[spec.name]);
    if (value instanceof Error) errors[`parameters.${spec.name}`] = value.message;
    else values[spec.name] = value;
  }
  return values;
}

/** Checks the whole form at once: a request to send, or one message per wrong field. */
export function readDraft(draft: BacktestDraft, strategy: StrategyInfo | undefined): DraftOutcome {
  const errors: FieldErrors = {};
  if (!strategy) errors['strategy'] = 'Choose a strategy';
  if (draft.symbol.trim() === '') errors['symbol'] = 'A symbol is needed';
  const range = readRange(draft, errors);
  readTimeframes(draft, strategy, errors);
  const numbers = readNumbers(draft, errors);
  const parameters = readParameters(draft, strategy, errors);
  const options = readOptions(draft.options, errors);
  if (Object.keys(errors).length > 0) return { ok: false, errors };
  const rows = draft.timeframes.toSorted((left, right) => byLength(left.timeframe, right.timeframe));
  return {
    ok: true,
    request: {
      ...symbolFields(draft.symbol),
      strategy: draft.strategy,
      start_date: new Date(range.start).toISOString(),
      end_date: new Date(range.end).toISOString(),
      timeframes: rows.map((row) => row.timeframe),
      tf_roles: Object.fromEntries(rows.map((row) => [row.timeframe, row.role])),
      ...moneyFields(numbers, options),
      parameters,
      market: draft.market,
      gap_policy: draft.gap_policy,
      intrabar_policy: draft.intrabar_policy,
      ...options,
    },
  };
}

function symbolFields(text: string): Pick<BacktestRequest, 'symbol' | 'symbols'> {
  const symbols = symbolsIn(text);
  return symbols.length > 1 ? { symbol: null, symbols } : { symbol: symbols[0] ?? '' };
}

/** A fee tier stands in place of the commission, a slippage model in place of the fixed slippage. */
function moneyFields(
  { commission, slippage, ...others }: Record<NumberField, number>,
  options: OptionParts,
): Pick<BacktestRequest, NumberField> {
  return {
    ...others,
    ...(options.fee_tier === undefined ? { commission } : {}),
    ...(options.slippage_model === undefined ? { slippage } : {}),
  };
}
