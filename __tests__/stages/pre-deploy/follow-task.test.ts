import { describe, expect, it } from 'vitest';
import type { OneOffStatus } from '../../../src/aws/one-off-tasks.ts';
import { Failure } from '../../../src/finding.ts';
import { failed, isWell } from '../../../src/stages/pre-deploy/findings.ts';
import { LogFollow } from '../../../src/stages/pre-deploy/follow-log.ts';
import { followTask } from '../../../src/stages/pre-deploy/follow-task.ts';
import { seen } from '../../../src/stages/rollout/observation.ts';
import { FakeClock } from '../rollout/fake-ecs.ts';

const ARN = 'arn:aws:ecs:us-east-1:123456789012:task/c/abc';

function status(change: Partial<OneOffStatus> = {}): OneOffStatus {
  return {
    status: 'RUNNING',
    desiredStatus: 'RUNNING',
    hasStarted: true,
    stoppedReason: undefined,
    stopCode: undefined,
    exitCode: undefined,
    containerReason: undefined,
    others: [],
    ...change,
  };
}

const stopped = (change: Partial<OneOffStatus> = {}) =>
  status({
    status: 'STOPPED',
    desiredStatus: 'STOPPED',
    stopCode: 'EssentialContainerExited',
    exitCode: 0,
    ...change,
  });

interface World {
  readonly at: (ms: number) => OneOffStatus | undefined | Error;
  readonly stop?: Error;
  readonly waitMinutes?: number;
  readonly cancelAt?: number;
  readonly withLog?: boolean;
}

