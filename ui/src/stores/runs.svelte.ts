import type { BacktestJob, BacktestSummary, JobStatus, Page } from '../domain/contract';
import { client } from '../ipc';
import { route } from './route.svelte';
import { Remote } from './remote.svelte';
import { toasts } from './toasts.svelte';

const PAGE_SIZE = 200;

export function isActive(status: JobStatus): boolean {
  return status === 'queued' || status === 'running';
}

/** The history of runs, with the newest state of those that are still running. */
class RunStore {
  page = $state.raw(1);
  readonly remote = new Remote<Page<BacktestSummary>>(() => client.backtests(this.page, PAGE_SIZE));
  /** Newest report of each run seen since the start, by id. */
  jobs = $state.raw<ReadonlyMap<string, BacktestJob>>(new Map());
  private readonly watched = new Set<string>();

  get list(): readonly BacktestSummary[] {
    return this.remote.value?.items ?? [];
  }

  get activeCount(): number {
    return this.list.filter((run) => isActive(this.statusOf(run))).length;
  }

  statusOf(run: BacktestSummary): JobStatus {
    return isActive(run.status) ? (this.jobs.get(run.id)?.status ?? run.status) : run.status;
  }

  fractionOf(run: BacktestSummary): number {
    return this.jobs.get(run.id)?.fraction ?? run.progress ?? 0;
  }

  show(page: number): Promise<void> {
    this.page = page;
    return this.remote.load();
  }

  /** Tell the user when this run ends, unless its page is open then. */
  watch(id: string): void {
    this.watched.add(id);
  }

  accept(job: BacktestJob): void {
    this.jobs = new Map(this.jobs).set(job.id, job);
    if (isActive(job.status)) return;
    void this.remote.load();
    if (!this.watched.delete(job.id)) return;
    const here = route.current;
    if (here.screen === 'backtest' && here.id === job.id) return;
    announce(job);
  }
}

function announce(job: BacktestJob): void {
  const open = { label: 'Open', run: () => route.go({ screen: 'backtest', id: job.id }) };
  switch (job.status) {
    case 'completed':
      return toasts.show('good', 'Backtest finished', `${job.bars_total.toLocaleString('en')} candles`, open);
    case 'failed':
      return toasts.show('bad', 'Backtest failed', job.error ?? '', open);
    case 'cancelled':
      return toasts.show('info', 'Backtest cancelled');
    case 'queued':
    case 'running':
      return;
    default:
      return job.status satisfies never;
  }
}

export const runs = new RunStore();
