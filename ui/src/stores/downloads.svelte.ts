import type { DownloadJob, DownloadRequest, RefreshStatus } from '../domain/contract';
import { toApiError } from '../ipc/api-error';
import { client } from '../ipc';
import { isActive } from './runs.svelte';
import { Remote } from './remote.svelte';
import { toasts } from './toasts.svelte';

/** Downloads of history, newest first. */
class DownloadStore {
  readonly remote = new Remote<DownloadJob[]>(() => client.downloads());

  /** When stored history is refreshed by itself. */
  readonly refresh = new Remote<RefreshStatus>(() => client.refresh());

  /** What another screen asks the form to offer. */
  wish = $state.raw<Partial<DownloadRequest> | null>(null);

  get jobs(): readonly DownloadJob[] {
    return this.remote.value ?? [];
  }

  get activeCount(): number {
    return this.jobs.filter((job) => isActive(job.status)).length;
  }

  /** Refusals are thrown: the form shows them at its fields. */
  async start(request: DownloadRequest): Promise<void> {
    this.put(await client.download(request));
  }

  async cancel(id: string): Promise<void> {
    try {
      await client.cancelDownload(id);
    } catch (thrown) {
      toasts.show('bad', 'Not cancelled', toApiError(thrown).message);
    }
  }

  accept(job: DownloadJob): void {
    const before = this.jobs.find((known) => known.id === job.id);
    this.put(job);
    if (!isActive(job.status) && before && isActive(before.status)) announce(job);
  }

  private put(job: DownloadJob): void {
    const before = this.jobs.find((known) => known.id === job.id);
    // An interrupted download is queued again, so an ended state is final only within one start of the program.
    if (before && !isActive(before.status) && isActive(job.status)) return;
    this.remote.set(
      before ? this.jobs.map((known) => (known.id === job.id ? job : known)) : [job, ...this.jobs],
    );
  }
}

function announce(job: DownloadJob): void {
  switch (job.status) {
    case 'completed':
      return toasts.show(
        'good',
        'Download finished',
        `${job.title}: ${job.rows_new.toLocaleString('en')} new rows`,
      );
    case 'failed':
      return toasts.show('bad', 'Download failed', job.failures[0] ?? job.title);
    case 'cancelled':
      return toasts.show('info', 'Download cancelled', 'What was fetched stays.');
    case 'queued':
    case 'running':
      return;
    default:
      return job.status satisfies never;
  }
}

export const downloads = new DownloadStore();
