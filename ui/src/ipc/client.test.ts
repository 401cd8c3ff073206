import { describe, expect, it } from 'vitest';
import type { ApiError } from './api-error';
import { Client } from './client';
import type { ApiAnswer, ApiRequest, Transport } from './transport';

function answering(answers: ApiAnswer[]): { client: Client; asked: ApiRequest[] } {
  const asked: ApiRequest[] = [];
  const transport: Transport = {
    kind: 'window',
    imports: { kind: 'paths', pickFiles: async () => [], pickFolder: async () => [] },
    request: async (request) => {
      asked.push(request);
      return answers.shift() ?? { status: 500, body: null };
    },
    events: () => () => undefined,
    drops: () => () => undefined,
  };
  return { client: new Client(transport), asked };
}

describe('the client', () => {
  it('encodes paths and queries and leaves out what is not given', async () => {
    const { client, asked } = answering([{ status: 200, body: {} }]);
    await client.candles({ symbol: 'A&B', timeframe: '1h', market: 'auto', limit: 5 });
    expect(asked).toEqual([
      {
        method: 'GET',
        path: '/api/v1/market/candles',
        query: 'symbol=A%26B&timeframe=1h&market=auto&limit=5',
        body: null,
      },
    ]);
  });

  it('tells a finished run from a running one by the status', async () => {
    const { client } = answering([
      { status: 202, body: { id: 'x' } },
      { status: 200, body: { id: 'x' } },
    ]);
    expect((await client.backtest('x')).finished).toBe(false);
    expect((await client.backtest('x')).finished).toBe(true);
  });

  it('collects the trades of all pages', async () => {
    const { client, asked } = answering([
      { status: 200, body: { items: [{ index: 1 }], pages: 2 } },
      { status: 200, body: { items: [{ index: 2 }], pages: 2 } },
    ]);
    expect(await client.trades('x')).toHaveLength(2);
    expect(asked.map((one) => new URLSearchParams(one.query ?? '').get('page'))).toEqual(['1', '2']);
  });

  it('throws refusals as errors that can be shown', async () => {
    const { client } = answering([{ status: 404, body: { detail: 'No such run', error_code: 'NOT_FOUND' } }]);
    await expect(client.deleteBacktest('x')).rejects.toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
      message: 'No such run',
    } satisfies Partial<ApiError>);
  });
});
