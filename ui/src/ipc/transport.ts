import type { EngineEvent } from '../domain/contract';

/** One way to reach the engine. The window speaks through Tauri commands, a browser through HTTP; both mean the same routes. */

/** A stream of events that brought nothing for this long (heartbeats come every 15 s) counts as lost. */
export const SILENCE_MS = 40_000;
/** Pause before a refused stream is asked for again. */
export const RETRY_MS = 2_000;

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface ApiRequest {
  method: Method;
  /** Whole path from the root, without a query: `/api/v1/backtests/`. */
  path: string;
  /** Encoded query without the question mark, or null. */
  query: string | null;
  body: unknown;
}

export interface ApiAnswer {
  status: number;
  body: unknown;
}

export interface EventHandlers {
  onEvent(event: EngineEvent): void;
  /** The stream is open (again). */
  onOpen(): void;
  onLost(): void;
}

/** How chosen files get to the engine: the window hands over paths, a browser sends contents. */
export type ImportSource =
  | {
      kind: 'paths';
      pickFiles(): Promise<string[]>;
      pickFolder(): Promise<string[]>;
    }
  | {
      kind: 'uploads';
      send(path: string, query: string, file: File, onProgress: (sent: number) => void): Upload;
    };

export interface Upload {
  answer: Promise<ApiAnswer>;
  abort(): void;
}

/** What a drop on the window brings. */
export type Dropped = { kind: 'paths'; paths: string[] } | { kind: 'files'; files: File[] };

export interface DropHandlers {
  onHover(inside: boolean): void;
  onDrop(dropped: Dropped): void;
}

export interface Transport {
  readonly kind: 'window' | 'browser';
  readonly imports: ImportSource;
  request(request: ApiRequest): Promise<ApiAnswer>;
  /** The body of an answer as text, character for character; errors as `request` gives them. */
  text?(path: string): Promise<ApiAnswer>;
  /** Opens the event stream; the returned function closes it. */
  events(handlers: EventHandlers): () => void;
  /** Listens for files dropped anywhere on the window; the returned function stops. */
  drops(handlers: DropHandlers): () => void;
}
