import { isTauri } from '@tauri-apps/api/core';
import { Client } from './client';
import { httpTransport } from './http-transport';
import { tauriTransport } from './tauri-transport';

/** The one client of the application: commands inside the window, HTTP in a browser. */
export const client = new Client(isTauri() ? tauriTransport : httpTransport);
