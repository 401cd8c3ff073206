// Drives the built window in Chromium against a real `stb serve`.
// STB_BIN: the program; STB_ARTEFACTS: where pictures go (default: a temporary folder). Exits 1 when a flow fails.
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDesk } from './browser.mjs';
import { dataFlow } from './flows/data.mjs';
import { drawingsFlow } from './flows/drawings.mjs';
import { firstStartFlow } from './flows/first-start.mjs';
import { historyFlow } from './flows/history.mjs';
import { liveFlow } from './flows/live.mjs';
import { lookFlow } from './flows/look.mjs';
import { refusalFlow } from './flows/refusals.mjs';
import { resultFlow } from './flows/result.mjs';
import { startServer } from './server.mjs';

const binary = process.env.STB_BIN;
if (!binary) throw new Error('STB_BIN must name the stb program');
const artefacts = process.env.STB_ARTEFACTS ?? join(tmpdir(), 'stb-e2e');
await mkdir(artefacts, { recursive: true });

/** A plain run with everything, and a short one on a system whose language is no language tag. */
const RUNS = [
  {
    name: 'plain',
    environment: {},
    language: undefined,
    flows: {
      firstStartFlow,
      liveFlow,
      dataFlow,
      resultFlow,
      drawingsFlow,
      refusalFlow,
      lookFlow,
      historyFlow,
    },
  },
  {
    name: 'LANG=C.UTF-8',
    environment: { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
    language: 'C',
    flows: { firstStartFlow },
  },
];

let failures = 0;
for (const { name, environment, language, flows } of RUNS) {
  const server = await startServer(binary, environment);
  try {
    for (const [title, flow] of Object.entries(flows)) {
      const desk = await openDesk({ url: server.url, artefacts, environment, language });
      const began = Date.now();
      try {
        await flow(desk);
        desk.expectQuiet();
        console.log(`ok   ${name}: ${title} (${Date.now() - began} ms)`);
      } catch (error) {
        failures += 1;
        await desk.picture(`failed-${title}`);
        console.error(`FAIL ${name}: ${title}\n${error.stack}\n${desk.complaints.join('\n')}`);
      } finally {
        await desk.close();
      }
    }
  } finally {
    await server.stop();
  }
}
process.exit(failures === 0 ? 0 : 1);
