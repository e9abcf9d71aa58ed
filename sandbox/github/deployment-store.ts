import * as v from 'valibot';

/** A status of a deployment, as GitHub keeps it. */
export interface StatusTruth {
  readonly state: string;
  readonly description: string;
  readonly logUrl: string;
  readonly environmentUrl: string;
}

/** A deployment at the sandbox's GitHub, its statuses oldest first. */
export interface GitHubDeploymentTruth {
  readonly id: number;
  readonly environment: string;
  readonly ref: string;
  /** `job`: made by GitHub for a job's own `environment:`; `api`: by a call of this API. */
  readonly madeBy: 'job' | 'api';
  /** What its maker said of it, as given. */
  readonly payload: unknown;
  readonly statuses: readonly StatusTruth[];
}

/** Why GitHub refuses a call. */
export interface Refusal {
  readonly status: 404 | 409 | 422;
  readonly message: string;
}

const url = v.pipe(
  v.string(),
  v.check((text) => text === '' || /^https?:\/\/\S+$/.test(text), 'must use http(s) scheme'),
);

/** As far as it matters here: https://docs.github.com/en/rest/deployments/deployments#create-a-deployment */
const creation = v.object({
  ref: v.pipe(v.string(), v.minLength(1)),
  environment: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(255)), 'production'),
  auto_merge: v.optional(v.boolean(), true),
  required_contexts: v.optional(v.array(v.string())),
  description: v.optional(v.pipe(v.string(), v.maxLength(140)), ''),
  payload: v.optional(v.unknown()),
  task: v.optional(v.string(), 'deploy'),
});

/** https://docs.github.com/en/rest/deployments/statuses#create-a-deployment-status */
const statusCreation = v.object({
  state: v.picklist(['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success']),
  log_url: v.optional(url, ''),
  target_url: v.optional(url, ''),
  description: v.optional(
    v.pipe(v.string(), v.maxLength(140, 'description is too long (maximum is 140 characters)')),
    '',
  ),
  environment_url: v.optional(url, ''),
  auto_inactive: v.optional(v.boolean(), true),
});

type Stored = { -readonly [Key in keyof GitHubDeploymentTruth]: GitHubDeploymentTruth[Key] };

/** The deployments of one repository, with GitHub's rules for making them and for their statuses. */
export class DeploymentStore {
  readonly #deployments: Stored[] = [];

  /** Newest first, as GitHub lists them. */
  list(environment: string | undefined): readonly GitHubDeploymentTruth[] {
    return this.#deployments
      .filter((each) => environment === undefined || each.environment === environment)
      .toReversed();
  }

  find(id: number): GitHubDeploymentTruth | undefined {
    return this.#deployments.find((each) => each.id === id);
  }

  /** What GitHub does when a job with `environment:` starts. */
  startJob(environment: string, ref: string, logUrl: string): void {
    const made = this.#add({ environment, ref, madeBy: 'job', payload: {} });
    const common = { description: '', logUrl, environmentUrl: '' };
    made.statuses = [
      { ...common, state: 'queued' },
      { ...common, state: 'in_progress' },
    ];
  }

  create(body: unknown): GitHubDeploymentTruth | Refusal {
    const read = v.safeParse(creation, body);
    if (!read.success) return { status: 422, message: v.summarize(read.issues) };
    const { ref, environment, auto_merge: merges, required_contexts: contexts, payload = {} } = read.output;
    if (merges) return { status: 409, message: `Conflict merging main into ${ref}.` };
    if (contexts?.length !== 0) {
      return { status: 409, message: `Conflict: Commit status checks failed for ${ref}.` };
    }
    return this.#add({ environment, ref, madeBy: 'api', payload });
  }

  addStatus(id: number, body: unknown): StatusTruth | Refusal {
    const deployment = this.#deployments.find((each) => each.id === id);
    if (deployment === undefined) return { status: 404, message: 'Not Found' };
    const read = v.safeParse(statusCreation, body);
    if (!read.success) return { status: 422, message: v.summarize(read.issues) };
    const given = read.output;
    const status = {
      state: given.state,
      description: given.description,
      logUrl: given.log_url || given.target_url,
      environmentUrl: given.environment_url,
    };
    deployment.statuses = [...deployment.statuses, status];
    if (given.state === 'success' && given.auto_inactive) this.#retire(deployment);
    return status;
  }

  /** A success makes the environment's earlier successes inactive. */
  #retire(newest: Stored): void {
    for (const each of this.#deployments) {
      const last = each.statuses.at(-1);
      if (each === newest || each.environment !== newest.environment || last?.state !== 'success') continue;
      each.statuses = [...each.statuses, { ...last, state: 'inactive' }];
    }
  }

  #add(given: Pick<Stored, 'environment' | 'ref' | 'madeBy' | 'payload'>): Stored {
    const deployment: Stored = { id: 1_802_230_182 + this.#deployments.length, ...given, statuses: [] };
    this.#deployments.push(deployment);
    return deployment;
  }
}
