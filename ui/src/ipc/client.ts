import type {
  BacktestJob,
  BacktestRequest,
  BacktestResult,
  BacktestSummary,
  CandleColumns,
  ConflictPolicy,
  DownloadJob,
  DownloadRequest,
  RefreshStatus,
  Drawings,
  EquityCurve,
  FundingSeries,
  Health,
  ImportJob,
  InstrumentFacts,
  IntegrityReport,
  LiveStatus,
  LogEntry,
  Market,
  MarketChoice,
  Page,
  PriceKind,
  SeriesCoverage,
  Settings,
  SkippedEntry,
  StrategyInfo,
  SystemInfo,
  Trade,
  TradeExplanation,
  WatchedPair,
  Watchlist,
} from '../domain/contract';
import { ApiError, errorFrom } from './api-error';
import type { Ask, Paths, Reply, Verb } from './operations';
import type { ApiAnswer, Method, Transport, Upload } from './transport';

const BASE = '/api/v1';
const TRADES_PER_PAGE = 50_000;

export interface ImportTarget {
  symbol: string;
  market: 'um' | 'spot';
  on_conflict: ConflictPolicy;
}

/** What names a stored series. */
export interface SeriesKey {
  market: Market;
  symbol: string;
  timeframe: string;
  price: PriceKind;
}

export interface CandleQuery {
  symbol: string;
  timeframe: string;
  market: MarketChoice;
  from?: number;
  to?: number;
  limit?: number;
}

export type StartedRun = { finished: true; result: BacktestResult } | { finished: false; job: BacktestJob };

const METHODS: Record<Verb, Method> = { get: 'GET', post: 'POST', patch: 'PATCH', delete: 'DELETE' };

function encode(query: object): string | null {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  return given.length === 0
    ? null
    : new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
}

/** Puts the values of `{name}` into a path. */
function filled(path: string, place: object): string {
  return Object.entries(place).reduce(
    (text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(String(value))),
    path,
  );
}

/** Every request the screens make, over whichever transport there is. Refusals are thrown as `ApiError`. */
export class Client {
  constructor(readonly transport: Transport) {}

  private async send<V extends Verb, P extends Paths>(
    verb: V,
    path: P,
    ask: Ask<P, V> = {},
  ): Promise<{ status: number; body: Reply<P, V> }> {
    const answer = await this.transport.request({
      method: METHODS[verb],
      path: filled(path, ask.place ?? {}),
      query: encode(ask.query ?? {}),
      body: ask.body ?? null,
    });
    const { status, body } = checked(answer);
    return { status, body: body as Reply<P, V> };
  }

  private async get<P extends Paths>(path: P, ask: Ask<P, 'get'> = {}): Promise<Reply<P, 'get'>> {
    return (await this.send('get', path, ask)).body;
  }

  async startBacktest(request: BacktestRequest): Promise<StartedRun> {
    return startedFrom(
      await this.send('post', '/api/v1/backtests/', { query: { wait_ms: 400 }, body: request }),
    );
  }

  async backtest(id: string): Promise<StartedRun> {
    return startedFrom(await this.send('get', '/api/v1/backtests/{id}', { place: { id } }));
  }

  backtests(page: number, size: number): Promise<Page<BacktestSummary>> {
    return this.get('/api/v1/backtests/', { query: { page, size } });
  }

  backtestStatus(id: string): Promise<BacktestJob> {
    return this.get('/api/v1/backtests/{id}/status', { place: { id } });
  }

  async cancelBacktest(id: string): Promise<void> {
    await this.send('post', '/api/v1/backtests/{id}/cancel', { place: { id } });
  }

  async deleteBacktest(id: string): Promise<void> {
    await this.send('delete', '/api/v1/backtests/{id}', { place: { id } });
  }

  async deleteAllBacktests(): Promise<void> {
    await this.send('delete', '/api/v1/backtests/');
  }

