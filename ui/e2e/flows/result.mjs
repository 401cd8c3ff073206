import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { until } from '../browser.mjs';
import { SYMBOL } from '../candles.mjs';
import { expectFiguresOf, shownRun } from '../figures.mjs';

async function runStrategy(desk, strategy, timeframe) {
  await desk.go('backtests/new');
  await desk.on('input-strategy').selectOption(strategy);
  await desk.on('input-symbol').fill(SYMBOL);
  await desk.on('input-symbol').press('Tab');
  await desk.on('input-timeframe-0').selectOption(timeframe);
  await desk.on('range-all').click();
  await desk.page.keyboard.press('Control+Enter');
  return expectFiguresOf(desk, await shownRun(desk));
}

/** Both strategies from the form; figures as the engine gives them; trades and chart linked both ways. */
export async function resultFlow(desk) {
  const simple = await runStrategy(desk, 'SIMPLE_TEST', '1h');
  assert.equal(simple.symbol, SYMBOL);
  await desk.go('backtests');
  await desk.on('history').waitFor();

  const cross = await runStrategy(desk, 'SMA_CROSS', '5m');
  assert.ok(cross.total_trades > 10, `SMA_CROSS must trade on waves, was ${cross.total_trades}`);
  await expectDrawdown(desk, cross);
  await linkFlow(desk);
  await expectDetailFits(desk);
  await metricsFlow(desk, cross);
  await proofFlow(desk, cross);
  await exportFlow(desk, cross);
}

async function expectDrawdown(desk, run) {
  const max = `${(run.max_drawdown * 100).toFixed(2)}%`;
  const text = await desk.on('curve-drawdown').innerText();
  assert.ok(text.includes(`max ${max} · now `), `the highest drawdown and the last, was ${text}`);
}

/** In the small window no value of the trade is clipped or reaches into the next column. */
async function expectDetailFits(desk) {
  await desk.size('small');
  const clipped = await desk
    .on('trade-detail')
    .locator('dd')
    .evaluateAll((values) => values.filter((one) => one.scrollWidth > one.clientWidth).length);
  assert.equal(clipped, 0, 'every value of the trade fits its column');
  await desk.picture('trade-detail-small');
  await desk.size('large');
}

const chart = (desk) => desk.on('trade-chart');

async function linkFlow(desk) {
  const row = desk.page.locator('[data-testid=trade-row][data-index="5"]');
  await row.click();
  assert.equal(await row.getAttribute('aria-selected'), 'true');
  const at = await until(
    'the trade on the chart',
    () => entryPoint(desk),
    (point) => point !== null && point.x > 0,
  );
  await desk.picture('trade-selected');

  await desk.on('trade-table').press('Escape');
  assert.equal(await chart(desk).getAttribute('data-selected'), null);
  const box = await desk.on('price-chart').boundingBox();
  await desk.page.mouse.click(box.x + at.x, box.y + at.y);
  await until('the row of the clicked mark', () => chart(desk).getAttribute('data-selected'), Boolean);
  const index = Number(await chart(desk).getAttribute('data-selected'));
  assert.ok(index === 5 || index === 4, `the mark of trade 5 (or of 4, which ends there), was ${index}`);
  const chosen = desk.page.locator(`[data-testid=trade-row][data-index="${index}"]`);
  assert.equal(await chosen.getAttribute('aria-selected'), 'true');
  await desk.on('trade-detail').waitFor();

  await desk.on('sort-pnl_comm').click();
  const first = await desk.on('trade-row').first().getAttribute('data-index');
  const { body } = await desk.api(
    `/backtests/${desk.page.url().split('/').at(-1)}/trades?sort=pnl_comm&order=desc&size=1`,
  );
  assert.equal(Number(first), body.items[0].index, 'best trade first');
}

/** Where the selected trade's entry is drawn, once the chart has come to rest. */
async function entryPoint(desk) {
  const read = async () => {
    const [x, y] = await Promise.all(
      ['data-entry-x', 'data-entry-y'].map((name) => chart(desk).getAttribute(name)),
    );
    return x === null || y === null ? null : { x: Number(x), y: Number(y) };
  };
  const before = await read();
  await desk.page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
  const after = await read();
  return before && after && before.x === after.x ? after : null;
}

async function metricsFlow(desk, run) {
  await desk.on('tab-metrics').click();
  const [metric] = run.metrics;
  await desk.on(`metric-${metric.key}`).hover();
  assert.ok((await desk.page.getByRole('tooltip').innerText()).includes(metric.definition));
  await desk.on('tab-notes').click();
  assert.match(await desk.on('notes').innerText(), /next open/i);
  await desk.on('tab-trades').click();
}

/** Costs by kind, months, skipped signals, the fills of a trade; the capsule repeats the run. */
async function proofFlow(desk, run) {
  assert.match(await desk.on('proofs').innerText(), /ambiguous/);
  await desk.on('tab-costs').click();
  const paid = await desk.on('cost-total_commission').getAttribute('data-raw');
  assert.equal(Number(paid), run.total_commission);
  await desk.picture('costs');
  await desk.on('tab-months').click();
  await desk.on('month-table').waitFor();
  await desk.on('tab-skipped').click();
  await desk.on('skipped').waitFor();
  await desk.on('tab-trades').click();
  await desk.page.locator('[data-testid=trade-row]').first().click();
  await desk.on('fills').waitFor();
  const [download] = await Promise.all([
    desk.page.waitForEvent('download'),
    desk.on('export-capsule').click(),
  ]);
  const capsule = JSON.parse(await readFile(await download.path(), 'utf8'));
  assert.equal(capsule.format, 'stb-run-capsule');
}

async function exportFlow(desk, run) {
  const [download] = await Promise.all([desk.page.waitForEvent('download'), desk.on('export-csv').click()]);
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
  assert.equal(lines.length, run.total_trades + 1);
}
