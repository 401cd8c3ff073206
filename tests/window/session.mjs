// A WebDriver session on the application's window, spoken with plain fetch.

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';
const WITHIN_MS = 60_000;

export async function openSession(address, binary, args) {
  const { sessionId } = await ask('POST', `${address}/session`, {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary, args } } },
  });
  return new Session(`${address}/session/${sessionId}`);
}

async function ask(method, address, body) {
  const answer = await fetch(address, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { value } = await answer.json();
  if (!answer.ok)
    throw new Error(`${method} ${new URL(address).pathname}: ${value?.error} ${value?.message}`);
  return value;
}

class Session {
  constructor(address) {
    this.address = address;
  }

  close() {
    return ask('DELETE', this.address);
  }

  /** Runs a function inside the page; its arguments and result cross as JSON. */
  run(work, ...args) {
    return ask('POST', `${this.address}/execute/sync`, {
      script: `return (${work}).apply(null, arguments)`,
      args,
    });
  }

  /** The same for a function that returns a promise. */
  async runAsync(work, ...args) {
    const script = `const done = arguments[arguments.length - 1];
      Promise.resolve().then(() => (${work}).apply(null, [].slice.call(arguments, 0, -1)))
        .then((value) => done({ value }), (error) => done({ error: String(error && error.message || error) }));`;
    const { value, error } = await ask('POST', `${this.address}/execute/async`, { script, args });
    if (error !== undefined) throw new Error(error);
    return value;
  }

  /** One call of the application's contract through the window's own door. */
  api(method, path, query = null, body = null) {
    return this.runAsync((request) => window.__TAURI_INTERNALS__.invoke('api', { request }), {
      method,
      path: `/api/v1${path}`,
      query,
      body,
    });
  }

  async until(what, look) {
    const end = Date.now() + WITHIN_MS;
    let last;
    for (;;) {
      try {
        const value = await look();
        if (value) return value;
      } catch (error) {
        last = error;
      }
      if (Date.now() > end)
        throw new Error(`${what}: not within ${WITHIN_MS} ms${last ? `; last: ${last.message}` : ''}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** The visible element with this test id (or CSS selector that starts with a bracket). */
  element(id) {
    const value = id.startsWith('[') ? id : `[data-testid="${id}"]`;
    return this.until(`element ${id}`, async () => {
      const found = await ask('POST', `${this.address}/element`, { using: 'css selector', value });
      return found[ELEMENT];
    });
  }

  async click(id) {
    const element = await this.element(id);
    await ask('POST', `${this.address}/element/${element}/click`, {});
  }

  async type(id, text) {
    const element = await this.element(id);
    await ask('POST', `${this.address}/element/${element}/clear`, {});
    await ask('POST', `${this.address}/element/${element}/value`, { text });
  }

  async choose(id, value) {
    await this.element(id);
    await this.run(
      (test, wanted) => {
        const select = document.querySelector(`[data-testid="${test}"]`);
        if (![...select.options].some((option) => option.value === wanted)) {
          throw new Error(
            `${test} offers ${[...select.options].map((option) => option.value).join(', ')}, not ${wanted}`,
          );
        }
        select.value = wanted;
        select.dispatchEvent(new Event('change', { bubbles: true }));
      },
      id,
      value,
    );
  }

  attribute(id, name) {
    return this.run(
      (test, key) => document.querySelector(`[data-testid="${test}"]`)?.getAttribute(key) ?? null,
      id,
      name,
    );
  }
}
