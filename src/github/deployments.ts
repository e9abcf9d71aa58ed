import {
  type Agents,
  ask,
  type HttpAnswer,
  type HttpQuestion,
  isLoopback,
  NoAnswer,
} from '../runner/http.ts';
import { oneLine, shorten } from '../runner/text.ts';
import type { RunContext } from './run-context.ts';

/** Where a deployment stands (REST API, "Create a deployment status"). */
export type DeploymentState = 'in_progress' | 'success' | 'failure' | 'error' | 'inactive';

/** A status to record. */
export interface DeploymentStatus {
  readonly state: DeploymentState;
  /** Cut to the 140 characters that GitHub takes. */
  readonly description: string;
  readonly environmentUrl: string | undefined;
}

/** GitHub's API did not do what it was asked. */
export class GitHubRefused extends Error {
  /** Undefined: no answer came. */
  readonly status: number | undefined;
  constructor(message: string, status: number | undefined, cause?: unknown) {
    super(message, { cause });
    this.name = 'GitHubRefused';
    this.status = status;
  }
}

/** How long an answer is waited for. */
export type RequestBounds = Pick<HttpQuestion, 'timeoutMs' | 'deadline'>;

/** States after which a deployment is over: another attempt of the same run does not write over it. */
const OVER: ReadonlySet<unknown> = new Set(['success', 'failure', 'error', 'inactive']);
/** How many of an environment's newest deployments are looked at. A job's own was made when the job began. */
const NEWEST = 10;
const DESCRIPTION_MOST = 140;

/**
 * The deployments of one repository at GitHub's API (docs.github.com, "REST API endpoints for deployments").
 * The token goes to that API's address alone: redirects are not followed.
 */
export class GitHubDeployments {
  readonly #run: RunContext;
  readonly #token: string;
  readonly #agents: Agents;
  readonly #bounds: RequestBounds;
  readonly #jobId: string | undefined;

  /** `jobId`: the number of this job in its page's address, where it is known. Throws GitHubRefused where the API's address is neither https nor this machine's. */
  constructor(
    run: RunContext,
    token: string,
    agents: Agents,
    bounds: RequestBounds,
    jobId: string | undefined,
  ) {
    const url = URL.parse(run.apiUrl);
    const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
    if (!isSafe) throw new GitHubRefused(`${oneLine(run.apiUrl, 100)} is not an https URL`, undefined);
    this.#run = run;
    this.#token = token;
    this.#agents = agents;
    this.#bounds = bounds;
    this.#jobId = jobId;
  }

  /**
   * The deployment that was made for this job and is not over: by GitHub for its `environment:`, or by us. It is
   * known by its statuses, which link to the job's page, and before its first by its payload. Where the job's
   * number is not known, the newest of the run. Throws GitHubRefused.
   */
  async find(environment: string): Promise<number | undefined> {
    const query = new URLSearchParams({ environment, per_page: String(NEWEST) });
    const found = listOf(await this.#ask('GET', `deployments?${query}`)).flatMap((deployment) => {
      const id = idOf(deployment);
      return id === undefined ? [] : [{ id, deployment }];
    });
    const statuses = await Promise.all(
      found.map(async ({ id }) => listOf(await this.#ask('GET', `deployments/${id}/statuses?per_page=10`))),
    );
    return found.find(({ deployment }, at) => {
      const of = statuses[at] ?? [];
      if (of.length === 0) return this.#isMadeByUs(deployment);
      return of.some((status) => this.#isOurs(status)) && !OVER.has(property(of[0], 'state'));
    })?.id;
  }

  /** Makes a deployment of the commit, whatever else is being checked or merged; gives its id. Throws GitHubRefused. */
  async create(environment: string, ref: string): Promise<number> {
    const answer = await this.#ask('POST', 'deployments', {
      ref,
      environment,
      task: 'deploy',
      auto_merge: false,
      required_contexts: [],
      description: 'deploy-guard to Amazon ECS',
      payload: this.#payload(),
    });
    const id = idOf(answer);
    if (id === undefined) throw new GitHubRefused('its answer has no id of the new deployment', undefined);
    return id;
  }

  /** Records where the deployment stands. Throws GitHubRefused. */
  async record(id: number, { state, description, environmentUrl }: DeploymentStatus): Promise<void> {
    await this.#ask('POST', `deployments/${id}/statuses`, {
      state,
      log_url: this.#jobId === undefined ? this.#run.runUrl : this.#jobPage(this.#jobId),
      description: shorten(description, DESCRIPTION_MOST),
      ...(environmentUrl === undefined ? {} : { environment_url: environmentUrl }),
    });
  }

  /**
   * Why the token may not record a deployment; undefined where it may, or where that can't be seen. Asked with a
   * status of a deployment that there can't be: nothing can come of it. A token without the permission is refused
   * before GitHub looks for the deployment; else the answer is a 404, which is no evidence.
   */
  async refusal(): Promise<string | undefined> {
    const asked = this.#ask('POST', 'deployments/0/statuses', { state: 'in_progress' });
    const problem = await asked.then(
      () => undefined,
      (error: unknown) => error,
    );
    const isRefused = problem instanceof GitHubRefused && (problem.status === 401 || problem.status === 403);
    return isRefused ? problem.message : undefined;
  }

  #isOurs(status: unknown): boolean {
    const url = property(status, 'log_url') || property(status, 'target_url');
    if (typeof url !== 'string') return false;
    const page = this.#page();
    if (this.#jobId === undefined) return url === page || url.startsWith(`${page}/`);
    return url === this.#jobPage(this.#jobId);
  }

  #isMadeByUs(deployment: unknown): boolean {
    const payload = property(deployment, 'payload');
    const ours: Readonly<Record<string, unknown>> = this.#payload();
    return Object.keys(ours).every((key) => property(payload, key) === ours[key]);
  }

  #payload() {
    const job = this.#jobId === undefined ? {} : { job_id: this.#jobId };
    return { workflow_run_id: this.#run.runId, ...job };
  }

  /** Without the attempt: so GitHub links to it. */
  #page(): string {
    const { serverUrl, repository, runId } = this.#run;
    return `${serverUrl}/${repository}/actions/runs/${runId}`;
  }

  /** A job's page has its check run's number (docs.github.com, "Contexts reference", `job.check_run_id`). */
  #jobPage(jobId: string): string {
    return `${this.#page()}/job/${jobId}`;
  }

  async #ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const repository = this.#run.repository.split('/').map(encodeURIComponent).join('/');
    const answer = await ask(this.#agents, {
      method,
      url: new URL(`${this.#run.apiUrl.replace(/\/+$/, '')}/repos/${repository}/${path}`),
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${this.#token}`,
        'x-github-api-version': '2022-11-28',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...this.#bounds,
    }).catch((error: unknown) => {
      throw error instanceof NoAnswer ? new GitHubRefused(error.message, undefined, error) : error;
    });
    if (answer.status >= 200 && answer.status < 300) return parsed(answer);
    const message = property(parsed(answer), 'message');
    // Of another shape it may not even be made a text.
    const said = typeof message === 'string' ? oneLine(message, 120) : '';
    throw new GitHubRefused(`GitHub answered ${answer.status}${said ? `: ${said}` : ''}`, answer.status);
  }
}

function parsed({ body }: HttpAnswer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function idOf(value: unknown): number | undefined {
  const id = property(value, 'id');
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : undefined;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
