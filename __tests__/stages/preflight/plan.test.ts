import { describe, expect, it } from 'vitest';
import type { EcsService } from '../../../src/aws/ecs.ts';
import type { InputName } from '../../../src/stages/inputs/schema.ts';
import { planLines } from '../../../src/stages/preflight/plan.ts';
import type { Target } from '../../../src/stages/target.ts';
import { checkContext } from './check-context.ts';

const SHA = '4f9c2e1d000000000000000000000000000000ab';
const image = (digit: string) => ({
  digest: `sha256:${digit.repeat(64)}`,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  body: Buffer.from('{}'),
});

const SERVICE: EcsService = {
  arn: 'arn:aws:ecs:us-east-1:123456789012:service/main/web',
  name: 'web',
  status: 'ACTIVE',
  taskDefinition: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:57',
  controller: 'ECS',
  strategy: 'BLUE_GREEN',
  desired: 2,
  running: 2,
  circuitBreaker: { enabled: true, rollback: true },
  minimumHealthyPercent: 100,
  deployments: [],
  currentServiceDeployment: undefined,
  placement: {},
};

/** A preflight's findings: nothing there yet, one service. */
function target(changes: Partial<Target> = {}, images: Partial<Target['images']> = {}): Target {
  return {
    identity: { accountId: '123456789012', arn: 'arn', expiresAt: undefined },
    repository: {
      name: 'app',
      uri: 'host/app',
      registryId: '123456789012',
      mutability: 'MUTABLE',
      mutabilityExclusions: [],
    },
    login: { username: 'AWS', password: 'x', endpoint: new URL('https://host') },
    images: {
      tagged: undefined,
      taggedConfig: undefined,
      latest: image('7'),
      extras: new Map(),
      commit: SHA,
      ...images,
    },
    canReuse: false,
    engine: { name: 'docker', client: '28.2', server: '28.2', buildx: undefined },
    services: [
      {
        service: SERVICE,
        taskDefinition: SERVICE.taskDefinition,
        isPinned: false,
        containers: ['app'],
        images: ['host/app:latest'],
      },
    ],
    rollbackTo: undefined,
    ...changes,
  };
}

function plan(inputs: Partial<Record<InputName, string>> = {}, found: Target = target()): readonly string[] {
  const { config } = checkContext(inputs);
  return planLines({ config, commit: { sha: SHA, subject: 'Fix torque curve' }, target: found });
}

describe('planLines', () => {
  it('says the least that a deploy does', () => {
    expect(plan()).toEqual([
      'A deploy from here would',
      '  build  4f9c2e1 "Fix torque curve" from Dockerfile, with docker 28.2',
      '  push   it to host/app as 4f9c2e1',
      '  move   latest from sha256:777777… to it',
      '  start  one deployment of web: 2 tasks of web:57, blue/green',
      '  wait   at most 30 min until every task runs the image',
      'Not known beforehand: whether ecs:UpdateService is allowed (ECS has no dry run).',
    ]);
  });

  it('says all that was asked for, in its order', () => {
    const lines = plan({
      context: 'app',
      target: 'prod',
      platforms: 'linux/amd64,linux/arm64',
      'extra-tags': 'v1\nstable',
      'pre-deploy-command': 'alembic upgrade head',
      rollout: 'pin',
      'on-failure': 'rollback',
      'wait-for-minutes': '90',
      'health-check-urls': 'https://a.example.org/\nhttps://b.example.org/',
    });
    expect(lines.slice(1)).toEqual([
      '  build  4f9c2e1 "Fix torque curve" from app/Dockerfile, stage prod, for linux/amd64 and linux/arm64, with docker 28.2',
      '  push   it to host/app as 4f9c2e1',
      '  run    alembic upgrade head, once, as a task of the image',
      '  move   v1 to it, for the first time',
      '  move   stable to it, for the first time',
      '  move   latest from sha256:777777… to it',
      '  start  one deployment of web: 2 tasks of a new revision of web:57, blue/green',
      '  wait   at most 1 h 30 min until every task runs the image, and 2 health URLs to answer',
      '  undo   all of it where it fails (`on-failure: rollback`)',
      'Not known beforehand: whether ecs:UpdateService, ecs:RegisterTaskDefinition, iam:PassRole and ecs:RunTask are allowed (ECS has no dry run).',
    ]);
  });

  it('builds nothing that is there, and moves nothing that stands there', () => {
    const there = target({ canReuse: true }, { tagged: image('7'), latest: image('7') });
    expect(plan({}, there).slice(1, 3)).toEqual([
      '  reuse  4f9c2e1 (sha256:777777…), which was built the same way before',
      '  keep   latest, which points at it already',
    ]);
    expect(plan({ 'latest-tag': 'false' }, there).join()).not.toContain('latest');
    expect(plan({}, target({}, { latest: undefined }))).toContain(
      '  move   latest to it, for the first time',
    );
  });

  it('moves each tag once, and also to an image that is there', () => {
    const extras = new Map([
      ['stable', image('7')],
      ['v1', image('8')],
    ]);
    const there = target({ canReuse: true }, { tagged: image('7'), latest: image('7'), extras });
    expect(plan({ 'extra-tags': 'v1\nstable\nv2\nlatest\nv1' }, there).slice(2, 6)).toEqual([
      '  move   v1 from sha256:888888… to it',
      '  keep   stable, which points at it already',
      '  move   v2 to it, for the first time',
      '  keep   latest, which points at it already',
    ]);
  });

  it('pushes over what stands under the tag that was asked for', () => {
    const lines = plan({ 'image-tag': 'latest', 'extra-tags': 'latest' }, target({}, { tagged: image('7') }));
    expect(lines.slice(2, 4)).toEqual([
      '  push   it to host/app as latest, in place of sha256:777777…',
      '  start  one deployment of web: 2 tasks of web:57, blue/green',
    ]);
  });

  it('registers no revision where the one in use has the image', () => {
    const [each] = target().services;
    const images = [`host/app@sha256:${'7'.repeat(64)}`];
    const services = each ? [{ ...each, isPinned: true, images }] : [];
    const found = (canReuse: boolean) => target({ canReuse, services }, { tagged: image('7') });
    const start = (lines: readonly string[]) => lines.find((line) => line.startsWith('  start'));
    expect(start(plan({ rollout: 'pin' }, found(true)))).toContain('2 tasks of web:57,');
    expect(start(plan({ rollout: 'pin' }, found(false)))).toContain('2 tasks of a new revision of web:57,');
  });

  it('does not wait where it is told not to', () => {
    expect(plan({ 'wait-for-minutes': '0' })).toContain('  wait   for nothing (`wait-for-minutes: 0`)');
  });

  it('lets no text of others end a line', () => {
    const lines = planLines({
      config: checkContext({ 'pre-deploy-command': '["a\\n::error::b"]' }).config,
      commit: { sha: SHA, subject: 'x\r\n::set-output name=a::b' },
      target: target(),
    });
    for (const line of lines) expect(line).not.toMatch(/[\r\n]|^::/);
  });
});
