import { describe, expect, it } from 'vitest';
import type { Scenario } from '../../sandbox/sandbox.ts';
import { crashLog } from '../../sandbox/scenarios/crash-log.ts';
import { changes, deploy } from './deploy.ts';

const names = Array.from({ length: 50 }, (_, at) => `dyno-${String(at + 1).padStart(2, '0')}`);
const FAILING = 'dyno-37';
const fifty: Scenario = {
  name: 'fifty-services',
  description: 'Fifty services of one cluster, deployed together: the tasks of one crash.',
  world: { services: names.map((name) => ({ name, desiredCount: 1, loadBalanced: false })) },
  tasksOfService: {
    [FAILING]: { outcomes: [{ kind: 'exits', exitCode: 1, seconds: 3, log: crashLog }] },
  },
  expect: { result: 'rolled-back', code: 'DG612' },
};

describe('fifty services, of which one fails', async () => {
  const { run, truth } = await deploy({ scenario: fifty, speed: 20 });
  const digest = run.outputs['image-digest'] ?? '';
  const others = names.filter((name) => name !== FAILING);
  const updates = truth.updateServiceCalls;

  it('starts one deployment of each, together, after all is known', () => {
    expect(updates).toHaveLength(50);
    const ours = truth.deploymentsStarted.filter(({ digests }) => digests.includes(digest));
    expect(ours.map(({ service }) => service).sort()).toEqual([...names].sort());
    const at = truth.calls.map(({ operation }) => operation);
    const [first, last] = [at.indexOf('UpdateService'), at.lastIndexOf('UpdateService')];
    // Nobody is waited for between the first and the last: no rollout is looked at before all have begun.
    expect(at.slice(first, last).filter((operation) => operation === 'ListTasks')).toEqual([]);
  });

  it('judges each by itself: forty-nine run the image, and the one what it ran before', () => {
    for (const name of others) expect(truth.runningDigests[name], name).toEqual([digest]);
    expect(truth.runningDigests[FAILING]).not.toContain(digest);
    const deployments = JSON.parse(run.outputs['deployments'] ?? '{}') as Record<
      string,
      { readonly result: string; readonly reason: string; readonly deploymentId: string }
    >;
    expect(Object.keys(deployments).sort()).toEqual([...names].sort());
    for (const name of others) expect(deployments[name]).toMatchObject({ result: 'succeeded', reason: '' });
    expect(deployments[FAILING]).toMatchObject({
      result: 'rolled-back',
      reason: expect.stringContaining(FAILING),
    });
    expect(new Set(Object.values(deployments).map(({ deploymentId }) => deploymentId)).size).toBe(50);
  });

  it('has the result of the worst one, and names it', () => {
    expect(run.main.exitCode).toBe(1);
    expect(run.outputs).toMatchObject({ result: 'rolled-back', 'failure-code': 'DG612' });
    expect(run.outputs['failure-reason']).toContain(FAILING);
    expect(run.log).toMatch(new RegExp(`DG612 .*${FAILING}`));
    // What is as it should be is not listed where the failure is told.
    const told = run.log.slice(run.log.indexOf('##[error]DG612'));
    expect(told).not.toContain('dyno-01');
    expect(run.log.split('\n')[0]).toContain('to 50 services, cluster');
  });

  it('shows all of them in the summary', () => {
    const rows = run.summary.split('\n').filter((line) => /^\| \[dyno-\d\d\]/.test(line));
    for (const name of names)
      expect(
        rows.filter((row) => row.includes(`[${name}]`)),
        name,
      ).toHaveLength(1);
    expect(rows.find((row) => row.includes(FAILING))).toMatch(/rolled|✗|❌/i);
    expect(Buffer.byteLength(run.summary)).toBeLessThan(1024 * 1024);
  });

  it('tells Slack once, in a message that it takes, with the one that failed', () => {
    expect(truth.slackRequests).toBe(1);
    expect(truth.slackMessages).toHaveLength(1);
    const said = JSON.stringify(truth.slackMessages[0]?.payload);
    expect(said).toContain(`${FAILING}: 1 task of the previous image`);
    expect(said).toContain('49 other services: tasks of the new image serve');
    expect(said.length).toBeLessThan(16_000);
  });

  it('reads them in batches: no more calls than a few for each look', () => {
    const looks = truth.calls.filter(({ operation }) => operation === 'DescribeServices').length;
    const seconds = (Number(truth.calls.at(-1)?.at) - Number(updates[0]?.at)) / 1000;
    expect(looks).toBeLessThan(seconds * 5 + 20);
    expect(truth.calls.filter(({ errorCode }) => errorCode === 'ThrottlingException')).toEqual([]);
  });
});

describe('fifty-one services', () => {
  it('are refused before anything is done', async () => {
    const service = [...names, 'one-more'].join('\n');
    const deployed = await deploy({ scenario: fifty, inputs: { service } });
    expect(deployed.run.outputs).toMatchObject({ result: 'failed', 'failure-code': 'DG101' });
    expect(deployed.run.outputs['failure-reason']).toContain('at most 50');
    expect(changes(deployed)).toEqual([]);
  });
});
