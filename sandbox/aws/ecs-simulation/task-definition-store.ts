import type { RegisterTaskDefinitionCommandInput, Tag, TaskDefinition } from '@aws-sdk/client-ecs';
import { type Account, arnOf } from '../account.ts';
import { ServiceError } from '../service-error.ts';

/** A registered revision: AWS's own shape, complete, and its tags. */
export interface StoredTaskDefinition {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  readonly definition: TaskDefinition;
  readonly tags: readonly Tag[];
}

/** The account's task definitions, by family; nothing that was registered is lost in reading it back. */
export class TaskDefinitionStore {
  readonly #account: Account;
  readonly #families = new Map<string, StoredTaskDefinition[]>();

  constructor(account: Account) {
    this.#account = account;
  }

  /** Registers the next revision of a family; `firstRevision` numbers the first of a new one. */
  register(
    input: RegisterTaskDefinitionCommandInput,
    registered: { readonly at: number; readonly by: string; readonly firstRevision?: number },
  ): StoredTaskDefinition {
    const { tags, ...given } = input;
    const family = checkedFamily(given.family);
    if ((given.containerDefinitions ?? []).length === 0) {
      throw new ServiceError('ClientException', 'Container definitions should not be empty');
    }
    const revisions = this.#families.get(family) ?? [];
    const revision = (revisions.at(-1)?.revision ?? (registered.firstRevision ?? 1) - 1) + 1;
    const arn = arnOf(this.#account, 'ecs', `task-definition/${family}:${revision}`);
    const definition: TaskDefinition = {
      ...given,
      // What a container leaves out comes back as the empty value, never missing.
      containerDefinitions: given.containerDefinitions?.map((container) => ({
        cpu: 0,
        portMappings: [],
        essential: true,
        environment: [],
        mountPoints: [],
        volumesFrom: [],
        ...container,
      })),
      taskDefinitionArn: arn,
      family,
      revision,
      status: 'ACTIVE',
      volumes: given.volumes ?? [],
      placementConstraints: given.placementConstraints ?? [],
      compatibilities: given.requiresCompatibilities?.includes('FARGATE') ? ['EC2', 'FARGATE'] : ['EC2'],
      registeredAt: new Date(registered.at),
      registeredBy: registered.by,
    };
    const stored: StoredTaskDefinition = { arn, family, revision, definition, tags: tags ?? [] };
    this.#families.set(family, [...revisions, stored]);
    return stored;
  }

  /** Takes a revision out of use; undefined where there is none. What runs with it goes on. */
  deregister(reference: string, at: number): StoredTaskDefinition | undefined {
    const stored = this.find(reference);
    if (stored === undefined) return undefined;
    const definition: TaskDefinition = {
      ...stored.definition,
      status: 'INACTIVE',
      deregisteredAt: new Date(at),
    };
    const inactive: StoredTaskDefinition = { ...stored, definition };
    const revisions = this.#families.get(stored.family) ?? [];
    this.#families.set(
      stored.family,
      revisions.map((each) => (each === stored ? inactive : each)),
    );
    return inactive;
  }

  /** By `family` (its newest active revision), `family:revision` or ARN; undefined where there is none. */
  find(reference: string): StoredTaskDefinition | undefined {
    const name = reference.startsWith('arn:')
      ? reference.slice(reference.indexOf('task-definition/') + 16)
      : reference;
    const [family = '', revision] = name.split(':');
    const revisions = this.#families.get(family) ?? [];
    if (revision === undefined) return revisions.findLast(({ definition }) => definition.status === 'ACTIVE');
    return revisions.find((stored) => String(stored.revision) === revision);
  }

  /** All revisions, family by family in their order of registration. */
  all(): readonly StoredTaskDefinition[] {
    return [...this.#families.values()].flat();
  }
}

function checkedFamily(family: string | undefined): string {
  if (family !== undefined && /^[A-Za-z0-9_-]{1,255}$/.test(family)) return family;
  throw new ServiceError(
    'ClientException',
    'Family contains invalid characters. Up to 255 letters (uppercase and lowercase), numbers, hyphens, and underscores are allowed.',
  );
}
