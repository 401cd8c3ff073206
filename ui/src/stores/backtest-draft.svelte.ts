import {
  newDraft,
  parametersFor,
  readDraft,
  symbolsIn,
  type BacktestDraft,
  type FieldErrors,
} from '../domain/backtest-draft';
import type { BacktestRequest, BacktestResult, SeriesCoverage, StrategyInfo } from '../domain/contract';
import { commonSpan, seriesOf, spanOf, symbolKeys, timeframesOf } from '../domain/coverage';
import { lostByForm, optionsOfResult } from '../domain/options-of-result';
import { quickRange } from '../domain/quick-range';
import { rowsFor } from '../domain/strategy-roles';
import { parseUtc, toInputText, toMillis } from '../domain/time-format';
import { ApiError, toApiError } from '../ipc/api-error';
import { client } from '../ipc';
import { remember, remembered } from '../shared/remembered';
import { data } from './data.svelte';
import { route } from './route.svelte';
import { runs } from './runs.svelte';
import { DEFAULT_SETTINGS, settings } from './settings.svelte';
import { strategies } from './strategies.svelte';
import { toasts } from './toasts.svelte';

const KEY = 'stb.backtest-draft';

/** The form of a new backtest: last values kept, gaps filled from strategies and stored data, refusals by field. */
class DraftStore {
  draft = $state<BacktestDraft>(newDraft(DEFAULT_SETTINGS));
  errors = $state.raw<FieldErrors>({});
  /** What belongs to no field. */
  problem = $state.raw<ApiError | null>(null);
  sending = $state.raw(false);
  private filled = false;
  private checked = false;

  get strategy(): StrategyInfo | undefined {
    return strategies.named(this.draft.strategy);
  }

  get symbols(): string[] {
    return symbolsIn(this.draft.symbol);
  }

  /** Stored candles of each symbol in the chosen market. */
  get stored(): SeriesCoverage[][] {
    return this.symbols.map((symbol) => seriesOf(data.series, symbol, this.draft.market));
  }

  /** The range that every symbol covers. */
  get span(): { first: number; end: number } | null {
    return commonSpan(this.stored.map(spanOf));
  }

  /** Timeframes that every symbol has. */
  get timeframes(): string[] {
    const [first = [], ...others] = this.stored.map(timeframesOf);
    return first.filter((timeframe) => others.every((list) => list.includes(timeframe)));
  }

  /** The form is shown anew: what it holds is checked against what is stored now. */
  reopen(): void {
    this.checked = false;
  }

  /** Fills what is missing, as soon as strategies, data and settings are known. What was typed since stays. */
  prepare(): void {
    if (!strategies.remote.value || !data.coverage.value || settings.remote.busy) return;
    if (!this.filled) this.draft = remembered(KEY, newDraft(settings.current));
    this.filled = true;
    if (!this.strategy) this.useStrategy(firstChoice(strategies.list)?.name ?? '');
    if (this.checked && this.draft.symbol !== '') return;
    const isKnown = this.symbols.length > 0 && this.symbols.every((symbol) => data.symbols.includes(symbol));
    if (!isKnown) this.useSymbol(symbolKeys(data.series)[0]?.symbol ?? '');
    else this.keepRangeInside();
    this.checked = data.series.length > 0;
  }

  useStrategy(name: string): void {
    this.draft.strategy = name;
    const strategy = this.strategy;
    if (!strategy) return;
    this.draft.strategy = strategy.name;
    this.draft.parameters = parametersFor(strategy, this.draft.parameters);
    this.draft.timeframes = rowsFor(strategy, this.draft.timeframes, this.timeframes);
    const ofStrategy = ['strategy', 'timeframes', 'tf_roles'];
    this.forget(
      Object.keys(this.errors).filter((key) => key.startsWith('parameters.') || ofStrategy.includes(key)),
    );
  }

  /** One symbol, or several with commas between. */
  useSymbol(text: string): void {
    this.draft.symbol = symbolsIn(text).join(', ');
    if (this.stored.some((own) => own.length === 0)) this.draft.market = 'auto';
    this.keepStoredTimeframes();
    this.keepRangeInside();
    this.forget(['symbol', 'symbols', 'market', 'start_date', 'end_date']);
  }

