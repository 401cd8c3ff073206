import assert from 'node:assert/strict';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SIZES = { large: { width: 1440, height: 900 }, small: { width: 1280, height: 720 } };

/** One browser with one page on the desk: what the flows hold in their hands. */
export async function openDesk({ url, artefacts, environment, language }) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ARGUMENTS,
    env: { ...process.env, ...environment },
  });
  const context = await browser.newContext({ viewport: SIZES.large, acceptDownloads: true });
  await context.addInitScript(reportViolations);
  if (language) await context.addInitScript(pretendLanguage, language);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints = [];
  page.on('console', (message) => {
    // A refused request is logged by the browser itself; the flows check what the page makes of it.
    const refused = message
      .text()
      .startsWith('Failed to load resource: the server responded with a status of 4');
    if (message.type() === 'error' && !refused) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));

  return {
    page,
    url,
    complaints,
    on: (id) => page.getByTestId(id),
    go: (place) => page.goto(`${url}/#/${place}`),
    api: (path, init) => call(url, path, init),
    size: (name) => page.setViewportSize(SIZES[name]),
    picture: (name) => page.screenshot({ path: join(artefacts, `${name}.png`) }),
    expectQuiet: () => assert.deepEqual(complaints, [], 'no console errors and no policy violations'),
    close: () => browser.close(),
  };
}

function reportViolations() {
  document.addEventListener('securitypolicyviolation', (event) => {
    console.error(
      `policy violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ''}`,
    );
  });
}

function pretendLanguage(language) {
  Object.defineProperty(Navigator.prototype, 'language', { get: () => language, configurable: true });
}

async function call(url, path, init = {}) {
  const answer = await fetch(`${url}/api/v1${path}`, {
    ...init,
    headers: { 'content-type': 'application/json' },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

/** Asks again until `ready` holds; for states that no event on the page announces. */
export async function until(what, ask, ready, within = 60_000) {
  const end = Date.now() + within;
  for (;;) {
    const value = await ask();
    if (ready(value)) return value;
    if (Date.now() > end)
      throw new Error(`${what}: not within ${within} ms, last was ${JSON.stringify(value)?.slice(0, 400)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
