import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { deploy, deployInto, makeWorkspace } from './deploy.ts';

describe('a deploy that goes well', async () => {
  const { run, truth, sha } = await deploy();
  const digest = run.outputs['image-digest'] ?? '';
  const pushed = truth.images['dyno-agent']?.find((image) => image.digest === digest);

  it('is green', () => {
    expect(run.main.exitCode).toBe(0);
    expect(run.conclusion).toBe('success');
    expect(run.outputs).toMatchObject({ result: 'succeeded', 'failure-code': '', 'failure-reason': '' });
    expect(run.annotations.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('has the image built from this commit in the repository under the SHA and latest', () => {
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect([...(pushed?.tags ?? [])].sort()).toEqual([sha, 'latest'].sort());
    const config = JSON.parse(pushed?.body.toString() ?? '{}') as { layers?: unknown[] };
    expect(config.layers?.length).toBeGreaterThan(0);
  });

  it('made ECS start one deployment, of that digest, and every running task runs it', () => {
    expect(truth.updateServiceCalls).toHaveLength(1);
    expect(truth.deploymentsStarted).toMatchObject([{ rolloutState: 'COMPLETED', digests: [digest] }]);
    expect(truth.runningDigests).toEqual({ 'dyno-agent-service': [digest] });
  });

  it('moved latest by its manifest alone: no layer was uploaded twice', () => {
    const moves = truth.tagMoves.filter(({ at }) => at >= (truth.calls[0]?.at ?? 0));
    expect(moves.map(({ tag }) => tag)).toEqual([sha, 'latest']);
    expect(truth.manifestPuts).toBe(2);
  });

  it('sets every output', () => {
    const deployments = JSON.parse(run.outputs['deployments'] ?? '{}') as Record<string, unknown>;
    expect(run.outputs).toMatchObject({
      'aws-account-id': '123456789012',
      'image-reused': 'false',
      'image-tags': JSON.stringify([sha, 'latest']),
    });
    expect(run.outputs['image']).toMatch(new RegExp(`^127\\.0\\.0\\.1:\\d+/dyno-agent@${digest}$`));
    expect(run.outputs['previous-image']).toMatch(/@sha256:[0-9a-f]{64}$/);
    expect(run.outputs['previous-image']).not.toContain(digest);
    expect(deployments).toMatchObject({
      'dyno-agent-service': {
        deploymentId: truth.deploymentsStarted[0]?.deploymentId,
        taskDefinition: 'dyno-agent:57',
        result: 'succeeded',
        reason: '',
        seconds: expect.any(Number),
      },
    });
  });

  it('tells Slack once: repository, branch, commit, actor, duration, digest, and links to run, commit and service', () => {
    expect(truth.slackRequests).toBe(1);
    const [message] = truth.slackMessages;
    const text = JSON.stringify(message?.payload);
    for (const part of [
      'acme/dyno-agent',
      'main',
      sha.slice(0, 7),
      'Fix torque curve',
      'by octo',
      digest.slice(0, 13),
      '/actions/runs/',
      `/commit/${sha}`,
      'console.aws.amazon.com/ecs/v2/clusters/dyno-agent-cluster/services/dyno-agent-service',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toMatch(/\d(\.\d)? s/);
    expect(message?.payload.text).toContain('deployed');
  });

  it('leaks no secret, leaves no file and no process, and exports nothing', () => {
    const secrets = [
      'q7Rz2mV9xKp4Ls8TnWc3YbHd6FgJe1Ua5',
      'Torque-Curve_9c41fd7a',
      '/slack/services/T000/B000/XXXX',
    ];
    expect(run.leaks(secrets)).toEqual([]);
    expect(run.filesLeft()).toEqual([]);
    expect(run.orphans).toEqual([]);
    expect(run.env).toEqual({});
    expect(run.paths).toEqual([]);
  });

  it('says in the summary what was checked', () => {
    expect(run.summary).toMatch(/^## ✅ Deployed/);
    expect(run.summary).toContain('every running task runs this image');
  });
});

describe("the user's docker configuration", () => {
  it("serves the build, and is neither changed nor given this run's password", async () => {
    const folder = mkdtempSync(join(tmpdir(), 'docker-config-'));
    const original = JSON.stringify({ auths: { 'registry.example.com': { auth: 'dXNlcjpwYXNz' } } });
    writeFileSync(join(folder, 'config.json'), original);
    const { run } = await deploy({ env: { DOCKER_CONFIG: folder } });
    expect(run.outputs['result']).toBe('succeeded');
    expect(readFileSync(join(folder, 'config.json'), 'utf8')).toBe(original);
    rmSync(folder, { recursive: true });
  });
});

describe('a second run of the same commit', () => {
  it('builds and pushes nothing, deploys again, and says so', async () => {
    const sandbox = await startSandbox({ scenario: 'success', speed: 60 });
    try {
      const files = { 'app.txt': 'the same\n' };
      const first = await deployInto(sandbox, { files });
      const uploads = first.truth.uploadsCompleted;
      const second = await deployInto(sandbox, { files });
      expect(second.sha).toBe(first.sha);
      expect(second.run.outputs).toMatchObject({
        result: 'succeeded',
        'image-reused': 'true',
        'image-digest': first.run.outputs['image-digest'],
      });
      expect(second.truth.uploadsCompleted).toBe(uploads);
      expect(second.truth.updateServiceCalls).toHaveLength(2);
      expect(second.run.log).toContain('not built again');
      expect(second.run.log).toContain('ran this image already');
    } finally {
      await sandbox.close();
    }
  });

  it('never takes the image of another commit, whatever the tag is called', async () => {
    const sandbox = await startSandbox({ scenario: 'success', speed: 60 });
    try {
      const inputs = { 'image-tag': 'production' };
      const first = await deployInto(sandbox, { inputs });
      const second = await deployInto(sandbox, { inputs });
      expect(second.sha).not.toBe(first.sha);
      expect(second.run.outputs).toMatchObject({ result: 'succeeded', 'image-reused': 'false' });
      expect(second.truth.runningDigests).toEqual({
        'dyno-agent-service': [second.run.outputs['image-digest']],
      });
      expect(second.run.outputs['image-digest']).not.toBe(first.run.outputs['image-digest']);
    } finally {
      await sandbox.close();
    }
  });

  it('builds again where the build inputs differ', async () => {
    const sandbox = await startSandbox({ scenario: 'success', speed: 60 });
    try {
      const first = await deployInto(sandbox);
      const other = { inputs: { 'image-tag': first.sha, 'build-args': 'VERSION=2' } };
      const dockerfile =
        'FROM scratch\nARG VERSION=1\nLABEL version=$VERSION\nCOPY app.txt /app.txt\nCMD ["/app.txt"]\n';
      const second = await deployInto(sandbox, other, makeWorkspace({ Dockerfile: dockerfile }));
      expect(second.run.outputs).toMatchObject({ result: 'succeeded', 'image-reused': 'false' });
      expect(second.run.outputs['image-digest']).not.toBe(first.run.outputs['image-digest']);
    } finally {
      await sandbox.close();
    }
  });
});
