import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EcsService, TaskDefinition } from '../../../aws/ecs.ts';
import { isTaskDefinitionFile, readTaskDefinitionFile } from '../../deploy/task-definition-file.ts';
import type { Answer } from '../answer.ts';
import { type Asking, orAMoment } from './asking.ts';

/** A service, or what stands in its way. */
export interface ServiceLookup {
  readonly clusterStatus: string | undefined;
  /** Why the cluster itself was not seen; undefined where it was. */
  readonly clusterUnseen?: unknown;
  readonly services: readonly EcsService[];
}

/** What is asked of ECS about the services and what they run. */
export class EcsLookups {
  readonly #asking: Asking;
  readonly #workspace: string;

  /** `workspace`: where a task definition file is looked for. */
  constructor(asking: Asking, workspace: string) {
    this.#asking = asking;
    this.#workspace = workspace;
  }

  async services(): Promise<Answer<ServiceLookup>> {
    return await this.#asking.questions.once('services', async () => {
      const aws = await this.#asking.awsWithCredentials();
      const { cluster, services } = this.#asking.config.ecs;
      const ecs = await aws.ecs();
      const [status, found] = await Promise.all([
        // What DescribeClusters would add is said by DescribeServices too, but for a cluster that is going.
        ecs.clusterStatus(cluster).catch((error: unknown) => ({ error })),
        ecs.services(cluster, services).catch((error: unknown) => {
          if (error instanceof Error && error.name === 'ClusterNotFoundException') return undefined;
          throw error;
        }),
      ]);
      if (found === undefined) return { clusterStatus: undefined, services: [] };
      return typeof status === 'object'
        ? { clusterStatus: 'ACTIVE', clusterUnseen: status.error, services: found }
        : { clusterStatus: status, services: found };
    });
  }

  /** Waits until AWS has been asked what hangs on the services too, if they were asked for, or for a moment. */
  async servicesSeen(): Promise<void> {
    await orAMoment(this.#asking.questions.answered('services'));
    // Two turns, in which what is asked next is sent.
    await nextTurn();
    await nextTurn();
  }

  async clusterNames(): Promise<Answer<readonly string[]>> {
    return await this.#asking.questions.once('clusterNames', async () =>
      (await this.#asking.aws().ecs()).clusterNames(),
    );
  }

  async serviceNames(): Promise<Answer<readonly string[]>> {
    return await this.#asking.questions.once('serviceNames', async () =>
      (await this.#asking.aws().ecs()).serviceNames(this.#asking.config.ecs.cluster),
    );
  }

  async taskDefinition(reference: string): Promise<Answer<TaskDefinition>> {
    return await this.#asking.questions.once(`taskDefinition ${reference}`, async () =>
      (await this.#asking.aws().ecs()).taskDefinition(reference),
    );
  }

  /** The task definition that a deployment of the service would run, but for its image. */
  async taskDefinitionFor(service: EcsService): Promise<Answer<TaskDefinition>> {
    const { taskDefinition: named } = this.#asking.config.ecs;
    if (!isTaskDefinitionFile(named)) return await this.taskDefinition(named ?? service.taskDefinition);
    return await this.#asking.questions.once(`file ${named}`, () =>
      readTaskDefinitionFile(this.#workspace, named),
    );
  }

  /** Digests that the newest of some service revisions runs, by container. */
  async newestImages(revisionArns: readonly string[]): Promise<Answer<Readonly<Record<string, string>>>> {
    return await this.#asking.questions.once(`newestImages ${revisionArns.join(' ')}`, async () =>
      (await this.#asking.aws().ecs()).newestImages(revisionArns),
    );
  }
}
