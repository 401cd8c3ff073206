import type { EngineEvent } from '../domain/contract';
import { asEngineEvent } from './operations';
import {
  RETRY_MS,
  SILENCE_MS,
  type ApiAnswer,
  type ApiRequest,
  type DropHandlers,
  type EventHandlers,
  type Transport,
  type Upload,
} from './transport';

const EVENT_TYPES: readonly EngineEvent['type'][] = [
  'backtest',
  'import',
  'data_changed',
  'runs_changed',
  'strategies_changed',
  'settings_changed',
  'watchlist_changed',
  'live',
  'tickers',
  'candles_closed',
  'download',
  'heartbeat',
  'lagged',
];

function bodyOf(text: string, type: string | null): unknown {
  return text !== '' && type?.includes('json') ? JSON.parse(text) : text === '' ? null : { detail: text };
}

async function request({ method, path, query, body }: ApiRequest): Promise<ApiAnswer> {
  const sent = body === null || body === undefined;
  const answer = await fetch(query ? `${path}?${query}` : path, {
    method,
    headers: { accept: 'application/json', ...(sent ? {} : { 'content-type': 'application/json' }) },
    ...(sent ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: bodyOf(await answer.text(), answer.headers.get('content-type')) };
}

async function text(path: string): Promise<ApiAnswer> {
  const answer = await fetch(path);
  const said = await answer.text();
  return { status: answer.status, body: answer.ok ? said : bodyOf(said, answer.headers.get('content-type')) };
}

/** `XMLHttpRequest`, because `fetch` does not tell how much of a file has been sent. */
function send(path: string, query: string, file: File, onProgress: (sent: number) => void): Upload {
  const wire = new XMLHttpRequest();
  const answer = new Promise<ApiAnswer>((resolve, reject) => {
    wire.upload.onprogress = (event) => onProgress(event.loaded);
    wire.onload = () =>
      resolve({
        status: wire.status,
        body: bodyOf(wire.responseText, wire.getResponseHeader('content-type')),
      });
    wire.onerror = () => reject(new TypeError('the connection broke while sending the file'));
    wire.onabort = () => reject(new DOMException('sending was cancelled', 'AbortError'));
  });
  wire.open('POST', `${path}?${query}`);
  wire.setRequestHeader('content-type', 'application/octet-stream');
  wire.send(file);
  return { answer, abort: () => wire.abort() };
}

/** One stream after the other: the browser reopens a broken one itself, but neither a silent nor a refused one. */
function events(handlers: EventHandlers): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const again = (after: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      handlers.onLost();
      source.close();
      source = open();
    }, after);
  };
  const open = (): EventSource => {
    const own = new EventSource('/api/v1/events');
    own.onopen = () => {
      again(SILENCE_MS);
      handlers.onOpen();
    };
    own.onerror = () => {
      handlers.onLost();
      if (own.readyState === EventSource.CLOSED) again(RETRY_MS);
    };
    for (const type of EVENT_TYPES) {
      own.addEventListener(type, (message: MessageEvent<string>) => {
        again(SILENCE_MS);
        handlers.onEvent(asEngineEvent(JSON.parse(message.data)));
      });
    }
    return own;
  };
  source = open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

function drops(handlers: DropHandlers): () => void {
  const over = (event: DragEvent): void => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    handlers.onHover(true);
  };
  const leave = (event: DragEvent): void => {
    if (event.relatedTarget === null) handlers.onHover(false);
  };
  const drop = (event: DragEvent): void => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    handlers.onHover(false);
    handlers.onDrop({ kind: 'files', files: [...(event.dataTransfer?.files ?? [])] });
  };
  const stop = new AbortController();
  window.addEventListener('dragover', over, { signal: stop.signal });
  window.addEventListener('dragleave', leave, { signal: stop.signal });
  window.addEventListener('drop', drop, { signal: stop.signal });
  return () => stop.abort();
}

export const httpTransport: Transport = {
  kind: 'browser',
  imports: { kind: 'uploads', send },
  request,
  text,
  events,
  drops,
};
