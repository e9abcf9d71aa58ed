import { describe, expect, it } from 'vitest';
import { outputsOf } from '../../../src/stages/report/outputs.ts';
import { isGreen, type RunReport } from '../../../src/stages/report/run-report.ts';
import { action } from '../inputs/action-metadata.ts';
import { REPORTS } from './reports.ts';

const all: readonly (readonly [string, RunReport])[] = Object.entries(REPORTS);

describe('a reason with breaks, escapes and controls in it', () => {
  it('is one line in the outputs', () => {
    const text = 'a\nb \u001b[31mred\u0000\u202e\r\nc';
    const [failure] = REPORTS.crashed.failures;
    const [deployment] = REPORTS.crashed.deployments;
    const report = {
      ...REPORTS.crashed,
      failures: [{ ...failure, title: text }],
      deployments: [{ ...deployment, reason: text }],
    } as unknown as RunReport;
    const outputs = outputsOf(report);
    expect(outputs['failure-reason']).toBe('a b red c');
    expect(JSON.parse(outputs['deployments'] ?? '')).toMatchObject({
      'dyno-agent-service': { reason: 'a b red c' },
    });
  });
});

describe('outputsOf', () => {
  it.each(all)('%s: sets every output of action.yml and no other, as text', (_, report) => {
    const outputs = outputsOf(report);
    expect(Object.keys(outputs).sort()).toEqual(Object.keys(action.outputs).sort());
    for (const value of Object.values(outputs)) expect(value).toEqual(expect.any(String));
  });

  it.each(all)('%s: says the result, and a code and a reason exactly where it is red', (_, report) => {
    const outputs = outputsOf(report);
    expect(outputs['result']).toBe(report.result);
    expect(action.outputs['result']?.description).toContain(`\`${report.result}\``);
    expect(outputs['failure-code']).toMatch(isGreen(report.result) ? /^$/ : /^DG\d{3}$/);
    expect(outputs['failure-reason'] === '').toBe(isGreen(report.result));
  });

  it.each(all)('%s: has JSON that parses', (_, report) => {
    const outputs = outputsOf(report);
    expect(JSON.parse(outputs['image-tags'] ?? '')).toEqual(report.image ? [report.image.tag, 'latest'] : []);
    const deployments = JSON.parse(outputs['deployments'] ?? '') as Record<string, unknown>;
    expect(Object.keys(deployments)).toEqual(report.deployments.map(({ service }) => service));
    for (const [, deployment] of Object.entries(deployments)) {
      expect(deployment).toEqual({
        deploymentId: 'ecs-svc/4812',
        taskDefinition: 'dyno-agent:57',
        result: report.result,
        reason: expect.any(String),
        seconds: 74,
      });
    }
  });

  it('names the image by its digest, and the one before', () => {
    const outputs = outputsOf(REPORTS.succeeded);
    expect(outputs['image']).toMatch(
      /^123456789012\.dkr\.ecr\.us-east-1\.amazonaws\.com\/dyno-agent@sha256:9b1c44/,
    );
    expect(outputs['image']?.endsWith(`@${outputs['image-digest']}`)).toBe(true);
    expect(outputs['previous-image']).toMatch(/dyno-agent@sha256:77aa01/);
    expect(outputs['image-reused']).toBe('false');
    expect(outputs['aws-account-id']).toBe('123456789012');
  });
});
