import assert from 'node:assert/strict';
import { brokenCsv, COUNT, csv, klineRows, START, SYMBOL } from '../candles.mjs';

async function send(desk, name, text) {
  await desk.on('import-files').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  await desk.on('import-chosen').waitFor();
  await desk.on('import-symbol').fill(SYMBOL);
  await desk.on('import-market').selectOption('spot');
  await desk.on('import-start').click();
}

const series = (desk) => desk.page.locator(`[data-testid=series][data-symbol=${SYMBOL}]`);

/** A broken file is refused with its line; a good one is stored; the same again changes nothing. */
export async function dataFlow(desk) {
  await desk.go('data');
  await desk.on('data-series').click();
  await desk.on('data-import').click();
  await send(desk, 'broken.csv', brokenCsv(12));
  const place = await desk.on('import-error-place').first().innerText();
  assert.match(place, /Line\s+12\b/);
  await desk.picture('import-error');
  assert.equal(await series(desk).count(), 0, 'nothing of a broken file is stored');

  const good = csv(klineRows({ start: START, count: COUNT }));
  await send(desk, `${SYMBOL}-1m-2023-01.csv`, good);
  await series(desk).waitFor({ timeout: 60_000 });
  const { body } = await desk.api('/market/coverage');
  const stored = body.find((one) => one.symbol === SYMBOL);
  assert.equal(stored.candles, COUNT);
  assert.match(await series(desk).innerText(), new RegExp(COUNT.toLocaleString('en-US')));

  await send(desk, `${SYMBOL}-1m-2023-01.csv`, good);
  await desk.page.locator('[data-testid=import-file][data-status=unchanged]').first().waitFor();
  await desk.picture('data');

  await series(desk).getByRole('button', { name: 'Chart' }).click();
  await desk.on('chart-legend').waitFor();
  assert.equal(await desk.on('chart-symbol').inputValue(), `spot/${SYMBOL}`);
  await desk.on('chart-timeframe-5m').click();
  await desk.on('chart-date').fill('2023-01-03');
  await desk.on('chart-goto').click();
  await desk.on('chart-log').click();
  await desk.on('price-chart').focus();
  for (const key of ['ArrowLeft', '+', '-', 'Home', 'End']) await desk.page.keyboard.press(key);
}
