import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { httpTransport } from './http-transport';
import { RETRY_MS, SILENCE_MS } from './transport';

/** What the browser gives for a stream, worked by hand. */
class HandStream extends EventTarget {
  static readonly CLOSED = 2;
  static made: HandStream[] = [];
  readyState = 0;
  onopen: () => void = () => undefined;
  onerror: () => void = () => undefined;

  constructor() {
    super();
    HandStream.made.push(this);
  }

  close(): void {
    this.readyState = HandStream.CLOSED;
  }

  say(type: string): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify({ type }) }));
  }
}

const heard: string[] = [];
const handlers = {
  onEvent: ({ type }: { type: string }) => void heard.push(type),
  onOpen: () => void heard.push('open'),
  onLost: () => void heard.push('lost'),
};
const newest = (): HandStream => {
  const stream = HandStream.made.at(-1);
  if (!stream) throw new Error('no stream was opened');
  return stream;
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', HandStream);
  HandStream.made = [];
  heard.length = 0;
});
afterEach(() => vi.useRealTimers());

describe('the event stream of a browser', () => {
  it('hands on every kind of event of live data', () => {
    const close = httpTransport.events(handlers);
    const types = ['watchlist_changed', 'live', 'tickers', 'candles_closed', 'download'];
    for (const type of types) newest().say(type);
    close();
    expect(heard).toEqual(types);
  });

  it('counts a silent stream as lost and opens another', () => {
    const close = httpTransport.events(handlers);
    newest().onopen();
    vi.advanceTimersByTime(SILENCE_MS - 1);
    newest().say('heartbeat');
    vi.advanceTimersByTime(SILENCE_MS - 1);
    expect(HandStream.made).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(heard).toEqual(['open', 'heartbeat', 'lost']);
    expect(HandStream.made).toHaveLength(2);
    close();
  });

  it('asks again after a refusal, which the browser does not do', () => {
    const close = httpTransport.events(handlers);
    newest().close();
    newest().onerror();
    vi.advanceTimersByTime(RETRY_MS);
    expect(HandStream.made).toHaveLength(2);
    close();
    vi.advanceTimersByTime(2 * SILENCE_MS);
    expect(HandStream.made, 'nothing after the end').toHaveLength(2);
  });
});
