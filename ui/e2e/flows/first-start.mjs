import assert from 'node:assert/strict';
import { until } from '../browser.mjs';
import { expectFiguresOf, shownRun } from '../figures.mjs';

/** An empty data folder, no network: a labelled chart and a backtest with one click. */
export async function firstStartFlow(desk) {
  await until(
    'demo data',
    () => desk.api('/market/coverage'),
    ({ body }) => body.length > 0,
  );
  await desk.go('chart');
  await desk.on('price-chart').waitFor();
  await desk.on('chart-legend').waitFor();
  assert.match(await desk.on('mode-badge').innerText(), /demo data/);
  await desk.on('synthetic').first().waitFor();
  await until(
    'a stream of events',
    () => desk.on('status-stream').innerText(),
    (text) => text.includes('Connected'),
  );
  assert.ok((await drawnColours(desk)) > 3, 'candles are drawn');

  await zoomOut(desk);

  await desk.on('rail-backtests').click();
  await desk.on('run-first').click();
  const run = await expectFiguresOf(desk, await shownRun(desk));
  assert.equal(run.synthetic, true);
  await desk.on('result').getByTestId('synthetic').first().waitFor();

  await desk.page.keyboard.press('Control+3');
  await desk.on('screen-data').waitFor();
  await desk.page.keyboard.press('Control+k');
  await desk.on('palette-input').fill('settings');
  await desk.page.keyboard.press('Enter');
  await desk.on('screen-settings').waitFor();
  await desk.api('/backtests/', { method: 'DELETE' });
}

/** Number of different colours on the chart's largest canvas. */
function drawnColours(desk) {
  return desk.on('price-chart').evaluate((host) => {
    const canvas = [...host.querySelectorAll('canvas')].sort(
      (a, b) => b.width * b.height - a.width * a.height,
    )[0];
    const pixels = new Uint32Array(
      canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer,
    );
    return new Set(pixels).size;
  });
}

/** Far out on a long series, where the chart puts many candles into one pixel, and on the older pages it loads. */
async function zoomOut(desk) {
  await desk.on('chart-timeframe-1m').click();
  const box = await desk.on('price-chart').boundingBox();
  for (let step = 0; step < 25; step += 1) {
    await desk.page.mouse.move(box.x + 300 + step, box.y + 150 + step * 8);
    await desk.page.mouse.wheel(0, 300);
  }
  await desk.on('chart-timeframe-1h').click();
}
