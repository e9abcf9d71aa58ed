import { describe, expect, it } from 'vitest';
import type { GitHubOptions } from '../../sandbox/github/api.ts';
import { type DeployOptions, deploy } from './deploy.ts';

const RUN = 'https://github.com/acme/dyno-agent/actions/runs/17364528190';
/** The page of the job that the harness runs. */
const JOB = `${RUN}/job/48612345678`;
const TOKEN = 'ghs_TheTokenOfThisJob0123456789';
const inputs = {
  environment: 'production',
  'environment-url': 'https://dyno.example.com',
  'github-token': TOKEN,
  // What it has to say of this workspace is told in tests of its own.
  hygiene: 'off',
};

async function recorded(options: DeployOptions & { readonly github?: GitHubOptions } = {}) {
  const { github = {}, ...rest } = options;
  const deployed = await deploy({
    ...rest,
    inputs: { ...inputs, ...rest.inputs },
    sandbox: { ...rest.sandbox, github },
  });
  const { deployments, requests } = deployed.truth.github;
  const states = deployments.map(({ statuses }) => statuses.map(({ state }) => state));
  return { ...deployed, deployments, requests, states };
}

describe.concurrent('a run with `environment`', () => {
  it('records one deployment of the commit, from its beginning to its success', async () => {
    const { run, deployments, states, sha } = await recorded();
    expect(run.outputs['result'], run.log).toBe('succeeded');
    expect(deployments).toHaveLength(1);
    expect(deployments[0]).toMatchObject({ environment: 'production', ref: sha, madeBy: 'api' });
    expect(states).toEqual([['in_progress', 'success']]);
    for (const status of deployments[0]?.statuses ?? []) {
      expect(status).toMatchObject({ logUrl: JOB, environmentUrl: 'https://dyno.example.com' });
    }
    expect(run.annotations.map(({ message }) => message).join()).not.toContain('DG811');
    expect(run.leaks([TOKEN])).toEqual([]);
  });

  it("uses the deployment that the job's own `environment:` made", async () => {
    const jobEnvironment = { name: 'production', ref: 'main', logUrl: JOB };
    const { deployments, states } = await recorded({ github: { jobEnvironment } });
    expect(deployments).toHaveLength(1);
    expect(deployments[0]?.madeBy).toBe('job');
    expect(states).toEqual([['queued', 'in_progress', 'in_progress', 'success']]);
  });

  it('makes its own where the newest is of another run, whose number begins alike', async () => {
    const jobEnvironment = { name: 'production', ref: 'main', logUrl: `${RUN}7/job/1` };
    const { states } = await recorded({ github: { jobEnvironment } });
    expect(states).toEqual([
      ['queued', 'in_progress'],
      ['in_progress', 'success'],
    ]);
  });

  it('leaves the deployment of another job of the run alone', async () => {
    const [name, ref] = ['production', 'main'];
    const { deployments, states } = await recorded({
      github: {
        jobEnvironments: [
          { name, ref, logUrl: JOB },
          { name, ref, logUrl: `${RUN}/job/48612349999` },
        ],
      },
    });
    expect(deployments.map(({ madeBy }) => madeBy)).toEqual(['job', 'job']);
    expect(states).toEqual([
      ['queued', 'in_progress', 'in_progress', 'success'],
      ['queued', 'in_progress'],
    ]);
  });

  it('takes the newest of the run where GitHub does not tell the number of the job', async () => {
    const jobEnvironment = { name: 'production', ref: 'main', logUrl: JOB };
    const { deployments, states } = await recorded({
      github: { jobEnvironment },
      inputs: { 'job-id': '' },
    });
    expect(states).toEqual([['queued', 'in_progress', 'in_progress', 'success']]);
    expect(deployments[0]?.statuses.at(-1)?.logUrl).toBe(RUN);
  });

  it.each([
    ['crash-loop-breaker', 'failure', /^DG612 /],
    ['circuit-breaker-rollback', 'failure', /^DG612 /],
    ['superseded', 'inactive', /^DG608 /],
    ['unhealthy-url', 'failure', /^DG701 /],
  ])('of the scenario %s ends as %s', async (scenario, state, description) => {
    const { deployments, states, run } = await recorded({ scenario });
    expect(states, run.log).toEqual([['in_progress', state]]);
    expect(deployments[0]?.statuses.at(-1)?.description).toMatch(description);
    expect(deployments[0]?.statuses.at(-1)?.description.length).toBeLessThanOrEqual(140);
  });

  it('leaves a deployment that nobody waited for in progress', async () => {
    const { states, run } = await recorded({ inputs: { 'wait-for-minutes': '0' } });
    expect(run.outputs['result']).toBe('started');
    expect(states).toEqual([['in_progress', 'in_progress']]);
  });

  it('records nothing where nothing begins: a preflight that fails, a check, no environment', async () => {
    const runs = await Promise.all([
      recorded({ scenario: 'missing-secret' }),
      recorded({ inputs: { mode: 'check' } }),
      recorded({ inputs: { environment: '' } }),
    ]);
    expect(runs.map(({ deployments }) => deployments)).toEqual([[], [], []]);
    // The preflight of a deploy asks whether it may, and no more.
    const asked = runs.map(({ requests }) => requests.map(({ method, path }) => `${method} ${path}`));
    expect(asked).toEqual([['POST /repos/acme/dyno-agent/deployments/0/statuses'], [], []]);
  });

  it('is warned in its preflight, once, that its token may not record it', async () => {
    const { run, deployments } = await recorded({
      scenario: 'missing-secret',
      github: { behaviour: 'forbidden' },
    });
    expect(run.log).toMatch(/^! github +DG811 The deployment to production can't be recorded at GitHub: /m);
    expect(run.annotations.filter(({ message }) => message.startsWith('DG811'))).toHaveLength(1);
    expect(deployments).toEqual([]);
  });

  it('that was cancelled during the rollout ends in an error that names it', async () => {
    const { deployments, states } = await recorded({
      speed: 1,
      run: { cancelAfter: { when: (log) => log.includes('0 of 2 new tasks running') } },
    });
    expect(states).toEqual([['in_progress', 'error']]);
    expect(deployments[0]?.statuses.at(-1)?.description).toContain('the rollout goes on in ECS');
  });

  it('that was killed is ended by post', async () => {
    const when = (log: string) => log.includes('0 of 2 new tasks running');
    const { states, truth } = await recorded({
      speed: 1,
      run: { cancelAfter: { when, signals: 'SIGKILL' } },
    });
    expect(states).toEqual([['in_progress', 'error']]);
    expect(truth.slackMessages).toHaveLength(1);
  });
});

describe.concurrent('a GitHub that does not record it', () => {
  it.each([
    ['forbidden', /403: Resource not accessible by integration.*deployments: write/],
    ['unauthorized', /401: Bad credentials.*deployments: write/],
    ['server_error', /502/],
    ['redirect', /302/],
    ['hang', /did not answer within 10 s/],
  ] as const)('(%s) is one warning, and the deploy is green', async (behaviour, words) => {
    const { run, requests } = await recorded({ github: { behaviour } });
    expect(run.conclusion, run.log).toBe('success');
    expect(run.outputs['result']).toBe('succeeded');
    const unrecorded = run.annotations.filter(({ message }) => message.startsWith('DG811'));
    expect(unrecorded).toEqual([expect.objectContaining({ message: expect.stringMatching(words) })]);
    expect(requests.length).toBeGreaterThan(0);
    expect(run.leaks([TOKEN])).toEqual([]);
  });
});
