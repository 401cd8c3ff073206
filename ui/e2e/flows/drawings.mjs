import assert from 'node:assert/strict';
import { until } from '../browser.mjs';

const HOUR = 3_600_000;

/** What a strategy has drawn is shown, told under the pointer, and hidden again. No strategy of the application draws. */
export async function drawingsFlow(desk) {
  const { body: runs } = await desk.api('/backtests/?status=completed&size=1');
  const [{ id }] = runs.items;
  const { body: result } = await desk.api(`/backtests/${id}`);
  await desk.go(`backtests/${id}`);
  await desk.on('tab-log').click();
  await desk.page.getByText('This strategy wrote no log').waitFor();
  assert.equal(await desk.on('drawings-toggle').count(), 0, 'nothing to show or hide');

  await draw(desk, result);
  await desk.go('backtests');
  await desk.on('history').waitFor();
  await desk.go(`backtests/${id}`);
  await until(
    'the drawings',
    () => zonesShown(desk),
    (count) => count === '1',
  );
  await desk.on('plot-legend').waitFor();
  await overZone(desk);
  assert.match(
    await desk.on('zone-card').innerText(),
    /Order block[\s\S]*Bullish[\s\S]*Known at[\s\S]*lasts/,
  );
  await desk.picture('drawings');
  await desk.on('drawings-menu-button').click();
  await desk.page.getByLabel('Zones').uncheck();
  assert.equal(await zonesShown(desk), '0');
  await desk.page.getByLabel('Zones').check();
  await desk.page.keyboard.press('Escape');
  await desk.on('drawings-toggle').click();
  assert.equal(await zonesShown(desk), '0');
  assert.equal(await desk.on('plot-legend').count(), 0);
  await desk.on('drawings-toggle').click();
  assert.match(await desk.on('strategy-stopped').innerText(), /was stopped[\s\S]*mine\.luau:7: no such zone/);
  await desk.on('tab-log').click();
  assert.match(await desk.on('log-list').innerText(), /looked for an order block/);
}

const zonesShown = (desk) => desk.on('trade-chart').getAttribute('data-zones');

/** Answers as if the strategy of the run had drawn, written and failed. */
async function draw(desk, result) {
  const { body: candles } = await desk.api(
    `/market/candles?symbol=${result.symbol}&market=${result.market}&timeframe=${result.timeframes[0]}&limit=200`,
  );
  const [low, high] = [Math.min(...candles.low), Math.max(...candles.high)];
  const from = candles.time[0];
  const base = `**/api/v1/backtests/${result.id}`;
  const stopped = {
    time: result.last_candle,
    code: 'STRATEGY_STOPPED',
    symbol: result.symbol,
    equity: null,
    until: null,
    message: 'mine.luau:7: no such zone; its waiting entries were taken back',
  };
  await fulfil(desk, base, {
    ...result,
    output: { plots: 1, zones: 1, labels: 1, log_lines: 1, dropped: 0 },
    notices: [stopped, ...result.notices],
    notice_count: result.notice_count + 1,
  });
  const own = { sleeve: 0, tone: 'bullish' };
  await fulfil(desk, `${base}/drawings?*`, {
    symbol: result.symbol,
    plots: [
      {
        sleeve: 0,
        strategy: result.strategy,
        name: 'Closes',
        pane: 'own',
        time: candles.time.slice(1),
        value: candles.close.slice(0, -1),
        total_points: candles.time.length - 1,
        thinned: false,
      },
    ],
    zones: [
      { ...own, from, known_at: from + HOUR, until: null, top: high, bottom: low, text: 'Order block' },
    ],
    labels: [{ ...own, time: candles.time[100], price: low, text: 'BOS' }],
    thinned: false,
    dropped: 0,
  });
  const line = {
    time: result.first_candle,
    sleeve: 0,
    symbol: result.symbol,
    strategy: result.strategy,
    text: 'looked for an order block',
  };
  await fulfil(desk, `${base}/log?*`, { items: [line], total: 1, page: 1, size: 100, pages: 1 });
}

const fulfil = (desk, address, json) => desk.page.route(address, (route) => route.fulfill({ json }));

/** Moves the pointer down the chart until it is over the zone. */
async function overZone(desk) {
  const box = await desk.on('price-chart').boundingBox();
  for (let y = 70; y < box.height; y += 10) {
    await desk.page.mouse.move(box.x + box.width / 2, box.y + y);
    if ((await desk.on('zone-card').count()) > 0) return;
  }
  assert.fail('no zone under the pointer');
}
