import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START_MS = 60_000;

/** Starts `stb serve` on a free port over an empty data folder; resolves when it has printed its address. */
export async function startServer(binary, environment) {
  const folder = await mkdtemp(join(tmpdir(), 'stb-e2e-'));
  const child = spawn(binary, ['serve', '--port', '0', '--data-dir', folder], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(late);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { url: await addressOf(child), folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function addressOf(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(
      () => reject(new Error(`no address within ${START_MS} ms; said:\n${said}`)),
      START_MS,
    );
    const listen = (chunk) => {
      said += chunk;
      const address = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
      if (address) {
        clearTimeout(late);
        resolve(address);
      }
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', (chunk) => (said += chunk));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}; said:\n${said}`)));
  });
}
