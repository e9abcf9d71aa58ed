import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EcrRepository } from '../../../src/aws/ecr.ts';
import type { EcsService } from '../../../src/aws/ecs.ts';
import type { Finding } from '../../../src/finding.ts';
import type { InputName } from '../../../src/stages/inputs/schema.ts';
import {
  containerProblems,
  containersOfImage,
  parseImageReference,
} from '../../../src/stages/preflight/container-image.ts';
import { checkContext } from './check-context.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const URI = '123456789012.dkr.ecr.us-east-1.amazonaws.com/dyno-agent';

describe('parseImageReference', () => {
  it.each([
    ['nginx', 'nginx', 'latest', undefined],
    ['nginx:1.27', 'nginx', '1.27', undefined],
    [`${URI}`, URI, 'latest', undefined],
    [`${URI}:latest`, URI, 'latest', undefined],
    [`${URI}@${DIGEST}`, URI, undefined, DIGEST],
    [`${URI}:v1@${DIGEST}`, URI, 'v1', DIGEST],
    ['127.0.0.1:5000/app', '127.0.0.1:5000/app', 'latest', undefined],
    ['127.0.0.1:5000/team/app:v1', '127.0.0.1:5000/team/app', 'v1', undefined],
    [`127.0.0.1:5000/app@${DIGEST}`, '127.0.0.1:5000/app', undefined, DIGEST],
    ['', '', 'latest', undefined],
  ])('%s', (text, repository, tag, digest) => {
    expect(parseImageReference(text)).toEqual({ repository, tag, digest });
  });

  it('gives back what a reference was made of', () => {
    const host = fc.constantFrom('', 'host/', 'host:5000/', 'a.b.example/');
    const path = fc.stringMatching(/^[a-z0-9]+(\/[a-z0-9]+){0,2}$/);
    const tag = fc.option(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,10}$/), { nil: undefined });
    const digest = fc.option(fc.constant(DIGEST), { nil: undefined });
    fc.assert(
      fc.property(host, path, tag, digest, (where, name, named, pinned) => {
        const text = `${where}${name}${named === undefined ? '' : `:${named}`}${pinned === undefined ? '' : `@${pinned}`}`;
        const expected = named ?? (pinned === undefined ? 'latest' : undefined);
        expect(parseImageReference(text)).toEqual({
          repository: `${where}${name}`,
          tag: expected,
          digest: pinned,
        });
      }),
    );
  });
});

describe('containersOfImage', () => {
  const names = (inputs: Partial<Record<InputName, string>>, images: Readonly<Record<string, string>>) =>
    containersOfImage(
      {
        arn: 'arn',
        name: 'app:1',
        containers: Object.entries(images).map(([name, image]) => ({ name, image })),
      },
      { uri: URI, registryId: '123456789012' },
      checkContext(inputs).config,
    ).map(({ name }) => name);
  const pin = { rollout: 'pin' };
  const beside = { app: `${URI}:latest`, otel: `${URI}:otel-2`, proxy: 'envoy:1' };

  it.each([
    ['all of the repository', {}, beside, ['app', 'otel']],
    ['where they are pinned, not one with a tag of its own', pin, beside, ['app']],
    ['nor beside one that is pinned already', pin, { ...beside, app: `${URI}@${DIGEST}` }, ['app']],
    ['nor beside one of a commit', pin, { ...beside, app: `${URI}:4f9c2e1` }, ['app']],
    ['all that are alike', pin, { app: `${URI}:v1`, worker: `${URI}:v1` }, ['app', 'worker']],
    ['the one that is named', { ...pin, 'container-name': 'otel' }, beside, ['otel']],
  ])('gives %s', (_, inputs, images, expected) => {
    expect(names(inputs, images)).toEqual(expected);
  });
});

