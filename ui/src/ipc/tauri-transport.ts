import { Channel, invoke } from '@tauri-apps/api/core';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import { asEngineEvent } from './operations';
import {
  RETRY_MS,
  SILENCE_MS,
  type ApiAnswer,
  type ApiRequest,
  type DropHandlers,
  type EventHandlers,
  type Transport,
} from './transport';

function request(request: ApiRequest): Promise<ApiAnswer> {
  return invoke<ApiAnswer>('api', { request });
}

/** One subscription after the other: when one falls silent or is refused, the next is opened. */
function events(handlers: EventHandlers): () => void {
  let closed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let generation = 0;

  const lose = (): void => {
    generation += 1;
    handlers.onLost();
    clearTimeout(timer);
    if (!closed) timer = setTimeout(open, RETRY_MS);
  };
  const watch = (): void => {
    clearTimeout(timer);
    timer = setTimeout(lose, SILENCE_MS);
  };
  const open = (): void => {
    const own = (generation += 1);
    const channel = new Channel<Parameters<typeof asEngineEvent>[0]>();
    channel.onmessage = (event) => {
      if (closed || own !== generation) return;
      watch();
      handlers.onEvent(asEngineEvent(event));
    };
    invoke('events', { channel }).then(
      () => {
        if (closed || own !== generation) return;
        handlers.onOpen();
        watch();
      },
      () => {
        if (!closed && own === generation) lose();
      },
    );
  };
  open();
  return () => {
    closed = true;
    clearTimeout(timer);
  };
}

function drops(handlers: DropHandlers): () => void {
  const listening = getCurrentWebview().onDragDropEvent(({ payload }) => {
    if (payload.type === 'drop') {
      handlers.onHover(false);
      handlers.onDrop({ kind: 'paths', paths: payload.paths });
    } else {
      handlers.onHover(payload.type !== 'leave');
    }
  });
  return () => {
    void listening.then((stop) => stop());
  };
}

export const tauriTransport: Transport = {
  kind: 'window',
  imports: {
    kind: 'paths',
    pickFiles: () => invoke<string[]>('pick_import_paths'),
    pickFolder: () => invoke<string[]>('pick_import_folder'),
  },
  request,
  events,
  drops,
};
