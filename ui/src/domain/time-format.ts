import type { TimeZone } from './contract';

/** How moments look on screen: ISO order, 24 hours, in the chosen zone. Moments are milliseconds or ISO text in UTC. */

export type Moment = number | string | null | undefined;

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export function toMillis(moment: Moment): number {
  if (typeof moment === 'number') return moment;
  return moment ? Date.parse(moment) : Number.NaN;
}

/** The moment moved by the zone's offset, so that its UTC fields read as wall-clock fields of the zone. */
export function shifted(millis: number, zone: TimeZone): number {
  return zone === 'utc' ? millis : millis - new Date(millis).getTimezoneOffset() * MINUTE_MS;
}

function isoOf(moment: Moment, zone: TimeZone): string | undefined {
  const millis = toMillis(moment);
  return Number.isFinite(millis) && Math.abs(millis) < 8.6e15
    ? new Date(shifted(millis, zone)).toISOString()
    : undefined;
}

/** `2023-01-31` */
export function formatDate(moment: Moment, zone: TimeZone = 'utc'): string {
  return isoOf(moment, zone)?.slice(0, 10) ?? '–';
}

/** `2023-01-31 14:05` */
export function formatDateTime(moment: Moment, zone: TimeZone = 'utc'): string {
  return isoOf(moment, zone)?.slice(0, 16).replace('T', ' ') ?? '–';
}

/** `14:05:09` */
export function formatClock(moment: Moment, zone: TimeZone = 'utc'): string {
  return isoOf(moment, zone)?.slice(11, 19) ?? '–';
}

export function zoneLabel(zone: TimeZone): string {
  return zone === 'utc' ? 'UTC' : 'local';
}

/** The same moment in the other zone, for titles. */
export function otherZoneTitle(moment: Moment, zone: TimeZone): string {
  const other: TimeZone = zone === 'utc' ? 'local' : 'utc';
  return `${formatDateTime(moment, other)} ${zoneLabel(other)}`;
}

/** A span of milliseconds in its two largest units: `2h 05m`, `3d 4h`, `850 ms`. */
export function formatSpan(millis: number | null | undefined): string {
  if (millis === null || millis === undefined || !Number.isFinite(millis)) return '–';
  if (millis < 1000) return `${Math.round(millis)} ms`;
  const seconds = Math.round(millis / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, '0')}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

export function formatHours(hours: number | null | undefined): string {
  return hours === null || hours === undefined ? '–' : formatSpan(hours * HOUR_MS);
}

/** How long ago, in words: `just now`, `5 min ago`, else the date. */
export function formatAgo(moment: Moment, now: number, zone: TimeZone = 'utc'): string {
  const age = now - toMillis(moment);
  if (!Number.isFinite(age)) return '–';
  if (age < MINUTE_MS) return 'just now';
  if (age < HOUR_MS) return `${Math.floor(age / MINUTE_MS)} min ago`;
  if (age < DAY_MS) return `${Math.floor(age / HOUR_MS)} h ago`;
  return formatDateTime(moment, zone);
}

/** Reads `YYYY-MM-DD` or `YYYY-MM-DD HH:MM` as UTC; `NaN` for anything else, also for days that do not exist. */
export function parseUtc(text: string): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text.trim());
  if (!match) return Number.NaN;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0));
  const millis = Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0, second ?? 0);
  return formatDate(millis) === text.trim().slice(0, 10) ? millis : Number.NaN;
}

/** The text of a date field for a moment, in UTC; `parseUtc` reads it back. */
export function toInputText(millis: number): string {
  return Number.isFinite(millis) ? new Date(millis).toISOString().slice(0, 16).replace('T', ' ') : '';
}

/** Time left, counted down: `4:07`, `5:12:33`, `2d 3h`; zero once it is over. */
export function formatCountdown(millis: number | null | undefined): string {
  if (millis === null || millis === undefined || !Number.isFinite(millis)) return '–';
  const seconds = Math.max(0, Math.ceil(millis / 1000));
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return `${days}d ${hours}h`;
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
