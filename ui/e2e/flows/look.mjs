import assert from 'node:assert/strict';
import { until } from '../browser.mjs';

const SCREENS = ['chart', 'backtests', 'backtests/new', 'data', 'strategies', 'settings'];

/** Every screen in both themes and sizes, as pictures; nothing reaches beyond the window; settings are kept. */
export async function lookFlow(desk) {
  const { body } = await desk.api('/backtests/?size=1');
  const places = [...SCREENS, `backtests/${body.items[0].id}`];
  for (const theme of ['light', 'dark']) {
    await desk.go('settings');
    await desk.on(`setting-theme-${theme}`).click();
    await until(
      'the theme',
      () => themeOf(desk),
      (shown) => shown === theme,
    );
    await desk.page.reload();
    await until(
      'the kept theme',
      () => themeOf(desk),
      (shown) => shown === theme,
    );
    for (const size of ['large', 'small']) {
      await desk.size(size);
      for (const place of places) await look(desk, place, `${theme}-${size}`);
    }
  }
  await desk.size('large');
  await desk.go('settings');
  await desk.on('setting-colors-blue_orange').click();
  await until(
    'the colours',
    () => desk.page.evaluate(() => document.documentElement.dataset.priceColors),
    (shown) => shown === 'blue_orange',
  );
  await desk.on('setting-colors-green_red').click();
  assert.match(await desk.on('licences').innerText(), /TradingView/);
}

const themeOf = (desk) => desk.page.evaluate(() => document.documentElement.dataset.theme);

async function look(desk, place, suffix) {
  await desk.go(place);
  await desk.page.waitForLoadState('networkidle', { timeout: 3000 }).catch(() => undefined);
  await desk.page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
  const wide = await desk.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${place} is ${wide} px too wide`);
  const name = place.length > 20 ? 'result' : place.replace('/', '-');
  await desk.picture(`${name}-${suffix}`);
}
