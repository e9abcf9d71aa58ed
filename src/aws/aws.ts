import type { AwsCredentialIdentity } from '@aws-sdk/types';
import type { Agents } from '../runner/http.ts';
import type { CredentialPlan } from './credentials.ts';
import type { Ecr } from './ecr.ts';
import type { Ecs } from './ecs.ts';
import type { AwsMetadata } from './metadata.ts';
import type { OneOffTasks } from './one-off-tasks.ts';
import type { Sts } from './sts.ts';
import type { TaskDefinitions } from './task-definitions.ts';

/** AWS in one region by one set of credentials. Each service's client is loaded when it is first asked for. */
export class Aws {
  readonly region: string;
  readonly plan: CredentialPlan;
  readonly #agents: Agents;
  #sts: Promise<Sts> | undefined;
  #ecr: Promise<Ecr> | undefined;
  #ecs: Promise<Ecs> | undefined;

  constructor(region: string, plan: CredentialPlan, agents: Agents) {
    this.region = region;
    this.plan = plan;
    this.#agents = agents;
  }

  /** The credentials, from wherever they come. Throws what that source throws. */
  async credentials(): Promise<AwsCredentialIdentity> {
    const sts = await this.sts();
    return await sts.credentials();
  }

  async sts(): Promise<Sts> {
    this.#sts ??= import('./sts.ts').then(
      ({ Sts }) => new Sts({ region: this.region, agents: this.#agents, credentials: this.plan.provider }),
    );
    return await this.#sts;
  }

  async ecr(): Promise<Ecr> {
    this.#ecr ??= this.#whileIdentityIsAsked(() => import('./ecr.ts')).then(
      ({ Ecr }) => new Ecr(this.#settings()),
    );
    return await this.#ecr;
  }

  async ecs(): Promise<Ecs> {
    this.#ecs ??= this.#whileIdentityIsAsked(() => import('./ecs.ts')).then(
      ({ Ecs }) => new Ecs(this.#settings()),
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

  /** What there is of log groups, parameters and secrets. `environment` has the SDK's endpoint variables. */
  async metadata(environment: Readonly<Record<string, string | undefined>>): Promise<AwsMetadata> {
    const { AwsMetadata } = await import('./metadata.ts');
    return new AwsMetadata({
      agents: this.#agents,
      credentials: () => this.credentials(),
      environment,
    });
  }

  /** Begins to ask whose credentials these are; `callerIdentity` has the answer, or throws what came in its place. */
  askIdentity(): void {
    this.#whileIdentityIsAsked(async () => undefined).catch(() => undefined);
  }

  /** A client takes 20 ms to load, in which nothing else can run: the first question is to be on its way by then. */
  async #whileIdentityIsAsked<T>(load: () => Promise<T>): Promise<T> {
    const sts = await this.sts();
    await sts.identityAsked();
    return await load();
  }

  /** What a client of another service is made with: the same credentials, found once. */
  clientSettings() {
    return this.#settings();
  }

  #settings() {
    return { region: this.region, agents: this.#agents, credentials: () => this.credentials() };
  }
}
