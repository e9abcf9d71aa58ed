import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ACTION, type DeployOptions, deploy } from './deploy.ts';

/**
 * Words by which parts are known in a bundle: the SDK's clients by their JSON protocol's target prefixes, the
 * preflight and the stages that change something by a code that they alone have.
 */
const PARTS = {
  ecs: 'AmazonEC2ContainerServiceV20141113',
  ecr: 'AmazonEC2ContainerRegistry_V20150921',
  logs: 'Logs_20140328',
  preflight: 'DG513',
  changes: 'DG601',
} as const;

const copies: string[] = [];
afterAll(() => {
  for (const copy of copies) rmSync(copy, { recursive: true });
});

/** A copy of the action in which every file with one of the parts fails when it is loaded. */
function actionWithout(parts: readonly (keyof typeof PARTS)[]): string {
  const copy = mkdtempSync(join(tmpdir(), 'action-without-'));
  copies.push(copy);
  cpSync(join(ACTION, 'action.yml'), join(copy, 'action.yml'));
  cpSync(join(ACTION, 'dist'), join(copy, 'dist'), { recursive: true });
  for (const part of parts) {
    const files = readdirSync(join(copy, 'dist')).filter(
      (file) => file.endsWith('.js') && readFileSync(join(copy, 'dist', file), 'utf8').includes(PARTS[part]),
    );
    if (files.length === 0) throw new Error(`no file of dist/ has ${part}: the test is blind`);
    expect(files).not.toContain('index.js');
    for (const file of files)
      writeFileSync(join(copy, 'dist', file), `throw new Error('${part} was loaded');\n`);
  }
  return copy;
}

const run = (parts: readonly (keyof typeof PARTS)[], options: DeployOptions) =>
  deploy({ ...options, run: { actionDir: actionWithout(parts) } });

describe('the questions of a preflight', () => {
  it('are asked in the order of what hangs on their answers', async () => {
    const { run: ended, truth } = await deploy({ inputs: { mode: 'check' }, sandbox: { latencyMs: 60 } });
    expect(ended.outputs['result'], ended.log).toBe('checked');
    const place = (name: string) => truth.calls.findIndex(({ operation }) => operation === name);
    expect(place('GetCallerIdentity')).toBe(0);
    // The task definition hangs on the services, and the log group on that.
    expect(place('DescribeServices')).toBeGreaterThan(0);
    expect(place('DescribeServices')).toBeLessThan(place('DescribeRepositories'));
  });
});

describe('the preflight', () => {
  it('is no part of the main file, which is parsed before anything is asked', async () => {
    const { run: ended } = await run(['preflight'], { inputs: { mode: 'check' } });
    expect(ended.log).toContain('preflight was loaded');
  });
});

describe('the stages that change something', () => {
  it('are not loaded by a check', async () => {
    const { run: ended } = await run(['changes'], { inputs: { mode: 'check' } });
    expect(ended.outputs['result'], ended.log).toBe('checked');
  });

  it('are loaded by a deploy: the test would notice', async () => {
    const { run: ended, truth } = await run(['changes'], {});
    expect(ended.log).toContain('changes was loaded');
    expect(ended.outputs['result']).toBe('failed');
    expect(truth.slackMessages).toHaveLength(1);
    expect(truth.deploymentsStarted).toEqual([]);
  });
});

describe('heavy clients', () => {
  it('are not loaded by a check whose AWS secrets are missing', async () => {
    const { run: ended } = await run(['ecs', 'ecr', 'logs'], {
      inputs: { mode: 'check' },
      env: {
        AWS_ACCESS_KEY_ID: undefined,
        AWS_SECRET_ACCESS_KEY: undefined,
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    });
    expect(ended.outputs['failure-code'], ended.log).toBe('DG201');
    expect(ended.log).not.toContain('was loaded');
  });

  it('are loaded where a stage needs them: the test would notice', async () => {
    const { run: ended } = await run(['ecs'], { inputs: { mode: 'check' } });
    expect(ended.log).toContain('ecs was loaded');
  });

  it('of CloudWatch Logs are not loaded by a deploy that goes well', async () => {
    const { run: ended } = await run(['logs'], { speed: 60 });
    expect(ended.outputs['result'], ended.log).toBe('succeeded');
  });
});
