import assert from 'node:assert/strict';
import { until } from '../browser.mjs';
import { SYMBOL } from '../candles.mjs';

/** Filter, delete one, delete all, delete a series; each is asked first. */
export async function historyFlow(desk) {
  await desk.go('backtests');
  await desk.on('history').waitFor();
  const rows = desk.on('history-row');
  const before = await rows.count();
  assert.ok(before >= 2);
  await desk.on('history-filter').fill('simple_test');
  await until(
    'the filter',
    () => rows.count(),
    (count) => count > 0 && count < before,
  );
  await desk.on('history-filter').fill('');

  const id = await rows.first().getAttribute('data-id');
  await rows.first().getByTestId('delete-run').click();
  await desk.on('confirm-cancel').click();
  assert.equal(await rows.count(), before, 'cancel keeps the run');
  await rows.first().getByTestId('delete-run').click();
  await desk.on('confirm-accept').click();
  await until(
    'one run less',
    () => rows.count(),
    (count) => count === before - 1,
  );
  assert.equal((await desk.api(`/backtests/${id}`)).status, 404);

  await rows.first().click();
  await desk.on('delete-result').click();
  await desk.on('confirm-cancel').click();
  await desk.on('confirm-dialog').waitFor({ state: 'detached' });
  await desk.go('backtests');
  await desk.on('history').waitFor();

  await desk.on('delete-all').click();
  await desk.on('confirm-cancel').click();
  assert.equal(await rows.count(), before - 1, 'cancel deletes nothing');
  await desk.on('delete-all').click();
  await desk.on('confirm-accept').click();
  await desk.on('history-empty').waitFor();
  assert.equal((await desk.api('/backtests/')).body.total, 0);

  await desk.go('data');
  await desk.on('data-series').click();
  const series = desk.page.locator(`[data-testid=series][data-symbol=${SYMBOL}]`);
  await series.getByTestId('delete-series').click();
  await desk.on('confirm-cancel').click();
  assert.equal(await series.count(), 1, 'cancel keeps the candles');
  await series.getByTestId('delete-series').click();
  await desk.on('confirm-accept').click();
  await series.waitFor({ state: 'detached' });
}
