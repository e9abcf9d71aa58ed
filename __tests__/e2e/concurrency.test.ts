import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { success } from '../../sandbox/scenarios/success.ts';
import { type Deployed, type DeployOptions, deployInto, engineAccess } from './deploy.ts';
import { startGate } from './gate.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A docker that waits with its builds until a file is there; `begun` is there once it waits. */
function dockerThatWaits(): {
  readonly path: string;
  readonly begun: () => Promise<void>;
  readonly go: () => void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'waiting-docker-'));
  folders.push(folder);
  const path = [...engineAccess.path, ...(process.env['PATH'] ?? '').split(delimiter)];
  const real = path.map((each) => join(each, 'docker')).find(existsSync) ?? 'docker';
  const script = `#!/bin/sh\nif [ "$1" = build ]; then\n  touch '${folder}/begun'\n  while [ ! -e '${folder}/go' ]; do sleep 0.05; done\nfi\nexec '${real}' "$@"\n`;
  writeFileSync(join(folder, 'docker'), script, { mode: 0o755 });
  return {
    path: folder,
    begun: async () => {
      while (!existsSync(join(folder, 'begun'))) await new Promise((passed) => setTimeout(passed, 50));
    },
    go: () => writeFileSync(join(folder, 'go'), ''),
  };
}

/** What stands under `latest`, what runs, and how the two runs ended. */
function end(sandbox: Sandbox, ...runs: readonly Deployed[]) {
  const truth = sandbox.truth();
  const latest = truth.images['dyno-agent']?.find(({ tags }) => tags.includes('latest'));
  return {
    results: runs.map(({ run }) => run.outputs['result']),
    codes: runs.map(({ run }) => run.outputs['failure-code']),
    latest: latest?.digest,
    running: truth.runningDigests['dyno-agent-service'],
    updates: truth.updateServiceCalls.length,
    messages: truth.slackRequests,
  };
}

async function inSandbox(speed: number, story: (sandbox: Sandbox) => Promise<void>): Promise<void> {
  const sandbox = await startSandbox({ scenario: 'success', speed });
  try {
    await story(sandbox);
  } finally {
    await sandbox.close();
  }
}

const digestOf = ({ run }: Deployed) => run.outputs['image-digest'];

describe('two runs for one service at once', () => {
  it('the second is deployed while the first builds: the first leaves latest and the service to it', async () => {
    await inSandbox(60, async (sandbox) => {
      const docker = dockerThatWaits();
      const slow = deployInto(sandbox, { run: { path: [docker.path, ...engineAccess.path] } });
      await docker.begun();
      const second = await deployInto(sandbox);
      docker.go();
      const first = await slow;
      expect(end(sandbox, first, second), first.run.log).toEqual({
        results: ['superseded', 'succeeded'],
        codes: ['DG462', ''],
        latest: digestOf(second),
        running: [digestOf(second)],
        updates: 1,
        messages: 2,
      });
      expect(first.run.outputs['failure-reason']).toContain(second.sha.slice(0, 7));
      expect(first.run.log).toContain('No service was changed');
    });
  });

  it('the second is deployed between the move of latest and UpdateService: the first sends none', async () => {
    await inSandbox(60, async (sandbox) => {
      const docker = dockerThatWaits();
      const gate = await startGate(sandbox.url);
      const slow = deployInto(sandbox, {
        env: { AWS_ENDPOINT_URL_ECS: gate.url },
        run: { path: [docker.path, ...engineAccess.path] },
      });
      await docker.begun();
      // The services are read again after the tag's move; the preflight has read them before the build.
      const held = gate.hold('DescribeServices');
      docker.go();
      await held.reached;
      const second = await deployInto(sandbox);
      held.open();
      const first = await slow;
      gate.close();
      expect(end(sandbox, first, second), first.run.log).toEqual({
        results: ['superseded', 'succeeded'],
        codes: ['DG462', ''],
        latest: digestOf(second),
        running: [digestOf(second)],
        updates: 1,
        messages: 2,
      });
    });
  });
});

interface Held {
  readonly first: Deployed;
  readonly second: Deployed;
}

/** The first run is held up at a call of ECS, the second runs to its end, and then the first goes on. */
async function heldAt(sandbox: Sandbox, operation: string, options: DeployOptions = {}): Promise<Held> {
  const gate = await startGate(sandbox.url);
  const held = gate.hold(operation);
  try {
    const slow = deployInto(sandbox, { ...options, env: { AWS_ENDPOINT_URL_ECS: gate.url, ...options.env } });
    await held.reached;
    const second = await deployInto(sandbox, options);
    held.open();
    return { first: await slow, second };
  } finally {
    gate.close();
  }
}

