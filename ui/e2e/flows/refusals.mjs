import assert from 'node:assert/strict';

/** Wrong input is refused at its field, by the form and by the engine alike. */
export async function refusalFlow(desk) {
  await desk.go('backtests/new');
  await desk.on('input-strategy').selectOption('SMA_CROSS');
  await desk.on('input-parameters.fast').fill('0');
  await desk.on('input-initial_balance').fill('-1');
  await desk.on('run-backtest').click();
  await desk.on('error-parameters.fast').waitFor();
  await desk.on('error-initial_balance').waitFor();
  await desk.picture('form-errors');
  assert.equal(await desk.on('input-risk_per_trade').count(), 0, 'risk belongs to the strategy');

  await desk.size('small');
  await desk.on('input-parameters.fast').fill('10');
  await desk.on('run-backtest').click();
  await desk.on('error-parameters.fast').waitFor({ state: 'detached' });
  const refusal = await desk.on('error-initial_balance').boundingBox();
  const run = await desk.on('run-backtest').boundingBox();
  assert.ok(refusal.y + refusal.height < run.y, 'the first refusal stands above the footer');
  await desk.picture('form-error-in-sight');
  await desk.size('large');

  // The engine's own refusal: the page is told of wider bounds than the engine has.
  await desk.page.route('**/api/v1/strategies/', async (route) => {
    const answer = await route.fetch();
    const list = await answer.json();
    for (const spec of list.flatMap((one) => one.parameters)) spec.max = null;
    await route.fulfill({ response: answer, json: list });
  });
  await desk.page.reload();
  await desk.on('input-strategy').selectOption('SMA_CROSS');
  await desk.on('input-initial_balance').fill('10000');
  await desk.on('input-parameters.fast').fill('99999999');
  const [answer] = await Promise.all([
    desk.page.waitForResponse(
      (one) => one.request().method() === 'POST' && one.url().includes('/backtests/'),
    ),
    desk.on('run-backtest').click(),
  ]);
  assert.equal(answer.status(), 422);
  const { detail } = await answer.json();
  const message = detail.find((entry) => entry.loc.at(-1) === 'fast').msg;
  assert.ok((await desk.on('error-parameters.fast').innerText()).includes(message));
  await desk.page.unroute('**/api/v1/strategies/');

  await desk.page.reload();
  await desk.on('input-parameters.fast').fill('10');
  await desk.on('input-symbol').fill('NOSUCHUSDT');
  await desk.on('input-symbol').press('Tab');
  await desk.on('run-backtest').click();
  await desk.page.locator('[data-testid=form-problem], [data-testid=error-symbol]').first().waitFor();
  await desk.page.keyboard.press('Escape');
  await desk.on('new-backtest').waitFor();

  await desk.go('backtests/00000000-0000-4000-8000-000000000000');
  await desk.on('problem').waitFor();
}
