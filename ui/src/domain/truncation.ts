import type { Truncation } from './contract';
import { formatInteger } from './number-format';
import { formatDateTime } from './time-format';

/** The truncation badge in words. */
export interface TruncationWords {
  tone: 'good' | 'bad' | 'neutral';
  label: string;
  detail: string;
}

export function truncationWords(truncation: Truncation | null): TruncationWords {
  if (truncation === null) {
    return {
      tone: 'neutral',
      label: 'Look-ahead not checked',
      detail:
        'Ask for it under Checks in the form: the run is repeated on data that ends early and on data whose future is noise.',
    };
  }
  const cuts = `${formatInteger(truncation.cuts.length)} ${truncation.cuts.length === 1 ? 'cut' : 'cuts'}`;
  if (truncation.badge === 'passed') {
    const said = truncation.decisions === 0 ? ' There were no decisions, so this says little.' : '';
    return {
      tone: 'good',
      label: 'Look-ahead: passed',
      detail: `${formatInteger(truncation.decisions)} decisions up to ${cuts} are the same without the future.${said}`,
    };
  }
  return { tone: 'bad', label: 'Look-ahead: failed', detail: firstDifference(truncation) };
}

function firstDifference({ cuts }: Truncation): string {
  for (const cut of cuts) {
    const found = cut.prefix ?? cut.noise;
    if (!found) continue;
    const data = cut.prefix ? 'data that ends there' : 'noise after it';
    return `First difference in ${found.in_what} at ${formatDateTime(found.time)} UTC: cut at ${formatDateTime(cut.time)} UTC with ${data}.`;
  }
  return 'Something before a cut depends on what comes after it.';
}