/** Follows a task of a world, and tells what it asked for when. */
async function followed({ at, stop, waitMinutes = 30, cancelAt, withLog = true }: World) {
  const clock = new FakeClock();
  const start = clock.now();
  const controller = new AbortController();
  const stops: string[] = [];
  const calls = { status: 0, log: 0 };
  const said: string[] = [];
  const tasks = {
    status: () => {
      calls.status += 1;
      const now = clock.now() - start;
      if (cancelAt !== undefined && now >= cancelAt) controller.abort(new Error('cancelled'));
      const answer = at(now);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    stop: (_: string, __: string, why: string) => {
      stops.push(why);
      return stop ? Promise.reject(stop) : Promise.resolve();
    },
  };
  const logs = {
    page: () => {
      calls.log += 1;
      return Promise.resolve(seen({ lines: [`at ${clock.now() - start}`], next: 'f', isEnd: true }));
    },
  };
  const query = { destination: { group: 'g', region: 'r', prefix: 'p' }, container: 'app', taskArn: ARN };
  let isNotedStopped = false;
  const result = await followTask(
    { tasks, cluster: 'c', arn: ARN, container: 'app' },
    {
      clock,
      signal: controller.signal,
      say: (line) => said.push(line),
      log: withLog ? new LogFollow(query, logs, (line) => said.push(line), controller.signal) : undefined,
      onStop: () => {
        isNotedStopped = true;
      },
      waitMinutes,
    },
  ).catch((error: unknown) => error);
  return { result, stops, calls, said, seconds: (clock.now() - start) / 1000, isNotedStopped };
}

const denied = Object.assign(new Error('not authorized to perform: ecs:DescribeTasks'), {
  name: 'AccessDeniedException',
  $metadata: { httpStatusCode: 400 },
});
const broken = Object.assign(new Error('reset'), { code: 'ECONNRESET' });

describe('followTask', () => {
  it('shows the log while the task runs, and gives its end', async () => {
    const { result, said, stops } = await followed({ at: (ms) => (ms < 10_000 ? status() : stopped()) });
    expect(result).toMatchObject({ status: 'STOPPED', exitCode: 0 });
    expect(said.filter((line) => line.includes('| at'))).not.toHaveLength(0);
    expect(said.findIndex((line) => line.includes('| at'))).toBeLessThan(said.indexOf('  stopped'));
    expect(stops).toEqual([]);
  });

  it('makes about one call in two seconds, once it is clear that the command takes its time', async () => {
    const { calls, seconds } = await followed({ at: (ms) => (ms < 600_000 ? status() : stopped()) });
    expect((calls.status + calls.log) / seconds).toBeLessThanOrEqual(0.6);
    expect(seconds).toBeLessThan(608);
  });

  it('asks for no log before the container runs', async () => {
    const { calls } = await followed({
      at: (ms) =>
        ms < 30_000 ? status({ status: 'PENDING', hasStarted: false }) : stopped({ exitCode: undefined }),
      withLog: true,
    });
    expect(calls.log).toBeLessThanOrEqual(3);
  });

  it('ends with the container of the command, and stops what goes on beside it', async () => {
    const { result, stops, seconds } = await followed({
      at: (ms) => (ms < 5_000 ? status() : status({ exitCode: 0 })),
    });
    expect(result).toMatchObject({ exitCode: 0 });
    expect(stops).toEqual(['Its command has ended']);
    expect(seconds).toBeLessThan(15);
  });

  it('bears answers that are lost for a while', async () => {
    const { result, stops } = await followed({
      at: (ms) => (ms > 4_000 && ms < 90_000 ? broken : ms < 100_000 ? status() : stopped()),
    });
    expect(result).toMatchObject({ exitCode: 0 });
    expect(stops).toEqual([]);
  });

  it.each([
    ['the role may not look', denied, 10],
    ['ECS does not answer any more', broken, 200],
    ['ECS does not find it any more', undefined, 200],
  ])('stops the task and fails where %s', async (_, answer, within) => {
    const { result, stops, seconds, isNotedStopped } = await followed({
      at: (ms) => (ms < 5_000 ? status() : answer),
    });
    expect(result).toBeInstanceOf(Failure);
    expect(result).toMatchObject({ findings: [{ code: 'DG575' }] });
    expect(stops).toHaveLength(1);
    expect(isNotedStopped).toBe(true);
    expect(seconds).toBeLessThan(within);
  });

  it.each([
    [undefined, /was stopped/],
    [denied, /could not be stopped: it goes on/],
  ])('ends at wait-for-minutes, and says whether the task goes on', async (stop, words) => {
    const { result } = await followed({ at: () => status(), waitMinutes: 2, ...(stop ? { stop } : {}) });
    expect(result).toMatchObject({
      result: 'timed-out',
      findings: [{ code: 'DG573', title: expect.stringMatching(words) }],
    });
  });

  it('stops the task when the run is cancelled', async () => {
    const { result, stops } = await followed({ at: () => status(), cancelAt: 20_000 });
    expect(result).toMatchObject({ message: 'cancelled' });
    expect(stops).toEqual(['The deploy-guard run was cancelled']);
  });
});

describe('the end of a one-off task', () => {
  const running = { cluster: 'c', arn: ARN };

  it.each([
    ['exit code 0 of its own', {}, true],
    ['exit code 1', { exitCode: 1 }, false],
    ['no exit code', { exitCode: undefined }, false],
    ['exit code 0 after a person stopped it', { stopCode: 'UserInitiated' }, false],
    ['exit code 0 after its Spot capacity was taken', { stopCode: 'SpotInterruption' }, false],
  ] as const)('%s', (_, change, well) => {
    expect(isWell(stopped(change))).toBe(well);
  });

  it.each([
    [
      { exitCode: 137, containerReason: 'OutOfMemoryError: Container killed due to memory usage.' },
      'DG571',
      /exit code 137 \(OutOfMemoryError/,
    ],
    [
      { exitCode: undefined, hasStarted: false, stoppedReason: 'CannotPullContainerError: x' },
      'DG572',
      /never ran: CannotPull/,
    ],
    [
      { exitCode: undefined, stoppedReason: 'Host EC2 (instance i-1) terminated.' },
      'DG572',
      /ended without an exit code: Host/,
    ],
    [
      { exitCode: 0, stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' },
      'DG571',
      /before it was done .*Spot/,
    ],
  ])('%j is said as it is', (change, code, words) => {
    expect(failed(running, stopped(change), 'migrate', [])).toMatchObject({
      code,
      title: expect.stringMatching(words),
    });
  });

  it.each([
    [{ exitCode: 1 }, ['no such revision'], 'Correct what its last lines tell of, and run the job again. '],
    [{ exitCode: 1 }, [], 'See in its log why, correct that, and run the job again. '],
    [{ exitCode: 143, stopCode: 'UserInitiated' }, ['INFO'], 'Run the job again. '],
  ])('%j, with %j, says what to do', (change, lines, words) => {
    const { fix } = failed(running, stopped(change), 'migrate', lines);
    expect(fix).toBe(
      `${words}The task: \`aws ecs describe-tasks --cluster c --tasks ${ARN.split('/').at(-1)}\`.`,
    );
  });

  it('names the container beside it that failed', () => {
    const others = [
      { name: 'proxy', exitCode: 1, reason: undefined },
      { name: 'logs', exitCode: 0, reason: undefined },
    ];
    const { detail } = failed(running, stopped({ exitCode: 143, others }), 'migrate', ['last word']);
    expect(detail).toContain('proxy (exit code 1)');
    expect(detail).not.toContain('logs');
    expect(detail).toContain('| last word');
  });
});
