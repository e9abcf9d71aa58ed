import { setTimeout as sleep } from 'node:timers/promises';
import type { AwsCredentialIdentity } from '@aws-sdk/types';
import type { Agents } from '../runner/http.ts';
import type { CredentialPlan } from './credentials.ts';
import type { Ecr } from './ecr.ts';
import type { Ecs } from './ecs.ts';
import type { AwsMetadata } from './metadata.ts';
import type { OneOffTasks } from './one-off-tasks.ts';
import type { Decision, SimulatedAction } from './policy-simulation.ts';
import type { EndpointKey } from './shared-config.ts';
import type { Sts } from './sts.ts';
import type { TaskDefinitions } from './task-definitions.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How long the loading of what is heavy waits for a first question to be sent at most, in milliseconds. */
const MOST_WAIT_MS = 250;

/** AWS in one region by one set of credentials. Each service's client is loaded when it is first asked for. */
export class Aws {
  readonly region: string;
  readonly plan: CredentialPlan;
  readonly #agents: Agents;
  readonly #environment: Environment;
  #endpoints: Promise<ReadonlyMap<EndpointKey, string>> | undefined;
  #sts: Promise<Sts> | undefined;
  #ecr: Promise<Ecr> | undefined;
  #ecs: Promise<Ecs> | undefined;
  readonly #ecrSent = Promise.withResolvers<void>();
  readonly #ecsSent = Promise.withResolvers<void>();

  /** `environment` has the SDK's endpoint variables. */
  constructor(region: string, plan: CredentialPlan, agents: Agents, environment: Environment = {}) {
    this.region = region;
    this.plan = plan;
    this.#agents = agents;
    this.#environment = environment;
  }

  /** The credentials, from wherever they come. Throws what that source throws, and what `sts` throws. */
  async credentials(): Promise<AwsCredentialIdentity> {
    const sts = await this.sts();
    return await sts.credentials();
  }

  /** The credentials that the first question was asked with; throws what came in their place, without another try. */
  async firstCredentials(): Promise<AwsCredentialIdentity> {
    const sts = await this.sts();
    return await sts.firstCredentials();
  }

  /** Throws ClearTextEndpoint: whoever signs comes by here first, so that nothing is sent in the clear. */
  async sts(): Promise<Sts> {
    this.#sts ??= Promise.all([import('./sts.ts'), this.#sharedEndpoints()]).then(
      ([{ Sts }]) =>
        new Sts(
          { region: this.region, agents: this.#agents, credentials: this.plan.provider },
          this.plan.onHeld,
        ),
    );
    return await this.#sts;
  }

  async ecr(): Promise<Ecr> {
    this.#ecr ??= this.#whileIdentityIsAsked(async () => {
      // Others hang on the answers of ECS, on ECR's none: its question goes before the loading of this client.
      if (this.#ecs) await Promise.race([this.#ecsSent.promise, sleep(MOST_WAIT_MS)]);
      return await import('./ecr.ts');
    }).then(({ Ecr }) => new Ecr({ ...this.#settings(), onSent: this.#ecrSent.resolve }));
    return await this.#ecr;
  }

  async ecs(): Promise<Ecs> {
    this.#ecs ??= this.#whileIdentityIsAsked(() => import('./ecs.ts')).then(
      ({ Ecs }) => new Ecs({ ...this.#settings(), onSent: this.#ecsSent.resolve }),
    );
    return await this.#ecs;
  }

  /** Task definitions, read and registered whole. */
  async taskDefinitions(): Promise<TaskDefinitions> {
    const [{ TaskDefinitions }, ecs] = await Promise.all([import('./task-definitions.ts'), this.ecs()]);
    return new TaskDefinitions(ecs.client);
  }

  async oneOffTasks(): Promise<OneOffTasks> {
    const [{ OneOffTasks }, ecs] = await Promise.all([import('./one-off-tasks.ts'), this.ecs()]);
    return new OneOffTasks(ecs.client);
  }

  /** What there is of log groups, parameters and secrets. */
  async metadata(): Promise<AwsMetadata> {
    const [{ AwsMetadata }, settings] = await Promise.all([import('./metadata.ts'), this.#callSettings()]);
    return new AwsMetadata(settings);
  }

  /** What IAM's simulation says of a principal. Throws what `simulate` throws. */
  async simulate(principal: string, asked: SimulatedAction): Promise<readonly Decision[]> {
    const [{ simulate }, settings] = await Promise.all([
      import('./policy-simulation.ts'),
      this.#callSettings(),
    ]);
    return await simulate(settings, principal, asked);
  }

  /**
   * Begins to ask whose credentials these are; `callerIdentity` has the answer, or throws what came in its place. Waits
   * until the question is on its way, or what it takes is awaited from elsewhere (a token of GitHub's). Never throws.
   */
  async askIdentity(): Promise<void> {
    const asked = this.#whileIdentityIsAsked(async () => undefined).catch(() => undefined);
    await this.sts().catch(() => undefined);
    await Promise.race([asked, sleep(MOST_WAIT_MS)]);
  }

  /** A client takes 20 ms to load, in which nothing else can run: the first question is to be on its way by then. */
  async #whileIdentityIsAsked<T>(load: () => Promise<T>): Promise<T> {
    const sts = await this.sts();
    await sts.identityAsked();
    return await load();
  }

  /** Waits until ECS and ECR have each been asked something: for ever, where one is not asked. */
  async asked(): Promise<void> {
    await Promise.all([this.#ecsSent.promise, this.#ecrSent.promise]);
  }

  async #sharedEndpoints(): Promise<ReadonlyMap<EndpointKey, string>> {
    // With STS's client, that is with the part of the SDK which reads the files.
    this.#endpoints ??= import('./shared-config.ts').then(({ sharedEndpoints }) =>
      sharedEndpoints(this.#environment),
    );
    return await this.#endpoints;
  }

  /** What a client of another service is made with: the same credentials, found once. */
  clientSettings() {
    return this.#settings();
  }

  async #callSettings() {
    return {
      agents: this.#agents,
      credentials: () => this.credentials(),
      environment: this.#environment,
      sharedEndpoints: await this.#sharedEndpoints(),
    };
  }

  #settings() {
    return { region: this.region, agents: this.#agents, credentials: () => this.credentials() };
  }
}
