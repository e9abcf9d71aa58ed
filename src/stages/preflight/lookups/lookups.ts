import type { Aws } from '../../../aws/aws.ts';
import type { BaseSession, CredentialSource } from '../../../aws/credentials.ts';
import type { SecretState } from '../../../aws/metadata.ts';
import type { Decision, SimulatedAction } from '../../../aws/policy-simulation.ts';
import type { SecretReference } from '../../../aws/secret-reference.ts';
import type { CallerIdentity } from '../../../aws/sts.ts';
import type { TokenClaims } from '../../../aws/token-claims.ts';
import type { EngineVersion, Unreachable } from '../../../docker/engine.ts';
import type { RunContext } from '../../../github/run-context.ts';
import type { Agents } from '../../../runner/http.ts';
import type { Config } from '../../inputs/config.ts';
import { RollbackLookups } from '../../rollback/rollback-lookups.ts';
import { type Answer, unwrap } from '../answer.ts';
import { Asking, orAMoment } from './asking.ts';
import { EcrLookups, type ImageToWrite, type ToRegistry } from './ecr-lookups.ts';
import { EcsLookups } from './ecs-lookups.ts';
import { FileLookups } from './file-lookups.ts';

/** The ways out of the process that the lookups take. */
export interface LookupPorts {
  /** Undefined: nothing may be asked of AWS (`Config.awsObstacle`). */
  readonly aws: Aws | undefined;
  readonly registry: ToRegistry;
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

/** How long a preflight waits for GitHub, which it can do without. */
const RECORDING_MS = 3_000;

/**
 * Questions to the outside that more than one check needs the answer to. Each is asked once, when it is first
 * needed, and side by side with the others wherever one doesn't need another's answer.
 */
export class Lookups {
  readonly ecr: EcrLookups;
  readonly ecs: EcsLookups;
  readonly files: FileLookups;
  /** What only a roll back asks. */
  readonly rollback: RollbackLookups;
  readonly #asking: Asking;
  readonly #ports: LookupPorts;

  constructor(config: Config, image: ImageToWrite, ports: LookupPorts) {
    this.#asking = new Asking(config, ports.aws);
    this.#ports = ports;
    this.ecr = new EcrLookups(this.#asking, ports.registry, image);
    this.ecs = new EcsLookups(this.#asking, ports.workspace);
    this.files = new FileLookups(this.#asking, ports.workspace);
    this.rollback = new RollbackLookups(config, this, ports);
  }

  async identity(): Promise<Answer<Identity>> {
    return await this.#asking.questions.once('identity', async () => {
      const { expiresAt } = unwrap(await this.#asking.credentials());
      const sts = await this.#asking.aws().sts();
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

  /** What IAM's simulation says of an action of a principal, for each resource. */
  async simulated(principal: string, asked: SimulatedAction): Promise<Answer<readonly Decision[]>> {
    return await this.#asking.questions.once(
      `simulated ${asked.action} ${asked.resources.join(' ')}`,
      async () => this.#asking.aws().simulate(principal, asked),
    );
  }

  async hasLogGroup(name: string, region: string): Promise<Answer<boolean>> {
    return await this.#asking.questions.once(`logGroup ${region} ${name}`, async () =>
      (await this.#asking.aws().metadata()).hasLogGroup(name, region),
    );
  }

  /** How it is with a secret that a task definition names by `valueFrom`. */
  async secretState(reference: SecretReference, valueFrom: string): Promise<Answer<SecretState>> {
    return await this.#asking.questions.once(`secret ${valueFrom}`, async () =>
      (await this.#asking.aws().metadata()).secretState(reference),
    );
  }

  /** Why this run may not record a deployment at GitHub; undefined where it may, or where that can't be seen. */
  async recordingRefusal(run: RunContext): Promise<Answer<string | undefined>> {
    return await this.#asking.questions.once('recordingRefusal', async () => {
      const { environment, jobId } = this.#asking.config;
      const token = environment['INPUT_GITHUB-TOKEN']?.trim();
      if (!this.#ports.agents || !token) return undefined;
      const { GitHubDeployments } = await import('../../../github/deployments.ts');
      return await new GitHubDeployments(
        run,
        token,
        this.#ports.agents,
        { timeoutMs: RECORDING_MS },
        jobId,
      ).refusal();
    });
  }

  async engine(): Promise<Answer<EngineVersion | Unreachable>> {
    return await this.#asking.questions.once('engine', async () => this.#ports.engineVersion());
  }

  /**
   * Waits until AWS has been asked what there is, or for a moment. What holds up the thread is for the time in which
   * AWS answers: before, it would hold up the questions.
   */
  async awsAsked(): Promise<void> {
    const { aws } = this.#ports;
    if (aws) await orAMoment(aws.asked());
  }
}
