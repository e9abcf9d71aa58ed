import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../src/runner/command.ts';
import { containersBelow } from '../../src/runner/process-tree.ts';

const canMakeNamespaces = process.platform === 'linux' && process.getuid?.() === 0;

async function until<T>(look: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = look();
    if (found !== undefined) return found;
    await sleep(50);
  }
  throw new Error('it did not come to that');
}

describe.skipIf(!canMakeNamespaces)('containersBelow', () => {
  it('finds what runs in a process namespace of its own, however deep, and nothing else', async () => {
    const plain = spawn('sh', ['-c', 'sleep 60 & wait'], { detached: true });
    const nested = spawn('sh', ['-c', 'unshare --pid --fork setsid sleep 60 & wait'], { detached: true });
    const found = await until(() => containersBelow([nested.pid ?? 0])[0]);
    expect(containersBelow([plain.pid ?? 0])).toEqual([]);
    process.kill(found, 'SIGKILL');
    for (const child of [plain, nested]) process.kill(-(child.pid ?? 0), 'SIGKILL');
    await Promise.all([once(plain, 'close'), once(nested, 'close')]);
    expect(containersBelow([nested.pid ?? 0])).toEqual([]);
  });

  it('lets a cancelled program leave no container behind, and clean up after it', async () => {
    const controller = new AbortController();
    const program =
      'trap "" TERM; echo started; unshare --pid --fork setsid sleep 61 2>/dev/null; echo "cleaned up"';
    const lines: string[] = [];
    const ended = runCommand('sh', ['-c', program], {
      environment: process.env,
      signal: controller.signal,
      onLines: (some) => void lines.push(...some),
    });
    const container = await until(() => containersBelow([process.pid])[0]);
    controller.abort();
    await ended;
    expect(lines).toEqual(['started', 'cleaned up']);
    expect(() => process.kill(container, 0)).toThrow('ESRCH');
  });
});

describe('containersBelow', () => {
  it('finds nothing below nothing', () => {
    expect(containersBelow([])).toEqual([]);
    expect(containersBelow([0x7fffffff])).toEqual([]);
  });
});
