import { describe, expect, it } from 'vitest';
import type { RawJson } from '../../../src/aws/raw-json.ts';
import { digestOf, type Manifest } from '../../../src/registry/manifest.ts';
import { RegistryRepository } from '../../../src/registry/registry.ts';
import { createAgents } from '../../../src/runner/http.ts';
import { readConfig } from '../../../src/stages/inputs/read-config.ts';
import type { InputName } from '../../../src/stages/inputs/schema.ts';
import { firstReport } from '../../../src/stages/report/first-report.ts';
import { Recorder } from '../../../src/stages/report/recorder.ts';
import { previousRun } from '../../../src/stages/undo/previous-run.ts';
import type { UndoTags } from '../../../src/stages/undo/tags.ts';
import { ENOUGH, environmentOf } from '../inputs/environment.ts';
import { RUN } from '../report/reports.ts';

const URI = 'r.example/dyno-agent';
const ARN = 'arn:aws:ecs:us-east-1:123456789012:task-definition/app:57';

function image(name: string): Manifest {
  const body = Buffer.from(JSON.stringify({ name }));
  return { digest: digestOf(body), mediaType: 'application/vnd.oci.image.manifest.v1+json', body };
}
const [ran, failed, deployed] = [image('ran'), image('failed'), image('deployed')];

/** A repository of these images, with tags that move. */
class FakeRegistry extends RegistryRepository {
  readonly tags: Map<string, Manifest>;
  readonly #images: readonly Manifest[];

  constructor(tags: Readonly<Record<string, Manifest>>, images: readonly Manifest[]) {
    const access = { endpoint: new URL('https://r.example'), username: '', password: '' };
    super(
      access,
      'dyno-agent',
      createAgents({ http: undefined, no: undefined }),
      new AbortController().signal,
    );
    this.tags = new Map(Object.entries(tags));
    this.#images = images;
  }

  override manifest(reference: string): Promise<Manifest | undefined> {
    const found = this.tags.get(reference) ?? this.#images.find(({ digest }) => digest === reference);
    return Promise.resolve(found);
  }

  override tag(tag: string, manifest: Manifest): Promise<void> {
    this.tags.set(tag, manifest);
    return Promise.resolve();
  }
}

interface Case {
  readonly inputs?: Partial<Record<InputName, string>>;
  readonly image?: string;
  readonly tags?: Readonly<Record<string, Manifest>>;
  readonly images?: readonly Manifest[];
  readonly served?: Manifest | undefined;
  readonly stayed?: UndoTags['stayed'];
  readonly placed?: UndoTags['placed'];
}

async function previous(given: Case) {
  const { config } = readConfig(environmentOf({ ...ENOUGH, ...given.inputs }, {}));
  const registry = new FakeRegistry(given.tags ?? { latest: ran }, given.images ?? [ran, failed, deployed]);
  const registered: RawJson[] = [];
  const registrable = {
    family: 'app',
    containerDefinitions: [{ name: 'app', image: given.image ?? `${URI}:latest` }],
  };
  const service = {
    arn: 'arn',
    name: 'web',
    status: 'ACTIVE',
    taskDefinition: ARN,
    controller: 'ECS',
    strategy: 'ROLLING',
    desired: 1,
    running: 1,
    circuitBreaker: { enabled: true, rollback: true },
    minimumHealthyPercent: 100,
    deployments: [],
    placement: {},
    currentServiceDeployment: undefined,
  };
  const each = {
    service,
    taskDefinition: ARN,
    isPinned: false,
    containers: ['app'],
    images: ['host/app:latest'],
  };
  const digest = 'served' in given ? given.served?.digest : ran.digest;
  const recorder = new Recorder(firstReport(config, RUN, undefined), () => undefined);
  const tags = {
    stayed: given.stayed ?? new Map(),
    placed: given.placed ?? new Map(),
    registry,
    deployed: deployed.digest,
  };
  const run = await previousRun(
    { each, service, digest },
    {
      config,
      tags,
      recorder,
      repositoryUri: URI,
      definitions: {
        read: () => Promise.resolve({ arn: ARN, registrable }),
        register: (definition) => {
          registered.push(definition);
          return Promise.resolve({ arn: `${ARN}1`, name: 'app:571' });
        },
      },
    },
  );
  return { run, registered, latest: registry.tags.get('latest'), notes: recorder.report.notes };
}

const others = new Map([['latest', { kind: 'others', why: 'somebody else has moved it since' } as const]]);
const deploys = (taskDefinition = ARN) => ({
  kind: 'deploy',
  taskDefinition,
  expected: { digest: ran.digest },
});

describe('what a service is to run again', () => {
  it('is the task definition it had, where its tag points at what it ran', async () => {
    expect(await previous({})).toMatchObject({ run: deploys(), registered: [], notes: [] });
  });

  it('is what its tag points at, where ECS does not tell what it ran', async () => {
    expect((await previous({ served: undefined })).run).toMatchObject(deploys());
  });

  it('is the digest in its task definition, whatever the tags say', async () => {
    const pinned = { image: `${URI}@${ran.digest}`, tags: { latest: failed }, stayed: others };
    expect(await previous(pinned)).toMatchObject({ run: deploys(), latest: failed, registered: [] });
  });

  it('is what it ran, where latest pointed at an image that had failed: the tag is put on it, and that is said', async () => {
    const { run, latest, notes } = await previous({ tags: { latest: failed } });
    expect(run).toMatchObject(deploys());
    expect(latest).toBe(ran);
    expect(notes).toMatchObject([{ code: 'DG464' }]);
  });

  it('is a revision with what it ran in it, where revisions are pinned anyway', async () => {
    const inputs = { rollout: 'pin', 'latest-tag': 'false' };
    const { run, latest, registered } = await previous({ inputs, tags: { latest: failed } });
    expect(run).toMatchObject(deploys(`${ARN}1`));
    expect(registered).toMatchObject([{ containerDefinitions: [{ image: `${URI}@${ran.digest}` }] }]);
    expect(latest).toBe(failed);
  });

  it('is nothing where it ran this very image', async () => {
    expect((await previous({ served: deployed })).run).toEqual({ kind: 'same' });
  });

  it.each<[string, Case, RegExp]>([
    ['somebody else has moved its tag', { tags: { latest: failed }, stayed: others }, /somebody else/],
    [
      'somebody else has moved its tag, and what it ran is not told',
      { tags: { latest: failed }, stayed: others, served: undefined },
      /somebody else/,
    ],
    [
      'its tag was put on what another service ran',
      { tags: { latest: failed }, placed: new Map([['latest', failed.digest]]) },
      /points at/,
    ],
    ['its tag is none that a run moves', { image: `${URI}:stable`, tags: { stable: failed } }, /points at/],
    ['its image is gone', { tags: {}, images: [deployed] }, /not in the repository any more/],
    ['nothing tells', { tags: {}, served: undefined }, /not known/],
    ["its image is another repository's", { image: 'nginx:1', tags: {} }, /none of this repository's/],
  ])('is impossible to say where %s; no tag is moved then', async (_, given, why) => {
    const { run, latest, registered } = await previous(given);
    expect(run).toMatchObject({ kind: 'impossible', why: expect.stringMatching(why) });
    expect(latest).toBe(given.tags?.['latest']);
    expect(registered).toEqual([]);
  });
});
