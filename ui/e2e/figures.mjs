import assert from 'node:assert/strict';

const FIGURES = [
  'total_return',
  'final_balance',
  'max_drawdown',
  'sharpe_ratio',
  'win_rate',
  'profit_factor',
  'total_trades',
  'total_commission',
];
const two = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** The result page shows exactly what the engine answers, both raw and rounded. */
export async function expectFiguresOf(desk, id) {
  const { status, body } = await desk.api(`/backtests/${id}`);
  assert.equal(status, 200);
  for (const key of FIGURES) {
    const raw = await desk.on(`result-${key}`).getAttribute('data-raw');
    assert.equal(raw, body[key] === null ? null : String(body[key]), key);
  }
  const shown = await desk.on('result-final_balance').locator('dd').innerText();
  assert.equal(shown.replace('\u2212', '-'), two.format(body.final_balance));
  return body;
}

/** Waits for the result page and tells which run it shows. */
export async function shownRun(desk) {
  await desk.on('result').waitFor({ timeout: 60_000 });
  return desk.page.url().split('/').at(-1);
}
