// The processes a window test needs around the application: a display, a session bus, the driver. All end with `stopAll`.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

const started = [];

/** Starts a program in its own process group, so that stopping it also stops what it started. */
function start(program, args, options = {}) {
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'inherit', 'inherit'], ...options });
  child.once('error', (error) => console.error(`${program}: ${error.message}`));
  started.push(child);
  return child;
}

export async function stopAll() {
  for (const child of started.splice(0).reverse()) {
    if (child.pid === undefined || child.exitCode !== null) continue;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    signal(child.pid, 'SIGTERM');
    const late = setTimeout(() => signal(child.pid, 'SIGKILL'), 5000);
    await ended;
    clearTimeout(late);
  }
}

function signal(pid, name) {
  try {
    process.kill(-pid, name);
  } catch {
    // The group has ended already.
  }
}

/** The display to use: the given one, or a virtual one of the main size. */
export async function display() {
  if (process.env.DISPLAY) return process.env.DISPLAY;
  const server = start('Xvfb', ['-displayfd', '3', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise((resolve, reject) => {
    server.stdio[3].once('data', (text) => resolve(String(text).trim()));
    server.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
    server.once('error', reject);
  });
  return `:${number}`;
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** WebKitWebDriver, inside a session bus of its own when there is none; resolves to its address. */
export async function driver(environment) {
  const port = await freePort();
  const command = ['WebKitWebDriver', `--port=${port}`, '--host=127.0.0.1'];
  const hasBus = Boolean(process.env.DBUS_SESSION_BUS_ADDRESS);
  const [program, ...args] = hasBus ? command : ['dbus-run-session', '--', ...command];
  const child = start(program, args, { env: { ...process.env, ...environment } });
  const address = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the driver ended with ${child.exitCode}`);
    const ready = await fetch(`${address}/status`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return address;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the driver did not answer within 10 s');
}
