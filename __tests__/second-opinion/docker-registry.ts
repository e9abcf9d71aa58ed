import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A registry that others wrote, on loopback, with basic authentication. */
export interface RealRegistry {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly close: () => Promise<void>;
}

// bcrypt, the one kind that it reads.
const HTPASSWD = 'AWS:$2b$05$O..WLRNWkQz0RbWV.SMUGeN4lI72m.bMt2.Xjrk/D1Hk5phX7GhsC\n';

/** Starts the docker-registry of that path on a free port, with storage of its own. Throws where it does not answer. */
export async function startDockerRegistry(program: string): Promise<RealRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-guard-registry-'));
  const port = await freePort();
  writeFileSync(join(folder, 'htpasswd'), HTPASSWD);
  const config = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: `127.0.0.1:${port}` },
    auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } },
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(config));
  const child = spawn(program, ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  const close = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answers(`${url}/v2/`, child);
  } catch (error) {
    await close();
    throw error;
  }
  return { url, username: 'AWS', password: 'the-password', close };
}

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Waits up to half a minute for an HTTP answer of any kind. Throws where the program ends or none comes. */
export async function answers(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}.`);
    try {
      await (await fetch(url)).arrayBuffer();
      return;
    } catch {
      await sleep(100);
    }
  }
  throw new Error(`${child.spawnfile} does not answer at ${url}.`);
}

/** Ends a program, and waits until it has. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = once(child, 'exit');
  child.kill('SIGKILL');
  await over;
}
