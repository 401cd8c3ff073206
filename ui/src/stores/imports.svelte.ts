import type { ImportJob } from '../domain/contract';
import { toApiError } from '../ipc/api-error';
import type { ImportTarget } from '../ipc/client';
import { client } from '../ipc';
import { isActive } from './runs.svelte';
import { toasts } from './toasts.svelte';

/** Files the user chose, before the import starts. */
export type Chosen = { kind: 'paths'; paths: string[] } | { kind: 'files'; files: File[] };

/** A file on its way to the engine (browser only). */
export interface Sending {
  key: number;
  file: string;
  sent: number;
  size: number;
  error: string | null;
  abort: () => void;
}

export function chosenNames(chosen: Chosen): string[] {
  return chosen.kind === 'paths'
    ? chosen.paths
    : chosen.files.map((file) => file.webkitRelativePath || file.name);
}

/** Chosen files, uploads under way, and import jobs, newest first. */
class ImportStore {
  chosen = $state.raw<Chosen | null>(null);
  sending = $state.raw<readonly Sending[]>([]);
  jobs = $state.raw<readonly ImportJob[]>([]);
  private next = 1;

  async load(): Promise<void> {
    try {
      this.jobs = await client.imports();
    } catch {
      // Older jobs are a convenience: the panel works without them, and the next event brings the current ones.
    }
  }

  accept(job: ImportJob): void {
    const before = this.jobs.find((known) => known.id === job.id);
    this.put(before ? { ...job, files: withGaps(job, before) } : job);
    if (!isActive(job.status) && (!before || isActive(before.status))) {
      announce(job);
      void this.refresh(job.id);
    }
  }

  async start(chosen: Chosen, target: ImportTarget): Promise<void> {
    if (chosen.kind === 'paths') this.put(await client.importPaths(chosen.paths, target));
    else for (const file of chosen.files) await this.sendFile(file, target);
  }

  async cancel(id: string): Promise<void> {
    await client.cancelImport(id);
  }

  dismiss(key: number): void {
    this.sending = this.sending.filter((sending) => sending.key !== key);
  }

  private async sendFile(file: File, target: ImportTarget): Promise<void> {
    const key = this.next++;
    const change = (part: Partial<Sending>): void => {
      this.sending = this.sending.map((one) => (one.key === key ? { ...one, ...part } : one));
    };
    const upload = client.upload(file, target, (sent) => change({ sent }));
    const started = {
      key,
      file: file.name,
      sent: 0,
      size: file.size,
      error: null,
      abort: () => upload.abort(),
    };
    this.sending = [...this.sending, started];
    try {
      this.put(await upload.job);
      this.dismiss(key);
    } catch (thrown) {
      const error = toApiError(thrown);
      if (Object.keys(error.fields).length > 0) {
        this.dismiss(key);
        throw error;
      }
      change({ error: [error.message, ...error.notes].join(' ') });
    }
  }

  /** The full report of a finished job: events leave the gaps out. */
  private async refresh(id: string): Promise<void> {
    try {
      this.put(await client.importJob(id));
    } catch {
      // The summary from the event stays on screen.
    }
  }

  private put(job: ImportJob): void {
    const known = this.jobs.find((one) => one.id === job.id);
    if (known && !isActive(known.status) && isActive(job.status)) return;
    this.jobs = known ? this.jobs.map((one) => (one.id === job.id ? job : one)) : [job, ...this.jobs];
  }
}

function withGaps(job: ImportJob, before: ImportJob): ImportJob['files'] {
  return job.files.map((file) => ({
    ...file,
    gaps: file.gaps ?? before.files.find((known) => known.file === file.file)?.gaps ?? [],
  }));
}

function announce(job: ImportJob): void {
  // The demo series are made by the engine itself; only their failure is news.
  if (job.market === 'demo' && job.status === 'completed') return;
  const failed = job.files.filter((file) => file.status === 'failed').length;
  if (job.status === 'cancelled') toasts.show('info', `Import of ${job.symbol} cancelled`);
  else if (failed > 0 || job.status === 'failed') {
    const first = job.files.find((file) => file.error)?.error?.message ?? '';
    toasts.show('bad', `Import of ${job.symbol}: ${failed} of ${job.files_total} files failed`, first);
  } else {
    const rows = job.files.reduce((sum, file) => sum + file.new_rows, 0);
    toasts.show('good', `Import of ${job.symbol} finished`, `${rows.toLocaleString('en')} new candles`);
  }
}

export const imports = new ImportStore();
