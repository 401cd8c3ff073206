import { describe, expect, it } from 'vitest';
import { formatAgo, formatCountdown, formatDateTime, formatSpan, parseUtc, toInputText } from './time-format';

describe('times on screen', () => {
  it('shows moments in UTC whether they come as text or milliseconds', () => {
    expect(formatDateTime('2023-03-24T12:40:00Z')).toBe('2023-03-24 12:40');
    expect(formatDateTime(Date.UTC(2023, 2, 24, 12, 40))).toBe('2023-03-24 12:40');
    expect(formatDateTime(null)).toBe('–');
    expect(formatDateTime('not a date')).toBe('–');
  });

  it('counts down to zero and not below', () => {
    const left = [-5, 900, 247_000, 18_753_000, 183_600_000, Number.NaN];
    expect(left.map(formatCountdown)).toEqual(['0:00', '0:01', '4:07', '5:12:33', '2d 3h', '–']);
  });

  it('reads what the date fields hold, and back', () => {
    const moment = Date.UTC(2023, 0, 31, 23, 59);
    expect(parseUtc(toInputText(moment))).toBe(moment);
    expect(parseUtc('2023-01-31')).toBe(Date.UTC(2023, 0, 31));
    expect(parseUtc('2023-01-31T06:30')).toBe(Date.UTC(2023, 0, 31, 6, 30));
  });

  it.each(['', '31.01.2023', '2023-02-30', '2023-1-5', 'yesterday'])('refuses %j as a date', (text) => {
    expect(parseUtc(text)).toBeNaN();
  });

  it('shows spans in their two largest units', () => {
    expect([850, 42_000, 125_000, 7_500_000, 360_000_000].map(formatSpan)).toEqual([
      '850 ms',
      '42 s',
      '2m 05s',
      '2h 05m',
      '4d 4h',
    ]);
    expect(formatSpan(null)).toBe('–');
  });

  it('says how long ago', () => {
    expect(formatAgo(1_000_000, 1_030_000)).toBe('just now');
    expect(formatAgo(0, 7_300_000)).toBe('2 h ago');
  });
});