  setOption(path: string, value: string): void {
    this.draft.options[path] = value;
    const inside = Object.keys(this.errors).filter((key) => key === path || path.startsWith(`${key}.`));
    this.forget(inside);
  }

  forget(fields: readonly string[]): void {
    this.errors = Object.fromEntries(Object.entries(this.errors).filter(([key]) => !fields.includes(key)));
    this.problem = null;
  }

  /** The same set-up as a finished run. */
  copyFrom(result: BacktestResult): void {
    this.filled = true;
    this.draft = {
      strategy: result.strategy,
      symbol: (result.symbols.length > 0 ? result.symbols : [result.symbol]).join(', '),
      market: result.market,
      start: toInputText(toMillis(result.start_date)),
      end: toInputText(toMillis(result.end_date)),
      timeframes: result.timeframes.map((timeframe) => ({
        timeframe,
        role: result.tf_roles[timeframe] ?? 'LTF',
      })),
      initial_balance: String(result.initial_balance),
      commission: String(result.commission),
      slippage: String(result.slippage),
      leverage: String(result.leverage),
      gap_policy: result.gap_policy,
      intrabar_policy: result.intrabar_policy,
      parameters: Object.fromEntries(
        Object.entries(result.parameters).map(([name, value]) => [
          name,
          typeof value === 'boolean' ? value : String(value),
        ]),
      ),
      options: optionsOfResult(result),
    };
    const lost = lostByForm(result);
    if (lost.length > 0)
      toasts.show('info', 'Not everything could be taken over', `The form leaves out ${lost.join(', ')}.`);
    this.errors = {};
    this.problem = null;
  }

  /** Sends the form if it is valid and opens the run's page. */
  async run(): Promise<void> {
    if (this.sending) return;
    this.problem = null;
    const outcome = readDraft(this.draft, this.strategy);
    this.errors = outcome.ok ? {} : outcome.errors;
    if (!outcome.ok) return;
    remember(KEY, $state.snapshot(this.draft));
    this.sending = true;
    try {
      await this.send(outcome.request);
    } catch (thrown) {
      this.refuse(toApiError(thrown));
    } finally {
      this.sending = false;
    }
  }

  private async send(request: BacktestRequest): Promise<void> {
    const started = await client.startBacktest(request);
    const id = started.finished ? started.result.id : started.job.id;
    if (!started.finished) {
      runs.watch(id);
      runs.accept(started.job);
    }
    void runs.remote.load();
    route.go({ screen: 'backtest', id });
  }

  private refuse(error: ApiError): void {
    this.errors = { ...error.fields };
    const known = Object.keys(error.fields).some((field) => field in this.draft || field in this.draft.options || field === 'symbols' || field.includes('.') || field.endsWith('_date') || field === 'tf_roles'); // prettier-ignore
    this.problem = known ? null : error;
  }

  private keepStoredTimeframes(): void {
    const available = this.timeframes;
    const [shortest] = available;
    const stored = this.draft.timeframes.filter((row) => available.includes(row.timeframe));
    if (!shortest || stored.length === this.draft.timeframes.length) return;
    const rows = this.strategy ? rowsFor(this.strategy, stored, available) : stored;
    const fallback = available.includes('1h') ? '1h' : shortest;
    this.draft.timeframes = rows.length > 0 ? rows : [{ timeframe: fallback, role: 'LTF' }];
  }

  private keepRangeInside(): void {
    const span = this.span;
    if (!span) return;
    const [start, end] = [parseUtc(this.draft.start), parseUtc(this.draft.end)];
    if (start >= span.first && end <= span.end && start < end) return;
    Object.assign(this.draft, quickRange('90d', span.first, span.end));
  }
}

/** A strategy that trades on any data makes the best first run. */
function firstChoice(list: readonly StrategyInfo[]): StrategyInfo | undefined {
  return list.find((one) => one.name === 'SMA_CROSS') ?? list[0];
}

export const backtestDraft = new DraftStore();
