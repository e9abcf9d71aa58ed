import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Aws } from '../../aws/aws.ts';
import type { BaseSession, CredentialSource } from '../../aws/credentials.ts';
import type { EcrRepository, RegistryLogin } from '../../aws/ecr.ts';
import type { EcsService, TaskDefinition } from '../../aws/ecs.ts';
import type { AwsMetadata, SecretState } from '../../aws/metadata.ts';
import type { Decision, SimulatedAction } from '../../aws/policy-simulation.ts';
import type { SecretReference } from '../../aws/secret-reference.ts';
import type { CallerIdentity } from '../../aws/sts.ts';
import type { TokenClaims } from '../../aws/token-claims.ts';
import type { RepositoryName, TransferProbe, TransferWay } from '../../aws/transfer.ts';
import { type Dockerfile, readDockerfile, statesPlatform } from '../../docker/dockerfile.ts';
import type { EngineVersion, Unreachable } from '../../docker/engine.ts';
import type { RunContext } from '../../github/run-context.ts';
import type { ImageConfig, Manifest } from '../../registry/manifest.ts';
import type { RegistryAccess, RegistryRepository } from '../../registry/registry.ts';
import type { Agents } from '../../runner/http.ts';
import { isTaskDefinitionFile, readTaskDefinitionFile } from '../deploy/task-definition-file.ts';
import type { Config } from '../inputs/config.ts';
import { RollbackLookups } from '../rollback/rollback-lookups.ts';
import { type Answer, Questions, unwrap } from './answer.ts';
import { buildPaths } from './build-files.ts';
import { readWorkflowFile, type WorkflowFile } from './workflow-file.ts';

/** The ways out of the process that the lookups take. */
export interface LookupPorts {
  /** Undefined: nothing may be asked of AWS (`Config.awsObstacle`). */
  readonly aws: Aws | undefined;
  readonly registry: (access: RegistryAccess, repository: string) => RegistryRepository;
  /** Where a task definition file is looked for. */
  readonly workspace: string;
  /** Left out: GitHub is not asked. */
  readonly agents?: Agents;
  readonly engineVersion: () => Promise<EngineVersion | Unreachable>;
}

/** Who the run is at AWS, and until when. */
export interface Identity extends CallerIdentity {
  readonly expiresAt: Date | undefined;
}

/** A service, or what stands in its way. */
export interface ServiceLookup {
  readonly clusterStatus: string | undefined;
  /** Why the cluster itself was not seen; undefined where it was. */
  readonly clusterUnseen?: unknown;
  readonly services: readonly EcsService[];
}

/** The images that stand under the tags which this run will write. */
export interface TaggedImages {
  readonly tagged: Manifest | undefined;
  readonly taggedConfig: ImageConfig | undefined;
  readonly latest: Manifest | undefined;
  /** The images under `extra-tags`, by tag. */
  readonly extras: ReadonlyMap<string, Manifest | undefined>;
  /** The commit that a build from here would be of. */
  readonly commit: string | undefined;
}

/** How long a preflight waits for GitHub, which it can do without. */
const RECORDING_MS = 3_000;

/** How long work on this machine waits for questions to AWS to be on their way, in milliseconds. */
const MOST_WAIT_MS = 250;

const UNASKED = new Error('nothing is to be asked of AWS');

/**
 * Questions to the outside that more than one check needs the answer to. Each is asked once, when it is first
 * needed, and side by side with the others wherever one doesn't need another's answer.
 */
export class Lookups {
  readonly #config: Config;
  readonly #imageTag: string | undefined;
  readonly #commit: string | undefined;
  readonly #ports: LookupPorts;
  readonly #questions = new Questions();
  /** What only a roll back asks. */
  readonly rollback: RollbackLookups;

  /** `commit` is the one that a build would be of: only its own image can stand for it. */
  constructor(config: Config, imageTag: string | undefined, ports: LookupPorts, commit?: string) {
    this.#config = config;
    this.#commit = commit;
    this.#imageTag = imageTag;
    this.#ports = ports;
    this.rollback = new RollbackLookups(config, this, ports);
  }

