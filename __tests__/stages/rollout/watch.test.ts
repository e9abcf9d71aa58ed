import { describe, expect, it } from 'vitest';
import { ObservationFault } from '../../../src/stages/rollout/ports.ts';
import type { StartedDeployment } from '../../../src/stages/rollout/rollout.ts';
import { ObservationFailed, watchRollouts } from '../../../src/stages/rollout/watch.ts';
import { FakeClock, FakeEcs, options, portsFor, type World } from './fake-ecs.ts';
import {
  deployment,
  entry,
  FOREIGN,
  failed,
  NEWER,
  OLD,
  OURS,
  PUSHED,
  REVISION_ARN,
  revision,
  service,
  serviceDeployment,
} from './observations.ts';
import { listed, old, succeedsAfter } from './worlds.ts';

function watching(
  world: (name: string, elapsed: number) => World,
  more: ConstructorParameters<typeof FakeEcs>[2] = {},
) {
  const clock = new FakeClock();
  const ecs = new FakeEcs(clock, world, more);
  const controller = new AbortController();
  return { clock, ecs, controller, ports: portsFor(ecs, clock, controller.signal) };
}

const many = (n: number): readonly StartedDeployment[] =>
  Array.from({ length: n }, (_, i) => ({ ...deployment, service: `web-${i}` }));

