import { describe, expect, it } from 'vitest';
import { draftProblems, NEW_DOWNLOAD, presetStart, requestOf, withWish } from './download-draft';

describe('the download form', () => {
  it('asks for the watch-list from the listing until now when nothing is chosen', () => {
    expect(requestOf(NEW_DOWNLOAD)).toEqual({
      timeframes: ['1m'],
      mark: false,
      funding: true,
      verify: false,
    });
    expect(draftProblems(NEW_DOWNLOAD, 3)).toEqual({});
  });

  it('sends dates in UTC', () => {
    const draft = { ...NEW_DOWNLOAD, symbols: ['BTCUSDT'], from: '2024-01-31', to: '2024-02-01 12:30' };
    expect(requestOf(draft)).toMatchObject({
      symbols: ['BTCUSDT'],
      from: '2024-01-31T00:00:00.000Z',
      to: '2024-02-01T12:30:00.000Z',
    });
  });

  it('says what is wrong at its field', () => {
    const wrong = { ...NEW_DOWNLOAD, timeframes: [], from: '2024-02-30', to: 'soon' };
    expect(Object.keys(draftProblems(wrong, 0)).sort()).toEqual(['from', 'symbols', 'timeframes', 'to']);
    const turned = { ...NEW_DOWNLOAD, from: '2024-02-02', to: '2024-02-02' };
    expect(draftProblems(turned, 1)).toEqual({ to: 'The end must be after the start.' });
  });

  it('counts presets back from today', () => {
    const now = Date.UTC(2024, 2, 31, 15);
    expect([30, 365, null].map((days) => presetStart(days, now))).toEqual(['2024-03-01', '2023-04-01', '']);
  });

  it('takes what another screen asks for', () => {
    const wish = { symbols: ['A'], from: '2024-01-01T00:00:00.000Z', verify: true };
    expect(withWish(NEW_DOWNLOAD, wish)).toMatchObject({
      symbols: ['A'],
      from: '2024-01-01 00:00',
      to: '',
      verify: true,
    });
  });
});