  /** All trades of a run in order of entry. */
  async trades(id: string): Promise<Trade[]> {
    const all: Trade[] = [];
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const query = { page, size: TRADES_PER_PAGE, sort: 'entry_date', order: 'asc' };
      const part = await this.get('/api/v1/backtests/{id}/trades', { place: { id }, query });
      for (const trade of part.items) all.push(trade);
      pages = part.pages;
    }
    return all;
  }

  /** One trade (its number from 1) with its executions. */
  trade(id: string, index: number): Promise<TradeExplanation> {
    return this.get('/api/v1/backtests/{id}/trades/{index}', { place: { id, index } });
  }

  /** Signals that were not traded, in order of time; `code` names the refusing rule. */
  skipped(id: string, page: number, size: number, code: string | null): Promise<Page<SkippedEntry>> {
    const query = { page, size, ...(code === null ? {} : { code }) };
    return this.get('/api/v1/backtests/{id}/skipped', { place: { id }, query });
  }

  /** What a run has drawn on one instrument in `[from, to)`; at most `limit` points of each plot. */
  drawings(
    id: string,
    { from, to, ...query }: { symbol: string; from: number; to: number; limit: number },
  ): Promise<Drawings> {
    return this.get('/api/v1/backtests/{id}/drawings', {
      place: { id },
      query: { ...query, from: String(from), to: String(to) },
    });
  }

  /** What the strategies of a run have written, in order of time. */
  log(id: string, page: number, size: number): Promise<Page<LogEntry>> {
    return this.get('/api/v1/backtests/{id}/log', { place: { id }, query: { page, size } });
  }

  /** The capsule of a run word for word: its seal covers every character. Only where the transport reads texts. */
  async capsule(id: string): Promise<string> {
    if (!this.transport.text) throw new Error('the window reads no files of the engine');
    const path = filled('/api/v1/backtests/{id}/capsule', { id });
    return String(checked(await this.transport.text(path)).body);
  }

  equity(id: string, points = 4000): Promise<EquityCurve> {
    return this.get('/api/v1/backtests/{id}/equity', { place: { id }, query: { points } });
  }

  strategies(): Promise<StrategyInfo[]> {
    return this.get('/api/v1/strategies/');
  }

  candles({ from, to, ...query }: CandleQuery): Promise<CandleColumns> {
    const range = {
      ...(from === undefined ? {} : { from: String(from) }),
      ...(to === undefined ? {} : { to: String(to) }),
    };
    return this.get('/api/v1/market/candles', { query: { ...query, ...range } });
  }

  coverage(): Promise<SeriesCoverage[]> {
    return this.get('/api/v1/market/coverage');
  }

  funding(): Promise<FundingSeries[]> {
    return this.get('/api/v1/market/funding');
  }

  async deleteFunding({ market, symbol }: { market: Market; symbol: string }): Promise<void> {
    await this.send('delete', '/api/v1/market/funding', { query: { market, symbol } });
  }

  async deleteSeries(series: SeriesKey): Promise<void> {
    const { market, symbol, timeframe, price } = series;
    await this.send('delete', '/api/v1/market/series', { query: { market, symbol, timeframe, price } });
  }

  async importPaths(paths: string[], target: ImportTarget): Promise<ImportJob> {
    return (await this.send('post', '/api/v1/market/imports', { body: { paths, ...target } })).body;
  }

  /** Only where the transport sends contents; the job begins when the whole file has arrived. */
  upload(
    file: File,
    target: ImportTarget,
    onProgress: (sent: number) => void,
  ): { job: Promise<ImportJob>; abort(): void } {
    const source = this.transport.imports;
    if (source.kind !== 'uploads') throw new Error('the window imports by path, not by upload');
    const query = encode({ name: file.name, ...target }) ?? '';
    const upload: Upload = source.send(`${BASE}/market/uploads`, query, file, onProgress);
    const job = upload.answer.then(
      (answer) => checked(answer).body as Reply<'/api/v1/market/uploads', 'post'>,
    );
    return { job, abort: () => upload.abort() };
  }

  imports(): Promise<ImportJob[]> {
    return this.get('/api/v1/market/imports');
  }

  importJob(id: string): Promise<ImportJob> {
    return this.get('/api/v1/market/imports/{id}', { place: { id } });
  }

  async cancelImport(id: string): Promise<void> {
    await this.send('post', '/api/v1/market/imports/{id}/cancel', { place: { id } });
  }

  live(): Promise<LiveStatus> {
    return this.get('/api/v1/live');
  }

  async reconnect(): Promise<void> {
    await this.send('post', '/api/v1/live/reconnect');
  }

  watchlist(): Promise<Watchlist> {
    return this.get('/api/v1/watchlist');
  }

  async watch(symbol: string): Promise<WatchedPair> {
    return (await this.send('post', '/api/v1/watchlist', { body: { symbol } })).body;
  }

  async unwatch(symbol: string): Promise<void> {
    await this.send('delete', '/api/v1/watchlist/{symbol}', { place: { symbol } });
  }

  /** Follows a watched pair or not, or moves it to a place of the list (from 0). */
  async changeWatched(symbol: string, change: { active?: boolean; position?: number }): Promise<WatchedPair> {
    return (await this.send('patch', '/api/v1/watchlist/{symbol}', { place: { symbol }, body: change })).body;
  }

  /** Instruments of the venue whose name contains a text, those that trade first. */
  instruments(query: string, limit: number): Promise<InstrumentFacts[]> {
    return this.get('/api/v1/instruments', { query: { query, limit } });
  }

  async download(request: DownloadRequest): Promise<DownloadJob> {
    return (await this.send('post', '/api/v1/market/downloads', { body: request })).body;
  }

  /** Recent downloads, newest first. */
  downloads(): Promise<DownloadJob[]> {
    return this.get('/api/v1/market/downloads');
  }

  refresh(): Promise<RefreshStatus> {
    return this.get('/api/v1/market/refresh');
  }

  async cancelDownload(id: string): Promise<void> {
    await this.send('post', '/api/v1/market/downloads/{id}/cancel', { place: { id } });
  }

  integrity(series: SeriesKey): Promise<IntegrityReport> {
    const { market, symbol, timeframe, price } = series;
    return this.get('/api/v1/market/integrity', { query: { market, symbol, timeframe, price } });
  }

  settings(): Promise<Settings> {
    return this.get('/api/v1/settings/');
  }

  async changeSettings(change: Partial<Settings>): Promise<Settings> {
    return (await this.send('patch', '/api/v1/settings/', { body: change })).body;
  }

  health(): Promise<Health> {
    return this.get('/api/v1/status/health');
  }

  info(): Promise<SystemInfo> {
    return this.get('/api/v1/status/info');
  }
}

function checked(answer: ApiAnswer): ApiAnswer {
  if (answer.status >= 400) throw errorFrom(answer);
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw new ApiError(
    `The engine answered ${answer.status}, which was not expected.`,
    answer.status,
    'UNEXPECTED',
  );
}

function startedFrom({ status, body }: { status: number; body: BacktestResult | BacktestJob }): StartedRun {
  return status === 202
    ? { finished: false, job: body as BacktestJob }
    : { finished: true, result: body as BacktestResult };
}
