import { until } from '../browser.mjs';

/** The exchange inside the application: prices move on the list and on the chart; pairs come, go and come back. */
export async function liveFlow(desk) {
  await desk.go('chart');
  await desk.on('watch-panel').waitFor();
  if ((await desk.on('watched').count()) === 0) await add(desk, 'USDT');
  await until(
    'live data',
    () => desk.on('rail-connection').getAttribute('data-state'),
    (state) => state === 'live',
  );
  await moves(desk, 'the price on the list', () => desk.on('watched-last').first().innerText());

  await desk.on('watched').first().click();
  await desk.on('chart-timeframe-1m').click();
  await until(
    'a chart that streams',
    () => desk.on('chart-live').getAttribute('data-state'),
    (state) => state === 'live',
  );
  await moves(desk, 'the newest candle', () => desk.on('chart-legend').innerText());
  await desk.picture('live-chart');

  const symbol = await add(desk, 'USDT');
  const row = desk.page.locator(`[data-testid=watched][data-symbol="${symbol}"]`);
  await row.waitFor();
  await row.getByTestId('watched-menu').click();
  await desk.page.getByRole('menuitem', { name: 'Remove' }).click();
  await row.waitFor({ state: 'detached' });
  await desk.page.getByRole('button', { name: 'Undo' }).click();
  await row.waitFor();

  await desk.on('status-live').click();
  await desk.on('connections').waitFor();
  await until(
    'the added pair among the connections',
    () => desk.on('connections').innerText(),
    (text) => text.includes(symbol),
  );
  await desk.picture('connections');
  await desk.page.keyboard.press('Escape');
}

/** Adds the first instrument that can be added and tells which it was. */
async function add(desk, search) {
  await desk.on('watch-add').click();
  await desk.on('add-pair-search').fill(search);
  const free = desk.page.locator('[data-testid=instrument][aria-disabled=false]').first();
  await free.waitFor();
  const symbol = (await free.getAttribute('id')).replace('instrument-', '');
  await free.click();
  await desk.on('add-pair-close').click();
  return symbol;
}

async function moves(desk, what, read) {
  const before = await read();
  await until(what, read, (now) => now !== before);
}
