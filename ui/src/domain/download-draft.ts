import type { DownloadRequest } from './contract';
import { DAY_MS, parseUtc, toInputText } from './time-format';

/** What the download form holds: texts as typed. */
export interface DownloadDraft {
  /** Empty: the watch-list. */
  symbols: readonly string[];
  timeframes: readonly string[];
  /** Empty: from the listing. */
  from: string;
  /** Empty: until now. */
  to: string;
  mark: boolean;
  funding: boolean;
  verify: boolean;
}

export const DOWNLOAD_PRESETS = [
  { key: 'month', label: '1 month', days: 30 },
  { key: 'year', label: '1 year', days: 365 },
  { key: 'all', label: 'Everything', days: null },
] as const;

export const NEW_DOWNLOAD: DownloadDraft = {
  symbols: [],
  timeframes: ['1m'],
  from: '',
  to: '',
  mark: false,
  funding: true,
  verify: false,
};

/** The text of the start field for a preset, counted back from `now`, whole days. */
export function presetStart(days: number | null, now: number): string {
  return days === null ? '' : toInputText(now - (now % DAY_MS) - days * DAY_MS).slice(0, 10);
}

/** Messages by field; empty when the request can be made. */
export function draftProblems(draft: DownloadDraft, watched: number): Record<string, string> {
  const problems: Record<string, string> = {};
  const [from, to] = [parseUtc(draft.from), parseUtc(draft.to)];
  if (draft.symbols.length === 0 && watched === 0)
    problems['symbols'] = 'Choose a symbol: the watch-list is empty.';
  if (draft.timeframes.length === 0) problems['timeframes'] = 'Choose at least one timeframe.';
  if (draft.from.trim() !== '' && !Number.isFinite(from))
    problems['from'] = 'A date is expected, such as 2024-01-31.';
  if (draft.to.trim() !== '' && !Number.isFinite(to))
    problems['to'] = 'A date is expected, such as 2024-01-31.';
  if (from >= to) problems['to'] = 'The end must be after the start.';
  return problems;
}

export function requestOf({
  symbols,
  timeframes,
  from,
  to,
  mark,
  funding,
  verify,
}: DownloadDraft): DownloadRequest {
  const iso = (text: string): string => new Date(parseUtc(text)).toISOString();
  return {
    ...(symbols.length > 0 ? { symbols: [...symbols] } : {}),
    timeframes: [...timeframes],
    ...(from.trim() === '' ? {} : { from: iso(from) }),
    ...(to.trim() === '' ? {} : { to: iso(to) }),
    mark,
    funding,
    verify,
  };
}

/** The draft with what another screen asks for. */
export function withWish(draft: DownloadDraft, wish: Partial<DownloadRequest>): DownloadDraft {
  const { from, to, ...rest } = wish;
  return {
    ...draft,
    ...rest,
    ...(from === undefined ? {} : { from: toInputText(Date.parse(from)) }),
    ...(to === undefined ? {} : { to: toInputText(Date.parse(to)) }),
  };
}