describe('containerProblems', () => {
  const repository: EcrRepository = {
    name: 'dyno-agent',
    uri: URI,
    registryId: '123456789012',
    mutability: 'MUTABLE',
    mutabilityExclusions: [],
  };
  const service: EcsService = {
    arn: 'arn:aws:ecs:us-east-1:123456789012:service/c/web',
    name: 'web',
    status: 'ACTIVE',
    taskDefinition: 'dyno-agent:57',
    controller: 'ECS',
    strategy: 'ROLLING',
    desired: 2,
    running: 2,
    circuitBreaker: { enabled: true, rollback: true },
    minimumHealthyPercent: 100,
    deployments: [],
    currentServiceDeployment: undefined,
    placement: {},
  };
  function codes(
    containers: readonly ContainerDefinition[],
    inputs: Partial<Record<InputName, string>> = {},
  ): readonly string[] {
    return problems(containers, inputs).map(({ code }) => code);
  }
  function problems(
    containers: readonly ContainerDefinition[],
    inputs: Partial<Record<InputName, string>>,
  ): readonly Finding[] {
    const taskDefinition = { arn: 'arn', name: 'dyno-agent:57', containers };
    return containerProblems(service, taskDefinition, repository, checkContext(inputs));
  }
  const app = (image: string, more: ContainerDefinition = {}): ContainerDefinition => ({
    name: 'app',
    image,
    ...more,
  });
  const sidecar: ContainerDefinition = { name: 'proxy', image: 'public.ecr.aws/envoy:1' };

  it.each<
    readonly [string, readonly ContainerDefinition[], Partial<Record<InputName, string>>, readonly string[]]
  >([
    ['the moving tag', [app(`${URI}:latest`), sidecar], {}, []],
    ['no tag, which is latest', [app(URI)], {}, []],
    ['the commit tag', [app(`${URI}:4f9c2e1000000000000000000000000000000000`)], {}, []],
    ['one of the extra tags', [app(`${URI}:stable`)], { 'extra-tags': 'stable' }, []],
    ['another moving tag', [app(`${URI}:live`)], { 'latest-tag': 'live' }, []],
    [
      'two containers of the image',
      [app(`${URI}:latest`), { name: 'worker', image: `${URI}:latest` }],
      {},
      [],
    ],
    ['a tag that is not moved', [app(`${URI}:v1`)], {}, ['DG525']],
    ['latest, which is not moved', [app(`${URI}:latest`)], { 'latest-tag': 'false' }, ['DG525']],
    ['a digest', [app(`${URI}@${DIGEST}`)], {}, ['DG525']],
    ['a moving tag and a digest', [app(`${URI}:latest@${DIGEST}`)], {}, ['DG525']],
    [
      'one container of two pinned',
      [app(`${URI}:latest`), { name: 'worker', image: `${URI}:v1` }],
      {},
      ['DG525'],
    ],
    ['another repository', [app('nginx:latest')], {}, ['DG524']],
    ['a repository whose name only begins alike', [app(`${URI}-old:latest`)], {}, ['DG524']],
    ['no container', [], {}, ['DG524']],
    ['a named container that is not there', [app(`${URI}:latest`)], { 'container-name': 'web' }, ['DG524']],
    [
      'a named container of another image',
      [app(`${URI}:latest`), sidecar],
      { 'container-name': 'proxy' },
      ['DG525'],
    ],
    [
      'version consistency disabled',
      [app(`${URI}:latest`, { versionConsistency: 'disabled' })],
      {},
      ['DG526'],
    ],
  ])('%s', (_, containers, inputs, expected) => {
    expect(codes(containers, inputs)).toEqual(expected);
  });

  it('says how to name the container where the image is to be written into it', () => {
    const fix = (inputs: Partial<Record<InputName, string>>) =>
      problems([app('to-be-filled-in')], inputs)[0]?.fix;
    for (const inputs of [{ rollout: 'pin' }, { 'task-definition': 'task.json' }])
      expect(fix(inputs)).toContain('`container-name: app`');
    expect(fix({})).not.toContain('container-name');
  });
});
