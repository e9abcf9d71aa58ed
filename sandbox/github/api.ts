import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  DeploymentStore,
  type GitHubDeploymentTruth,
  type Refusal,
  type StatusTruth,
} from './deployment-store.ts';

/**
 * How GitHub answers other than by doing what it is asked: `forbidden` 403 (the token lacks `deployments: write`),
 * `unauthorized` 401, `server_error` 502, `hang` (received, never answered), `redirect` 302 to another host.
 */
export type GitHubBehaviour = 'ok' | 'forbidden' | 'unauthorized' | 'server_error' | 'hang' | 'redirect';

export interface GitHubOptions {
  readonly behaviour?: GitHubBehaviour;
  /** The job has an `environment:` of its own: GitHub has made a deployment for it before the action starts. */
  readonly jobEnvironment?: JobEnvironment;
  /** The same for several jobs of a run, in the order in which they began. */
  readonly jobEnvironments?: readonly JobEnvironment[];
}

/** A job's own `environment:`. */
export interface JobEnvironment {
  readonly name: string;
  readonly ref: string;
  /** The page that its statuses link to: `…/actions/runs/<run>/job/<job>`. */
  readonly logUrl: string;
}

/** A request as it came. */
export interface GitHubRequest {
  readonly method: string;
  /** With its query, without `/api/v3`. */
  readonly path: string;
  readonly authorization: string | undefined;
}

/** What GitHub's API knows to be true. */
export interface GitHubTruth {
  /** Oldest first. */
  readonly deployments: readonly GitHubDeploymentTruth[];
  readonly requests: readonly GitHubRequest[];
}

export interface GitHubApi {
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  truth(): GitHubTruth;
}

const bodyMaxBytes = 1024 * 1024;
const refusals = {
  forbidden: { status: 403, message: 'Resource not accessible by integration' },
  unauthorized: { status: 401, message: 'Bad credentials' },
  server_error: { status: 502, message: 'Server Error' },
} as const;

/**
 * The part of GitHub's REST API that records deployments, at `/api/v3` as on a GitHub Enterprise Server.
 *
 * Source: https://docs.github.com/en/rest/deployments
 */
export function createGitHubHandler(options: GitHubOptions = {}): GitHubApi {
  const store = new DeploymentStore();
  const requests: GitHubRequest[] = [];
  const { jobEnvironment: job, jobEnvironments = [], behaviour = 'ok' } = options;
  for (const each of [...(job ? [job] : []), ...jobEnvironments]) {
    store.startJob(each.name, each.ref, each.logUrl);
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = (req.url ?? '').replace(/^\/api\/v3/, '');
    const { authorization } = req.headers;
    requests.push({ method: req.method ?? '', path, authorization });
    const body = await readJson(req);
    if (behaviour === 'hang') return;
    if (behaviour === 'redirect') {
      res.writeHead(302, { location: 'http://localhost:9/elsewhere' }).end();
      return;
    }
    if (behaviour in refusals) {
      const { status, message } = refusals[behaviour as keyof typeof refusals];
      return answer(res, status, { message });
    }
    if (!/^Bearer gh[a-z]_\S+$/.test(authorization ?? ''))
      return answer(res, 401, { message: 'Bad credentials' });
    const [status, value] = respond(store, req.method ?? '', new URL(path, 'http://api'), body);
    answer(res, status, value);
  }

  return {
    handle,
    truth: () => ({ deployments: store.list(undefined).toReversed(), requests: [...requests] }),
  };
}

/** What a request is for, in a word: `ListDeployment`, `CreateStatus`. */
export function gitHubOperation({ method, url = '' }: IncomingMessage): string {
  return `${method === 'POST' ? 'Create' : 'List'}${url.includes('/statuses') ? 'Status' : 'Deployment'}`;
}

function respond(
  store: DeploymentStore,
  method: string,
  url: URL,
  body: unknown,
): readonly [status: number, value: unknown] {
  const route = /^\/repos\/[^/]+\/[^/]+\/deployments(?:\/(\d+)\/statuses)?$/.exec(url.pathname);
  if (!route) return [404, { message: 'Not Found' }];
  const most = Math.min(100, Number(url.searchParams.get('per_page') ?? '30'));
  if (route[1] === undefined) {
    if (method === 'GET') {
      const listed = store.list(url.searchParams.get('environment') ?? undefined);
      return [200, listed.slice(0, most).map(deploymentJson)];
    }
    return created(store.create(body), deploymentJson);
  }
  const id = Number(route[1]);
  if (method === 'POST') return created(store.addStatus(id, body), statusJson);
  const deployment = store.find(id);
  if (!deployment) return [404, { message: 'Not Found' }];
  return [200, deployment.statuses.toReversed().slice(0, most).map(statusJson)];
}

function created<T extends object>(
  result: T | Refusal,
  json: (made: T) => unknown,
): readonly [number, unknown] {
  return 'message' in result ? [result.status, { message: result.message }] : [201, json(result)];
}

function deploymentJson({ id, environment, ref, payload }: GitHubDeploymentTruth): unknown {
  return { id, environment, original_environment: environment, ref, sha: ref, task: 'deploy', payload };
}

function statusJson({ state, description, logUrl, environmentUrl }: StatusTruth): unknown {
  return { state, description, log_url: logUrl, target_url: logUrl, environment_url: environmentUrl };
}

function answer(res: ServerResponse, status: number, value: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value));
}

/** Undefined where there is none, it is no JSON, or it is over the bound. */
async function readJson(req: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= bodyMaxBytes) chunks.push(bytes);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
