import { describe, expect, it } from 'vitest';
import { errorFrom, toApiError } from './api-error';

describe('refusals', () => {
  it('puts messages of a 422 at their fields', () => {
    const error = errorFrom({
      status: 422,
      body: {
        detail: [
          { loc: ['body', 'end_date'], msg: 'must lie after the start', type: 'value_error' },
          { loc: ['body', 'parameters', 'fast'], msg: 'at most 500, was 900', type: 'value_error' },
          { loc: ['body', 'end_date'], msg: 'and is in the future', type: 'value_error' },
        ],
        error_code: 'VALIDATION_ERROR',
        correlation_id: 'c-1',
      },
    });
    expect(error.fields).toEqual({
      end_date: 'must lie after the start; and is in the future',
      'parameters.fast': 'at most 500, was 900',
    });
    expect(error.correlationId).toBe('c-1');
  });

  it('takes the message, errors and warnings of a detail object', () => {
    const error = errorFrom({
      status: 400,
      body: {
        detail: { message: 'No data', errors: ['BTCUSDT 1h: 2023 only'], warnings: [] },
        error_code: 'NO_DATA',
      },
    });
    expect([error.message, error.code, error.notes]).toEqual([
      'No data',
      'NO_DATA',
      ['BTCUSDT 1h: 2023 only'],
    ]);
  });

  it.each([
    [{ status: 404, body: null }, 'This does not exist (any more).', 'HTTP_404'],
    [
      { status: 409, body: { detail: 'Cancelled by the user', error_code: 'RUN_CANCELLED' } },
      'Cancelled by the user',
      'RUN_CANCELLED',
    ],
    [{ status: 502, body: 'gateway' }, 'The engine answered 502.', 'HTTP_502'],
    [{ status: 422, body: { detail: [null, 3, {}] } }, 'is not valid', 'HTTP_422'],
  ])('copes with %j', (answer, message, code) => {
    const error = errorFrom(answer);
    expect([error.message, error.code]).toEqual([message, code]);
  });

  it('explains a broken connection and odd throws', () => {
    expect(toApiError(new TypeError('fetch failed')).code).toBe('UNREACHABLE');
    expect(toApiError('command api not found').message).toBe('command api not found');
    expect(toApiError({ kind: 'odd' }).message).toBe('{"kind":"odd"}');
  });
});
