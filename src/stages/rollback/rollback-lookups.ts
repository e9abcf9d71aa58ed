import type { EcrRepository } from '../../aws/ecr.ts';
import type { EcsService } from '../../aws/ecs.ts';
import { readRefusal } from '../../aws/refusal.ts';
import type { PastDeployment } from '../../aws/service-history.ts';
import type { Manifest } from '../../registry/manifest.ts';
import { isTaskDefinitionFile } from '../deploy/task-definition-file.ts';
import type { Config } from '../inputs/config.ts';
import { type Answer, Questions, unwrap } from '../preflight/answer.ts';
import { containersOfImage, parseImageReference } from '../preflight/container-image.ts';
import { registryAccess } from '../preflight/lookups/ecr-lookups.ts';
import type { LookupPorts, Lookups } from '../preflight/lookups/lookups.ts';
import { chooseRollbackImage, type ServiceRuns } from './rollback-image.ts';

/** The answers of the preflight that a roll back builds on. */
type Found = Pick<Lookups, 'ecr' | 'ecs'>;

/** What only `mode: rollback` asks of the outside, each thing once. */
export class RollbackLookups {
  readonly #config: Config;
  readonly #found: Found;
  readonly #ports: Pick<LookupPorts, 'aws' | 'registry'>;
  readonly #questions = new Questions();

  constructor(config: Config, found: Found, ports: Pick<LookupPorts, 'aws' | 'registry'>) {
    this.#config = config;
    this.#found = found;
    this.#ports = ports;
  }

  /** The image to go back to. Its error is a Failure where that isn't clear. */
  async image(): Promise<Answer<Manifest>> {
    return await this.#questions.once('image', async () => {
      const [repository, login, lookup] = await Promise.all([
        this.#found.ecr.repository().then(unwrap),
        this.#found.ecr.login().then(unwrap),
        this.#found.ecs.services().then(unwrap),
      ]);
      const registry = this.#ports.registry(registryAccess(login, repository), repository.name);
      const { tag } = this.#config.image;
      const pinned = await this.pinnedByInput(repository);
      const named = tag ?? pinned;
      const active = lookup.services.filter(({ status }) => status === 'ACTIVE');
      return await chooseRollbackImage({
        named,
        pinned,
        repository: repository.name,
        services: named ? [] : await Promise.all(active.map((each) => this.#runsOf(each))),
        manifest: (reference) => registry.manifest(reference),
        newest: async () => (await this.#ports.aws?.ecr())?.newestImages(repository) ?? [],
      });
    });
  }

  /**
   * The task definition with which the service ran an image by its digest, rather one that came up than one that
   * failed; undefined where there is none, or it was taken out of use.
   */
  async pinnedRevisionOf(service: EcsService, digest: string): Promise<string | undefined> {
    const history = await this.#historyOf(service.name);
    if (!history.ok) return undefined;
    const ran = history.value.filter(({ images }) =>
      images.some(({ image }) => image.endsWith(`@${digest}`)),
    );
    const best = ran.find(({ status }) => status === 'SUCCESSFUL') ?? ran[0];
    if (best === undefined) return undefined;
    const definition = await this.#found.ecs.taskDefinition(best.taskDefinition);
    return definition.ok && definition.value.status === 'INACTIVE' ? undefined : best.taskDefinition;
  }

  /** The digest to which `task-definition` pins the image, where it names a revision that does. */
  async pinnedByInput(repository: EcrRepository): Promise<string | undefined> {
    const { taskDefinition } = this.#config.ecs;
    if (taskDefinition === undefined || isTaskDefinitionFile(taskDefinition)) return undefined;
    const definition = await this.#found.ecs.taskDefinition(taskDefinition);
    if (!definition.ok) return undefined;
    const [container] = containersOfImage(definition.value, repository, this.#config);
    return parseImageReference(container?.image ?? '').digest;
  }

  async #historyOf(service: string): Promise<Answer<readonly PastDeployment[]>> {
    return await this.#questions.once(`history ${service}`, async () => {
      const ecs = await this.#ports.aws?.ecs();
      return (await ecs?.history(this.#config.ecs.cluster, service)) ?? [];
    });
  }

  async #runsOf(service: EcsService): Promise<ServiceRuns> {
    const [repository, definition, history] = await Promise.all([
      this.#found.ecr.repository().then(unwrap),
      this.#found.ecs.taskDefinition(service.taskDefinition).then(unwrap),
      this.#historyOf(service.name),
    ]);
    if (!history.ok && readRefusal(history.error).kind !== 'access-denied') throw history.error;
    return {
      service: service.name,
      containers: containersOfImage(definition, repository, this.#config).flatMap(({ name }) => name ?? []),
      history: history.ok ? history.value : undefined,
    };
  }
}