describe('the second run comes to its end', () => {
  it('while the UpdateService of the first is on its way: the first sees what it has started', async () => {
    await inSandbox(60, async (sandbox) => {
      const { first, second } = await heldAt(sandbox, 'UpdateService');
      expect(end(sandbox, first, second), first.run.log).toMatchObject({
        results: ['superseded', 'succeeded'],
        codes: ['DG462', ''],
        latest: digestOf(second),
        running: [digestOf(second)],
        messages: 2,
      });
    });
  });

  it('and nothing of it is undone by on-failure: rollback of the first', async () => {
    await inSandbox(60, async (sandbox) => {
      const options = { inputs: { 'on-failure': 'rollback' } };
      const { first, second } = await heldAt(sandbox, 'UpdateService', options);
      expect(end(sandbox, first, second), first.run.log).toMatchObject({
        results: ['superseded', 'succeeded'],
        latest: digestOf(second),
        running: [digestOf(second)],
        updates: 2,
      });
    });
  });
});

describe('the second run starts during the rollout of the first', () => {
  it('says so before it changes anything, and takes over', async () => {
    await inSandbox(5, async (sandbox) => {
      const started = Promise.withResolvers<void>();
      const slow = deployInto(sandbox, {
        run: {
          onLogLine: (line) => (line.includes('started: 2 tasks wanted') ? started.resolve() : undefined),
        },
      });
      await started.promise;
      const second = await deployInto(sandbox);
      const first = await slow;
      expect(end(sandbox, first, second), first.run.log).toEqual({
        results: ['superseded', 'succeeded'],
        codes: ['DG608', ''],
        latest: digestOf(second),
        running: [digestOf(second)],
        updates: 2,
        messages: 2,
      });
      expect(second.run.log).toMatch(
        new RegExp(`DG551 .*in the middle of a deployment of ${first.sha.slice(0, 7)}`),
      );
    });
  });

  it('and is refused by ECS: latest goes back to what the first deploys, which stays green', async () => {
    await inSandbox(5, async (sandbox) => {
      const started = Promise.withResolvers<void>();
      const slow = deployInto(sandbox, {
        run: {
          onLogLine: (line) => (line.includes('started: 2 tasks wanted') ? started.resolve() : undefined),
        },
      });
      await started.promise;
      const gate = await startGate(sandbox.url);
      gate.refuse('UpdateService');
      const second = await deployInto(sandbox, { env: { AWS_ENDPOINT_URL_ECS: gate.url } });
      gate.close();
      const first = await slow;
      expect(end(sandbox, first, second), first.run.log).toMatchObject({
        results: ['succeeded', 'failed'],
        codes: ['', 'DG561'],
        latest: digestOf(first),
        running: [digestOf(first)],
        updates: 1,
      });
    });
  });
});

describe('latest is moved by somebody else', () => {
  it('while the rollout goes on: the run is not green, because the next deployment would run another image', async () => {
    const scenario = {
      ...success,
      others: [
        {
          when: { after: 5 },
          act: { kind: 'move-tag', repository: 'dyno-agent', tag: 'latest', marker: 'somebody else' },
        },
      ],
    } as const;
    const sandbox = await startSandbox({ scenario, speed: 60 });
    try {
      const only = await deployInto(sandbox);
      expect(only.run.outputs).toMatchObject({ result: 'superseded', 'failure-code': 'DG462' });
      expect(end(sandbox, only)).toMatchObject({ running: [digestOf(only)], updates: 1 });
    } finally {
      await sandbox.close();
    }
  });
});

describe.each(['report', 'rollback'])('every UpdateService is refused, with on-failure: %s', (onFailure) => {
  it('puts latest back to where it was', async () => {
    await inSandbox(60, async (sandbox) => {
      const before = end(sandbox).latest;
      const gate = await startGate(sandbox.url);
      gate.refuse('UpdateService');
      const only = await deployInto(sandbox, {
        inputs: { 'on-failure': onFailure },
        env: { AWS_ENDPOINT_URL_ECS: gate.url },
      });
      gate.close();
      expect(end(sandbox, only)).toMatchObject({
        results: ['failed'],
        codes: ['DG561'],
        latest: before,
        updates: 0,
      });
      expect(only.run.log).toContain('put back');
    });
  });
});
