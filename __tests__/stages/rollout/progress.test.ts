import { describe, expect, it } from 'vitest';
import { span } from '../../../src/stages/report/words.ts';
import { earlierSeconds, findOurs } from '../../../src/stages/rollout/locate.ts';
import { earlierText, linesBetween, type Progress, tasksText } from '../../../src/stages/rollout/progress.ts';
import { stopwatch } from '../../../src/stages/rollout/stopwatch.ts';
import { event, OURS } from './observations.ts';

const progress: Progress = {
  desired: 2,
  wanted: 2,
  running: 1,
  pending: 1,
  failed: 0,
  older: 2,
  what: 'waiting',
  stage: undefined,
  trouble: undefined,
  evidence: undefined,
  events: [],
};

describe('what a person sees', () => {
  it('counts tasks in words', () => {
    expect(tasksText(progress)).toBe('1 of 2 new tasks running, 1 starting, 2 old ones still running');
    expect(tasksText({ ...progress, desired: 1, pending: 0, failed: 3, older: 1 })).toBe(
      '1 of 1 new task running, 3 failed, 1 old one still running',
    );
    expect(tasksText({ ...progress, desired: 0 })).toBe('2 of 2 old tasks running, 1 new still running');
    expect(tasksText({ ...progress, desired: 0, running: 0 })).toBe('2 of 2 old tasks running');
  });

  it('is a line only where something changed', () => {
    expect(linesBetween(progress, progress)).toEqual([]);
    expect(linesBetween(progress, { ...progress, running: 2, pending: 0 })).toEqual([
      { kind: 'tasks', text: '2 of 2 new tasks running, 2 old ones still running' },
    ]);
  });

  it('has each event once, shortened, and the same ones counted', () => {
    const arn = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/6d0ecf831eec9f09';
    const events = [
      event(1, `(service web) registered 1 targets in (target-group ${arn})`),
      { ...event(2, `(service web) registered 1 targets in (target-group ${arn})`) },
    ];
    const after = { ...progress, events };
    expect(linesBetween(progress, after)).toEqual([
      { kind: 'event', text: 'registered 1 targets in (target-group web) (2 times)' },
    ]);
    expect(linesBetween(after, after)).toEqual([]);
  });

  it('shows trouble again only where there is more to it', () => {
    const evidence = { code: 'DG612', counted: 1, hasLog: false };
    const trouble = { ...progress, trouble: 'the new tasks crash', evidence };
    expect(linesBetween(progress, trouble)).toEqual([{ kind: 'diagnosis', text: 'the new tasks crash' }]);
    expect(linesBetween(trouble, { ...trouble, trouble: 'the new tasks crash (2 of 2)' })).toEqual([]);
    const shownFor = (more: object) =>
      linesBetween(trouble, { ...trouble, evidence: { ...evidence, ...more } }).length;
    expect([{ counted: 2 }, { hasLog: true }, { code: 'DG620' }].map(shownFor)).toEqual([1, 1, 1]);
    // ECS counts from the start again once a task is healthy: that is no more trouble, but less.
    expect([{}, { counted: 0 }].map(shownFor)).toEqual([0, 0]);
  });

  it.each([
    [[70], 'the last one took 1 min 10 s'],
    [[70, 70], 'the last two took 1 min 10 s each'],
    [[70, 65, 80, 71, 72], 'the last five took 1 min 5 s to 1 min 20 s'],
    [[], undefined],
  ])('how long it took before: %j', (seconds, text) => {
    expect(earlierText(seconds)).toBe(text);
  });

  it.each([
    [200, '1 s', '0:00'],
    [22_400, '22 s', '0:22'],
    [65_000, '1 min 5 s', '1:05'],
    [1_800_000, '30 min', '30:00'],
    [3_723_000, '1 h 2 min', '1:02:03'],
  ])('%i ms as people say it', (ms, said, shown) => {
    expect(span(ms)).toBe(said);
    expect(stopwatch(ms)).toBe(shown);
  });
});

describe('our service deployment', () => {
  const number = OURS.slice('ecs-svc/'.length);
  const listed = (arn: string, createdAt: number, revisionArn = 'r/0') => ({
    arn,
    status: 'IN_PROGRESS',
    createdAt,
    revisionArn,
  });

  it('is the one whose revision has the number of our deployment, whatever its time', () => {
    expect(findOurs([listed('a', 1_000), listed('b', 9_999_000, `r/${number}`)], OURS, 1_000)).toBe('b');
  });

  it('is else the nearest in time: two that began within seconds are told apart', () => {
    expect(findOurs([listed('newer', 4_000), listed('ours', 1_200)], OURS, 1_000)).toBe('ours');
  });

  it('is none where none is near, and none where two are equally near', () => {
    expect(findOurs([listed('old', 1_000)], OURS, 60_000)).toBeUndefined();
    expect(findOurs([listed('a', 900), listed('b', 1_100)], OURS, 1_000)).toBeUndefined();
    expect(findOurs([listed('a', 900)], OURS, undefined)).toBeUndefined();
  });

  it('leaves itself and what failed out of how long it took before', () => {
    const took = (arn: string, status: string, seconds: number) => ({
      arn,
      status,
      startedAt: 0,
      finishedAt: seconds * 1000,
    });
    expect(
      earlierSeconds(
        [took('ours', 'SUCCESSFUL', 1), took('a', 'SUCCESSFUL', 70), took('b', 'STOPPED', 5)],
        'ours',
      ),
    ).toEqual([70]);
  });
});
