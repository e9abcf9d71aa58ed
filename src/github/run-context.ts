import { readFile, stat } from 'node:fs/promises';

/** The workflow run that this is a step of. Every text in it is somebody's words: branch names, titles, logins. */
export interface RunContext {
  /** `owner/name` */
  readonly repository: string;
  readonly sha: string;
  /** Branch or tag name without `refs/heads/`; for a pull request, its source branch. */
  readonly branch: string;
  readonly actor: string;
  readonly event: string;
  readonly workflow: string;
  readonly runNumber: string;
  readonly runId: string;
  /** The run's page; of a run that was run again, the page of this attempt. */
  readonly runUrl: string;
  readonly serverUrl: string;
  readonly apiUrl: string;
  /** docs/errors.md of the version of this action that runs. */
  readonly errorsUrl: string;
  readonly workspace: string;
  readonly temporaryFolder: string | undefined;
  /** First line of the pushed commit's message, where the event carries one. */
  readonly headline: string | undefined;
  /** Why GitHub gives this run no secrets and no id token, where it is of those that get none. */
  readonly withoutSecrets?: 'fork' | 'dependabot' | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The run as GitHub's runner describes it (docs.github.com, "Variables reference"); outside a runner, what
 * there is of it.
 */
export async function readRunContext(environment: Environment): Promise<RunContext> {
  const serverUrl = environment['GITHUB_SERVER_URL'] || 'https://github.com';
  const repository = environment['GITHUB_REPOSITORY'] ?? '';
  const runId = environment['GITHUB_RUN_ID'] ?? '';
  const attempt = Number(environment['GITHUB_RUN_ATTEMPT'] ?? '1');
  const event = await readEvent(environment['GITHUB_EVENT_PATH']);
  return {
    repository,
    sha: environment['GITHUB_SHA'] ?? '',
    branch: environment['GITHUB_HEAD_REF'] || environment['GITHUB_REF_NAME'] || '',
    actor: environment['GITHUB_TRIGGERING_ACTOR'] || environment['GITHUB_ACTOR'] || '',
    event: environment['GITHUB_EVENT_NAME'] ?? '',
    workflow: environment['GITHUB_WORKFLOW'] ?? '',
    runNumber: environment['GITHUB_RUN_NUMBER'] ?? '',
    runId,
    runUrl: `${serverUrl}/${repository}/actions/runs/${runId}${attempt > 1 ? `/attempts/${attempt}` : ''}`,
    serverUrl,
    apiUrl: environment['GITHUB_API_URL'] || 'https://api.github.com',
    errorsUrl: errorsUrl(environment, serverUrl),
    workspace: environment['GITHUB_WORKSPACE'] || process.cwd(),
    temporaryFolder: await existingFolder(environment['RUNNER_TEMP']),
    headline: headlineOf(event),
    withoutSecrets: withoutSecrets(environment, event),
  };
}

/**
 * docs.github.com, "Using secrets in GitHub Actions" (pull requests from forks) and "Dependabot on GitHub Actions".
 * `pull_request_target` runs with the secrets of its own repository.
 */
function withoutSecrets(environment: Environment, event: unknown): RunContext['withoutSecrets'] {
  if (environment['GITHUB_ACTOR'] === 'dependabot[bot]') return 'dependabot';
  if (!/^pull_request(_review(_comment)?)?$/.test(environment['GITHUB_EVENT_NAME'] ?? '')) return undefined;
  const head = property(property(property(event, 'pull_request'), 'head'), 'repo');
  const name = property(head, 'full_name');
  return typeof name === 'string' && name !== environment['GITHUB_REPOSITORY'] ? 'fork' : undefined;
}

function errorsUrl(environment: Environment, serverUrl: string): string {
  const repository = environment['GITHUB_ACTION_REPOSITORY'];
  const ref = environment['GITHUB_ACTION_REF'] || 'HEAD';
  return repository ? `${serverUrl}/${repository}/blob/${ref}/docs/errors.md` : 'docs/errors.md';
}

async function readEvent(path: string | undefined): Promise<unknown> {
  if (!path) return undefined;
  return await readFile(path, 'utf8')
    .then((text) => JSON.parse(text) as unknown)
    .catch(() => undefined);
}

function headlineOf(event: unknown): string | undefined {
  const message = property(property(event, 'head_commit'), 'message');
  return typeof message === 'string' ? message.split('\n')[0] : undefined;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** A folder that is there; undefined, for the system's own, where it is not. */
async function existingFolder(path: string | undefined): Promise<string | undefined> {
  if (!path) return undefined;
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ? path : undefined;
}
