import { describe, expect, it } from 'vitest';
import { causeOf, causeOfText, failureCauses } from '../../../src/stages/rollout/failure-causes.ts';
import { failureOf } from '../../../src/stages/rollout/task-failures.ts';
import { failed } from './observations.ts';
import { events, harmless, reasons } from './wordings.ts';

const context = {
  taskDefinition: 'web:57',
  cluster: 'c',
  service: 'web',
  repositoryUri: 'r/web',
  log: [],
  said: [],
};

describe('recorded wordings', () => {
  it.each([...reasons, ...events])('is $code: $text', ({ text, code }) => {
    expect(causeOfText(text)?.code).toBe(code);
  });

  it.each(harmless)('names no cause: %s', (text) => {
    expect(causeOfText(text)).toBeUndefined();
  });
});

it.each(failureCauses.map((cause) => [cause.code, cause] as const))(
  'the fix of %s is sentences, with its commands in code spans',
  (_, { fix }) => {
    const text = fix(context);
    expect(text).toMatch(/\.$/);
    expect(text.replaceAll(/`[^`]+`/g, '')).not.toMatch(/\baws [a-z]+ [a-z]+-/);
  },
);

describe('the fix follows what AWS said', () => {
  const NETWORK = /^Give the tasks of web a way to the registry/;
  it.each<readonly [string, RegExp]>([
    [
      'CannotPullContainerError: failed to do request: Head "https://r/v2/": dial tcp 10.0.0.1:443: i/o timeout',
      NETWORK,
    ],
    [
      'CannotPullContainerError: failed to resolve reference: unexpected status code 403 Forbidden',
      /^Let the execution role of web:57 pull/,
    ],
    [
      'CannotPullContainerError: User is not authorized to perform: ecr:BatchGetImage',
      /^Let the execution role of web:57 pull/,
    ],
    ['CannotPullContainerError: pull image manifest: manifest unknown', /^Correct the image in web:57/],
    [
      'CannotPullContainerError: failed to resolve ref r/web:latest: not found',
      /^Correct the image in web:57/,
    ],
    ['CannotPullContainerError: something new', /^See that the image named in web:57 exists/],
    [
      'was unable to place a task because no container instance met all of its requirements.',
      /^Give the cluster c room/,
    ],
    [
      'was unable to place a task. Reason: Capacity is unavailable at this time.',
      /^Give web subnets in more availability zones/,
    ],
    [
      "was unable to place a task. Reason: You've reached the limit on the number of tasks you can run concurrently.",
      /^Ask AWS for a higher quota/,
    ],
    ['was unable to place a task.', /^Make room for the tasks of web/],
  ])('%s', (text, fix) => {
    expect(causeOfText(text)?.fix({ ...context, said: ['(service web) has started 2 tasks', text] })).toMatch(
      fix,
    );
  });
});

describe('a failure without telling words', () => {
  const crash = failureOf(failed(1, 0, 20, { exitCode: 1 }));
  if (crash === undefined) throw new Error('a task that exits 1 is a failure');

  it('is a crash', () => {
    expect(causeOf(crash).code).toBe('DG612');
  });

  it('is the architecture where the log says exec format error', () => {
    const log = ['exec /usr/local/bin/docker-entrypoint.sh: exec format error'];
    expect(causeOf(crash, log).code).toBe('DG619');
  });

  it('is memory where the exit code is 137', () => {
    expect(causeOf({ ...crash, exitCode: 137 }).code).toBe('DG620');
  });

  it('has no reason where ECS gives none', () => {
    const silent = failureOf(failed(1, 0, 20, { stopCode: 'TaskFailedToStart', stoppedReason: '' }));
    expect(silent && causeOf(silent).code).toBe('DG623');
  });

  it('points to the log where it could not be read', () => {
    expect(causeOf(crash).fix(context)).toBe(
      "See why in the container's log, whose group the task definition web:57 names; correct that, build again, and run this job again.",
    );
  });

  it.each([
    ['RuntimeError: DATABASE_URL is not set', 'DATABASE_URL'],
    ["KeyError: 'JWT_SECRET'", 'JWT_SECRET'],
    ['Error: environment variable REDIS_HOST is required', 'REDIS_HOST'],
    ['panic: missing something else', undefined],
  ])('names the variable that is missing: %s', (line, name) => {
    const fix = causeOf(crash).fix({ ...context, log: ['starting', line] });
    expect(/Add ([A-Z_]+) to/.exec(fix)?.[1]).toBe(name);
  });
});

describe('a task that was stopped on purpose', () => {
  it.each([
    { stopCode: 'UserInitiated', stoppedReason: 'by hand' },
    { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' },
    {
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/1)',
    },
  ])('is no failure: $stoppedReason', (more) => {
    expect(failureOf(failed(1, 0, 20, more))).toBeUndefined();
  });

  it('is one where its health check failed', () => {
    const more = {
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: 'Task failed ELB health checks in (target-group x)',
    };
    expect(failureOf(failed(1, 0, 20, more))).toBeDefined();
  });
});