describe('a rollout that goes well', () => {
  it('ends green within three seconds of its end, and tells what happened, nothing twice', async () => {
    const { ports } = watching(succeedsAfter(90_000), { latencyMs: 60 });
    const [outcome] = await watchRollouts([deployment], options, ports);
    expect(outcome).toMatchObject({
      result: 'succeeded',
      running: 2,
      desired: 2,
      digests: [PUSHED],
      earlierSeconds: [65, 80, 70],
    });
    expect(outcome?.seconds).toBeGreaterThanOrEqual(90);
    expect(outcome?.seconds).toBeLessThan(93);
    const texts = ports.lines.map(({ text }) => text);
    expect(texts).toContain('the last three took 1 min 5 s to 1 min 20 s');
    expect(texts).toContain('2 of 2 new tasks running, 2 old ones still running');
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('is silent for thirty seconds at most', async () => {
    const { ports } = watching(succeedsAfter(400_000));
    await watchRollouts([deployment], options, ports);
    const at = ports.lines.map(({ elapsedMs }) => elapsedMs);
    expect(Math.max(...at.slice(1).map((ms, i) => ms - (at[i] ?? 0)))).toBeLessThanOrEqual(33_000);
    expect(ports.lines.filter(({ kind }) => kind === 'heartbeat').length).toBeGreaterThan(5);
  });

  it.each([1, 2, 10])('with %i services keeps to a call in two seconds', async (n) => {
    const { ecs, ports } = watching(succeedsAfter(120_000), { latencyMs: 30 });
    const outcomes = await watchRollouts(n === 1 ? [deployment] : many(n), options, ports);
    expect(outcomes.map(({ result }) => result)).toEqual(Array(n).fill('succeeded'));
    expect(ecs.calls).toBeLessThanOrEqual(120 / 2 + 1);
    expect(Math.max(...outcomes.map(({ seconds }) => seconds))).toBeLessThan(123);
  });

  it('keeps the budget where ten services are done one after the other, each with its own time', async () => {
    const ends = (name: string) => 20_000 + Number(name.slice(4)) * 12_000;
    const { ecs, ports } = watching((name, elapsed) => succeedsAfter(ends(name))(name, elapsed));
    const outcomes = await watchRollouts(many(10), options, ports);
    expect(ecs.calls).toBeLessThanOrEqual(128 / 2 + 6);
    for (const { service: name, seconds } of outcomes) {
      expect(seconds).toBeGreaterThanOrEqual(ends(name) / 1000);
      expect(seconds).toBeLessThan(ends(name) / 1000 + 3);
    }
  });
});

describe('permissions that are missing', () => {
  it.each([
    ['ecs:ListServiceDeployments'],
    ['ecs:ListServiceDeployments', 'ecs:DescribeServiceDeployments', 'ecs:DescribeServiceRevisions'],
    ['ecs:ListTasks'],
    ['ecs:DescribeTasks', 'ecs:DescribeServiceDeployments'],
  ])('do not change the verdict: %s', async (...denied) => {
    const { ports } = watching(succeedsAfter(60_000), { denied });
    const [outcome] = await watchRollouts([deployment], options, ports);
    expect(outcome?.result).toBe('succeeded');
    expect(outcome?.seconds).toBeLessThan(63.5);
  });

  it('for the log cost the log alone', async () => {
    const { ports } = watching(crashing, { denied: ['logs:GetLogEvents'] });
    const [outcome] = await watchRollouts([deployment], options, ports);
    expect(outcome).toMatchObject({ result: 'failed', finding: { code: 'DG612' }, lastLogLines: [] });
    expect(outcome?.notes[0]?.title).toContain('logs:GetLogEvents');
  });
});

/** A crash loop, a task each 30 s that lives for 24 s, without a circuit breaker. */
function crashing(_: string, elapsed: number): World {
  const ended = Math.floor((elapsed + 6_000) / 30_000);
  const stopped = Array.from({ length: ended }, (__, i) => failed(i, i * 30, 24, { exitCode: 1 }));
  const up = elapsed % 30_000 > 20_000 && elapsed % 30_000 < 24_000 ? 1 : 0;
  const target = { arn: REVISION_ARN, requested: 1, running: up, pending: 1 - up };
  return {
    service: service([entry(OURS, { running: up, desired: 1 }), old], {
      desired: 1,
      breaker: { enabled: false, rollback: false },
    }),
    serviceDeployment: serviceDeployment('IN_PROGRESS', { target }),
    listed,
    revision: revision(PUSHED),
    running: [],
    stopped,
    log: ['booting', 'RuntimeError: DATABASE_URL is not set'],
  };
}

describe('a rollout that goes badly', () => {
  it('is red in seconds where each task fails between two looks, and no count ever tells', async () => {
    const { ports } = watching(
      (_, elapsed) => {
        const pending = { arn: REVISION_ARN, requested: 2, running: 0, pending: 2 };
        const ended = Math.floor(elapsed / 4_000);
        return {
          service: service([entry(OURS, { running: 0, failedTasks: ended }), old], {
            breaker: { enabled: false, rollback: false },
          }),
          serviceDeployment: serviceDeployment('IN_PROGRESS', { target: pending }),
          listed,
          revision: revision(PUSHED),
          running: [],
          stopped: Array.from({ length: ended }, (__, i) => failed(i, i * 4, 3, { exitCode: 1 })),
        };
      },
      { latencyMs: 40 },
    );
    const [outcome] = await watchRollouts([deployment], options, ports);
    expect(outcome).toMatchObject({ result: 'failed', finding: { code: 'DG612' } });
    expect(outcome?.seconds).toBeLessThan(20);
  });

  it('is red within three seconds of the third crash, with the log and what serves', async () => {
    const { ports } = watching(crashing, { latencyMs: 40 });
    const [outcome] = await watchRollouts([deployment], options, ports);
    expect(outcome).toMatchObject({
      result: 'failed',
      finding: { code: 'DG612' },
      lastLogLines: ['booting', 'RuntimeError: DATABASE_URL is not set'],
      stillServing: { running: 2, image: 'a31be07', deploymentId: OLD },
    });
    expect(outcome?.seconds).toBeGreaterThanOrEqual(84);
    expect(outcome?.seconds).toBeLessThan(87);
    expect(
      ports.lines.some(({ kind, text }) => kind === 'diagnosis' && text.includes('crash at start')),
    ).toBe(true);
  });

  it('leaves open whose fault another image is: another run may have moved the tag', async () => {
    const world: World = {
      service: service([entry(OURS), old]),
      serviceDeployment: serviceDeployment('IN_PROGRESS'),
      listed,
      revision: revision(FOREIGN),
    };
    const { ports } = watching(() => world);
    const [outcome] = await watchRollouts([deployment], options, ports);
    expect(outcome?.finding?.code).toBe('DG631');
    expect(ports.lines.at(-1)?.text).toBe('over: another image was found');
  });

  it.each([
    [FOREIGN, '4f9c2e1', ' of 4f9c2e1 took over'],
    [PUSHED, '4f9c2e1', ' of the same image took over'],
  ])(
    'names the commit of a newer deployment by its tag, or its image as the same: %s',
    async (digest, image, said) => {
      const newerArn = 'arn:aws:ecs:us-east-1:123456789012:service-deployment/c/newer/x';
      const taken: World = {
        service: service([entry(NEWER), entry(OURS, { status: 'ACTIVE' }), old], {
          currentServiceDeploymentArn: newerArn,
        }),
        serviceDeployment: serviceDeployment('STOPPED'),
        listed,
        revision: revision(PUSHED),
      };
      const newer: World = {
        serviceDeployment: serviceDeployment('IN_PROGRESS', {
          arn: newerArn,
          target: { arn: 'arn:x/c/newer/3', requested: 2, running: 0, pending: 2 },
        }),
        revision: { ...revision(digest), arn: 'arn:x/c/newer/3' },
      };
      const { ports } = watching((name) => (name === 'newer' ? newer : taken));
      const commit = '4f9c2e1'.padEnd(40, '0');
      const [outcome] = await watchRollouts([deployment], options, {
        ...ports,
        tagsOf: async () => ['latest', commit],
      });
      expect(outcome).toMatchObject({ result: 'superseded', newer: { deploymentId: NEWER, image } });
      expect(outcome?.finding?.title).toContain(said);
      expect(outcome?.finding?.title).not.toContain(commit);
    },
  );
});

describe('waiting that is not wanted or not allowed to go on', () => {
  it('0 asks nothing and is started', async () => {
    const { ecs, ports } = watching(succeedsAfter(10_000));
    const [outcome] = await watchRollouts([deployment], { ...options, waitForMs: 0 }, ports);
    expect(outcome?.result).toBe('started');
    expect(outcome?.finding).toBeUndefined();
    expect(ecs.asked).toEqual([]);
  });

  it('ends at the time-out, not a look later', async () => {
    const { ports } = watching(succeedsAfter(600_000));
    const [outcome] = await watchRollouts([deployment], { ...options, waitForMs: 60_000 }, ports);
    expect(outcome).toMatchObject({ result: 'timed-out', finding: { code: 'DG609' } });
    expect(outcome?.seconds).toBeLessThan(61);
  });

  it('cancelled, it returns at once though an answer is under way', async () => {
    const { ecs, controller, ports } = watching(succeedsAfter(600_000));
    ecs.services = () => new Promise(() => controller.abort());
    const [outcome] = await watchRollouts([deployment], options, ports);
    expect(outcome).toMatchObject({ result: 'cancelled', finding: { code: 'DG643' } });
    expect(outcome?.finding?.title).toContain(OURS);
  });
});

describe('AWS that does not answer', () => {
  const fault = (kind: ObservationFault['kind']) => new ObservationFault(kind, `${kind} it was`);
  const during = (from: number, to: number, kind: ObservationFault['kind']) => (call: number) =>
    call > from && call <= to ? fault(kind) : undefined;

  it.each(['unreachable', 'throttled'] as const)('for some looks (%s) is waited for', async (kind) => {
    const { ports } = watching(succeedsAfter(200_000), { fault: during(10, 16, kind) });
    const [outcome] = await watchRollouts([deployment], options, ports);
    expect(outcome?.result).toBe('succeeded');
  });

  it('once, for credentials, is a hiccup', async () => {
    const { ports } = watching(succeedsAfter(60_000), { fault: during(10, 11, 'expired-credentials') });
    expect((await watchRollouts([deployment], options, ports))[0]?.result).toBe('succeeded');
  });

  it.each([
    ['expired-credentials', 'DG641'],
    ['unreachable', 'DG642'],
    ['denied', 'DG644'],
  ] as const)('any more (%s) is thrown, with what is known of each service', async (kind, code) => {
    const { clock, ports } = watching(succeedsAfter(1_200_000), {
      fault: (call) => (call > 10 ? fault(kind) : undefined),
    });
    const begun = clock.now();
    const error = await watchRollouts([deployment], options, ports).catch((thrown: unknown) => thrown);
    if (!(error instanceof ObservationFailed)) throw new Error(`expected ObservationFailed, got ${error}`);
    expect(error.reason).toBe(kind);
    expect(error.outcomes).toMatchObject([{ service: 'web', result: 'failed', finding: { code } }]);
    expect(clock.now() - begun).toBeLessThan(kind === 'unreachable' ? 260_000 : 40_000);
  });

  it('at the time-out is timed-out, not forgotten', async () => {
    const { ports } = watching(succeedsAfter(600_000), {
      fault: (call) => (call > 20 ? fault('unreachable') : undefined),
    });
    const [outcome] = await watchRollouts([deployment], { ...options, waitForMs: 120_000 }, ports);
    expect(outcome?.result).toBe('timed-out');
  });
});