  /** Credentials, without asking AWS whether they are good unless they come from there. */
  async credentials(): Promise<Answer<{ readonly expiresAt: Date | undefined }>> {
    return await this.#questions.once('credentials', async () => {
      const { expiration } = await this.#aws().firstCredentials();
      return { expiresAt: expiration };
    });
  }

  async identity(): Promise<Answer<Identity>> {
    return await this.#questions.once('identity', async () => {
      const { expiresAt } = unwrap(await this.credentials());
      const sts = await this.#aws().sts();
      return { ...(await sts.callerIdentity()), expiresAt };
    });
  }

  /** Where the credentials come from, and what the OIDC token said of itself, if one was asked for. */
  credentialOrigin(): {
    readonly source: CredentialSource | undefined;
    readonly claims: TokenClaims | undefined;
    readonly baseSession: BaseSession | undefined;
  } {
    const plan = this.#ports.aws?.plan;
    return { source: plan?.source, claims: plan?.claims(), baseSession: plan?.baseSession() };
  }

  async login(): Promise<Answer<RegistryLogin>> {
    return await this.#questions.once('login', async () => {
      unwrap(await this.credentials());
      return await (await this.#aws().ecr()).login();
    });
  }

  async repository(): Promise<Answer<EcrRepository>> {
    return await this.#questions.once('repository', async () => {
      if (this.#config.image.repository === '') throw UNASKED;
      unwrap(await this.credentials());
      const { repository, registry } = this.#config.image;
      return await (await this.#aws().ecr()).repository(repository, registry?.accountId);
    });
  }

  async repositoryNames(): Promise<Answer<readonly string[]>> {
    return await this.#questions.once('repositoryNames', async () =>
      (await this.#aws().ecr()).repositoryNames(this.#config.image.registry?.accountId),
    );
  }

  /** Which of the actions are denied that a push, a pull or the moving of a tag needs. */
  async transfer(way: TransferWay): Promise<Answer<TransferProbe>> {
    return await this.#questions.once(`transfer ${way}`, async () => {
      unwrap(await this.credentials());
      return await (await this.#aws().ecr()).probe(way, this.#repositoryName());
    });
  }

  /** JSON text of the repository's lifecycle policy; undefined where it has none. */
  async lifecyclePolicy(): Promise<Answer<string | undefined>> {
    return await this.#questions.once('lifecyclePolicy', async () => {
      unwrap(await this.credentials());
      return await (await this.#aws().ecr()).lifecyclePolicy(this.#repositoryName());
    });
  }

  /** How many findings of each severity the scan of an image had; undefined where it was not scanned. */
  async scanCounts(digest: string): Promise<Answer<Readonly<Partial<Record<string, number>>> | undefined>> {
    return await this.#questions.once(`scanCounts ${digest}`, async () =>
      (await this.#aws().ecr()).scanCounts(unwrap(await this.repository()), digest),
    );
  }

  async taggedImages(): Promise<Answer<TaggedImages>> {
    return await this.#questions.once('taggedImages', async () => {
      if (this.#config.image.repository === '') throw UNASKED;
      const [repository, login] = await Promise.all([this.repository(), this.login()]);
      const registry = this.#ports.registry(
        registryAccess(unwrap(login), unwrap(repository)),
        unwrap(repository).name,
      );
      const { latestTag, extraTags } = this.#config.image;
      const [[tagged, taggedConfig], latest, extras] = await Promise.all([
        this.#imageTag ? withConfig(registry, this.#imageTag) : ([undefined, undefined] as const),
        latestTag ? registry.manifest(latestTag) : undefined,
        Promise.all(extraTags.map(async (tag) => [tag, await registry.manifest(tag)] as const)),
      ]);
      return { tagged, taggedConfig, latest, extras: new Map(extras), commit: this.#commit };
    });
  }

  /** Tags that point at an image of the repository. */
  async tagsOf(digest: string): Promise<Answer<readonly string[]>> {
    return await this.#questions.once(`tagsOf ${digest}`, async () =>
      (await this.#aws().ecr()).tagsOf(unwrap(await this.repository()), digest),
    );
  }

  async services(): Promise<Answer<ServiceLookup>> {
    return await this.#questions.once('services', async () => {
      unwrap(await this.credentials());
      const { cluster, services } = this.#config.ecs;
      const ecs = await this.#aws().ecs();
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

  async clusterNames(): Promise<Answer<readonly string[]>> {
    return await this.#questions.once('clusterNames', async () => (await this.#aws().ecs()).clusterNames());
  }

  async serviceNames(): Promise<Answer<readonly string[]>> {
    return await this.#questions.once('serviceNames', async () =>
      (await this.#aws().ecs()).serviceNames(this.#config.ecs.cluster),
    );
  }

  async taskDefinition(reference: string): Promise<Answer<TaskDefinition>> {
    return await this.#questions.once(`taskDefinition ${reference}`, async () =>
      (await this.#aws().ecs()).taskDefinition(reference),
    );
  }

  /** The task definition that a deployment of the service would run, but for its image. */
  async taskDefinitionFor(service: EcsService): Promise<Answer<TaskDefinition>> {
    const { taskDefinition: named } = this.#config.ecs;
    if (!isTaskDefinitionFile(named)) return await this.taskDefinition(named ?? service.taskDefinition);
    return await this.#questions.once(`file ${named}`, () =>
      readTaskDefinitionFile(this.#ports.workspace, named),
    );
  }

  /** Why this run may not record a deployment at GitHub; undefined where it may, or where that can't be seen. */
  async recordingRefusal(run: RunContext): Promise<Answer<string | undefined>> {
    return await this.#questions.once('recordingRefusal', async () => {
      const token = this.#config.environment['INPUT_GITHUB-TOKEN']?.trim();
      if (!this.#ports.agents || !token) return undefined;
      const { GitHubDeployments } = await import('../../github/deployments.ts');
      return await new GitHubDeployments(
        run,
        token,
        this.#ports.agents,
        RECORDING_MS,
        this.#config.jobId,
      ).refusal();
    });
  }

  async hasLogGroup(name: string, region: string): Promise<Answer<boolean>> {
    return await this.#questions.once(`logGroup ${region} ${name}`, async () =>
      (await this.#metadata()).hasLogGroup(name, region),
    );
  }

  /** How it is with a secret that a task definition names by `valueFrom`. */
  async secretState(reference: SecretReference, valueFrom: string): Promise<Answer<SecretState>> {
    return await this.#questions.once(`secret ${valueFrom}`, async () =>
      (await this.#metadata()).secretState(reference),
    );
  }

  /** What IAM's simulation says of an action of a principal, for each resource. */
  async simulated(principal: string, asked: SimulatedAction): Promise<Answer<readonly Decision[]>> {
    return await this.#questions.once(`simulated ${asked.action} ${asked.resources.join(' ')}`, async () =>
      this.#aws().simulate(principal, asked),
    );
  }

  /** Digests that the newest of some service revisions runs, by container. */
  async newestImages(revisionArns: readonly string[]): Promise<Answer<Readonly<Record<string, string>>>> {
    return await this.#questions.once(`newestImages ${revisionArns.join(' ')}`, async () =>
      (await this.#aws().ecs()).newestImages(revisionArns),
    );
  }

  /** The workflow that runs, for naming the line that is at fault. */
  async workflowFile(): Promise<Answer<WorkflowFile | undefined>> {
    return await this.#questions.once('workflowFile', async () =>
      readWorkflowFile(this.#ports.workspace, this.#config.environment),
    );
  }

  /** The Dockerfile, taken apart; undefined where there is none to read, or only its own frontend can read it. */
  async dockerfile(): Promise<Answer<Dockerfile | undefined>> {
    return await this.#questions.once('dockerfile', async () => {
      const paths = buildPaths(this.#config.build, this.#ports.workspace);
      return paths && (await readDockerfile(paths.dockerfile));
    });
  }

  /**
   * The platform that the Dockerfile states for the image (`Dockerfile.platformOf`). The parser is loaded only where
   * it states one at all: most don't.
   */
  async statedPlatform(): Promise<Answer<string | undefined>> {
    return await this.#questions.once('statedPlatform', async () => {
      const paths = buildPaths(this.#config.build, this.#ports.workspace);
      if (!paths || !(await statesPlatform(paths.dockerfile))) return undefined;
      return unwrap(await this.dockerfile())?.platformOf(this.#config.build.target);
    });
  }

  /**
   * Waits until AWS has been asked what there is, or for a moment. What holds up the thread is for the time in which
   * AWS answers: before, it would hold up the questions.
   */
  async awsAsked(): Promise<void> {
    const { aws } = this.#ports;
    if (aws) await Promise.race([aws.asked(), aMoment()]);
  }

  /** Waits until AWS has been asked what hangs on the services too, if they were asked for, or for a moment. */
  async servicesSeen(): Promise<void> {
    await Promise.race([this.#questions.answered('services'), aMoment()]);
    // Two turns, in which what is asked next is sent.
    await nextTurn();
    await nextTurn();
  }

  async engine(): Promise<Answer<EngineVersion | Unreachable>> {
    return await this.#questions.once('engine', async () => this.#ports.engineVersion());
  }

  async #metadata(): Promise<AwsMetadata> {
    return await this.#aws().metadata();
  }

  #repositoryName(): RepositoryName {
    const { repository, registry } = this.#config.image;
    return { name: repository, registryId: registry?.accountId };
  }

  #aws(): Aws {
    if (!this.#ports.aws) throw UNASKED;
    return this.#ports.aws;
  }
}

async function aMoment(): Promise<void> {
  // Kept alive by it: nothing else may be under way.
  await sleep(MOST_WAIT_MS);
}

async function withConfig(
  registry: RegistryRepository,
  tag: string,
): Promise<readonly [Manifest | undefined, ImageConfig | undefined]> {
  const manifest = await registry.manifest(tag);
  return [manifest, manifest && (await registry.imageConfig(manifest))];
}

/** The registry as ECR names it: the repository's own host, with the scheme of the login's endpoint. */
export function registryAccess(login: RegistryLogin, repository: EcrRepository): RegistryAccess {
  const host = repository.uri.slice(0, repository.uri.indexOf('/'));
  return {
    endpoint: new URL(`${login.endpoint.protocol}//${host}`),
    username: login.username,
    password: login.password,
  };
}
