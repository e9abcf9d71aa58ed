import { describe, expect, it } from 'vitest';
import type { EcrRepository } from '../../../src/aws/ecr.ts';
import { buildInputsHash, INPUTS_LABEL } from '../../../src/docker/build-command.ts';
import type { TaggedImages } from '../../../src/stages/preflight/lookups/ecr-lookups.ts';
import { tagProblems } from '../../../src/stages/preflight/tags.ts';
import { checkContext } from './check-context.ts';

const image = (digit: string) => ({
  digest: `sha256:${digit.repeat(64)}`,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  body: Buffer.from('{}'),
});
const ONE = image('1');
const OTHER = image('2');

type Mutability = EcrRepository['mutability'];

interface Case {
  readonly mutability: Mutability;
  readonly filters?: readonly string[];
  readonly tagged?: typeof ONE;
  readonly reusable?: boolean;
  readonly latest?: typeof ONE;
  readonly extra?: typeof ONE;
}

function codes({ mutability, filters = [], tagged, reusable, latest, extra }: Case): readonly string[] {
  const context = checkContext({ 'extra-tags': 'stable' });
  const labels = reusable ? { [INPUTS_LABEL]: buildInputsHash(context.config.build) } : {};
  const images: TaggedImages = {
    tagged,
    taggedConfig: tagged && { platform: 'linux/amd64', labels },
    latest,
    extras: new Map([['stable', extra]]),
    commit: undefined,
  };
  const repository: EcrRepository = {
    name: 'dyno-agent',
    uri: 'host/dyno-agent',
    registryId: '123456789012',
    mutability,
    mutabilityExclusions: filters,
  };
  return tagProblems(repository, images, context).map(({ code }) => code);
}

const EVERY = { tagged: ONE, latest: OTHER, extra: OTHER } as const;

describe('tagProblems', () => {
  it.each<readonly [string, Case, readonly string[]]>([
    ['mutable tags', { mutability: 'MUTABLE', ...EVERY }, []],
    ['immutable tags', { mutability: 'IMMUTABLE', ...EVERY }, ['DG341', 'DG342', 'DG343']],
    ['immutable tags in an empty repository', { mutability: 'IMMUTABLE' }, ['DG344']],
    [
      'immutable tags but for latest',
      { mutability: 'IMMUTABLE_WITH_EXCLUSION', filters: ['latest'], ...EVERY },
      ['DG342', 'DG343'],
    ],
    [
      'immutable tags but for names',
      { mutability: 'IMMUTABLE_WITH_EXCLUSION', filters: ['lat*', 's*e'], ...EVERY },
      ['DG342'],
    ],
    [
      'mutable tags but for latest',
      { mutability: 'MUTABLE_WITH_EXCLUSION', filters: ['latest'], ...EVERY },
      ['DG341'],
    ],
    [
      'mutable tags but for all',
      { mutability: 'MUTABLE_WITH_EXCLUSION', filters: ['*'], ...EVERY },
      ['DG341', 'DG342', 'DG343'],
    ],
    [
      'an image that is used again',
      { mutability: 'IMMUTABLE', tagged: ONE, reusable: true, latest: OTHER },
      ['DG341'],
    ],
    [
      'tags that stand at it already',
      { mutability: 'IMMUTABLE', tagged: ONE, reusable: true, latest: ONE, extra: ONE },
      [],
    ],
    [
      'tags that stand at an image which is built anew',
      { mutability: 'IMMUTABLE', tagged: ONE, latest: ONE, extra: ONE },
      ['DG341', 'DG342', 'DG343'],
    ],
  ])('%s', (_, given, expected) => {
    expect(codes(given)).toEqual(expected);
  });
});
