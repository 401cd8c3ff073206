// Drives the real window from import to result.
// STB_APP: the desktop program; STB_ARTEFACTS: where the picture goes. Exits 1 on failure; needs WebKitWebDriver and
// ImageMagick, and Xvfb when there is no display.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { COUNT, csv, klineRows, START, SYMBOL } from '../../ui/e2e/candles.mjs';
import { display, driver, stopAll } from './processes.mjs';
import { openSession } from './session.mjs';

const application = process.env.STB_APP;
if (!application) throw new Error('STB_APP must name the desktop program');
const artefacts = process.env.STB_ARTEFACTS ?? join(tmpdir(), 'stb-window');
const FIGURES = [
  'total_return',
  'final_balance',
  'max_drawdown',
  'total_trades',
  'win_rate',
  'total_commission',
];

const folder = await mkdtemp(join(tmpdir(), 'stb-window-'));
await mkdir(artefacts, { recursive: true });
let environment;
let session;
let failed = false;
try {
  environment = await surroundings();
  const address = await driver(environment);
  session = await openSession(address, application, ['--data-dir', join(folder, 'data')]);
  await fromImportToResult(session);
  await picture('window-result');
  console.log('ok   the window goes from import to result');
} catch (error) {
  failed = true;
  console.error(`FAIL ${error.stack}`);
  await picture('window-failed').catch(() => undefined);
} finally {
  await session?.close().catch(() => undefined);
  await stopAll();
  await rm(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

/** A private home and run-time folder, and the locale that has broken chart libraries before. */
async function surroundings() {
  const runtime = join(folder, 'run');
  await mkdir(runtime);
  await chmod(runtime, 0o700);
  return {
    DISPLAY: await display(),
    HOME: folder,
    XDG_RUNTIME_DIR: runtime,
    XDG_DATA_HOME: join(folder, 'share'),
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    TAURI_WEBVIEW_AUTOMATION: 'true',
    WEBKIT_DISABLE_DMABUF_RENDERER: '1',
    NO_AT_BRIDGE: '1',
  };
}

/** The driver's own pictures are empty without the DMABUF renderer, so the display is photographed. */
async function picture(name) {
  const env = { ...process.env, ...environment };
  await promisify(execFile)('import', ['-window', 'root', join(artefacts, `${name}.png`)], { env });
}

async function fromImportToResult(page) {
  await page.element('rail-data');
  await page.run(collectComplaints);
  await importFile(page);
  const id = await runBacktest(page);
  await compareFigures(page, id);
  await linkTradeToChart(page);
  assert.deepEqual(
    await page.run(() => window.stbComplaints),
    [],
    'no errors and no policy violations in the page',
  );
}

function collectComplaints() {
  window.stbComplaints = [];
  const keep = (text) => window.stbComplaints.push(text);
  addEventListener('error', (event) => keep(`error: ${event.message}`));
  addEventListener('unhandledrejection', (event) => keep(`rejection: ${event.reason}`));
  addEventListener('securitypolicyviolation', (event) =>
    keep(`policy: ${event.violatedDirective} ${event.blockedURI}`),
  );
}

/** The file arrives the way a drop on the window does: as the drag-and-drop event with a path. */
async function importFile(page) {
  const file = join(folder, `${SYMBOL}-1m-2023-01.csv`);
  await writeFile(file, csv(klineRows({ start: START, count: COUNT })));
  // The page hears drops only once its listener is in place, which nothing on the screen tells.
  await page.until('the dropped file', async () => {
    await page.runAsync(
      (path) =>
        window.__TAURI_INTERNALS__.invoke('plugin:event|emit', {
          event: 'tauri://drag-drop',
          payload: { paths: [path], position: { x: 200, y: 200 } },
        }),
      file,
    );
    return page.run(() => document.querySelector('[data-testid="import-chosen"]') !== null);
  });
  const symbol = await page.run(() => document.querySelector('[data-testid="import-symbol"]').value);
  assert.equal(symbol, SYMBOL, 'the symbol is read from the file name');
  await page.choose('import-market', 'spot');
  await page.click('import-start');
  await page.click('data-series');
  await page.element(`[data-testid=series][data-symbol=${SYMBOL}]`);
  const { status, body } = await page.api('GET', '/market/coverage');
  assert.equal(status, 200);
  assert.equal(body.find((series) => series.symbol === SYMBOL)?.candles, COUNT);
}

async function runBacktest(page) {
  await page.click('rail-backtests');
  await page.click('new-backtest');
  await page.choose('input-strategy', 'SMA_CROSS');
  await page.type('input-symbol', SYMBOL);
  await page.run(() => document.activeElement.blur());
  await page.choose('input-timeframe-0', '5m');
  await page.click('range-all');
  await page.click('run-backtest');
  await page.element('result');
  return page.run(() => location.hash.split('/').at(-1));
}

async function compareFigures(page, id) {
  const { status, body } = await page.api('GET', `/backtests/${id}`);
  assert.equal(status, 200);
  assert.ok(body.total_trades > 0, 'the strategy trades');
  for (const key of FIGURES) {
    const shown = await page.attribute(`result-${key}`, 'data-raw');
    assert.equal(shown, body[key] === null ? null : String(body[key]), key);
  }
}

async function linkTradeToChart(page) {
  await page.click('[data-testid=trade-row][data-index="3"] td');
  await page.until('the trade on the chart', () => page.attribute('trade-chart', 'data-entry-x'));
  assert.equal(await page.attribute('trade-chart', 'data-selected'), '3');
  const colours = await page.until('drawn candles', async () => {
    const count = await page.run(coloursOfChart);
    return count > 3 ? count : undefined;
  });
  assert.ok(colours > 3);
}

function coloursOfChart() {
  const canvases = [...document.querySelectorAll('[data-testid="price-chart"] canvas')];
  const largest = canvases.sort((a, b) => b.width * b.height - a.width * a.height)[0];
  const { data } = largest.getContext('2d').getImageData(0, 0, largest.width, largest.height);
  return new Set(new Uint32Array(data.buffer)).size;
}
