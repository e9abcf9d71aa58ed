import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { delimiter, dirname } from 'node:path';

/** What a workflow run is about; each part has a plausible default. */
export interface GitHubContext {
  readonly repository: string;
  readonly sha: string;
  readonly ref: string;
  readonly actor: string;
  readonly runId: string;
  readonly runNumber: string;
  readonly runAttempt: string;
  readonly workflow: string;
  readonly job: string;
  /** `job.check_run_id`: the number in the address of the job's page. Empty on a GitHub that doesn't tell. */
  readonly checkRunId: string;
  readonly serverUrl: string;
  readonly apiUrl: string;
  /** `github.token`: filled into an input's default, never put into the environment. */
  readonly token: string;
}

/** Fills in what a test left out; the SHA is that of the workspace's HEAD. */
export function githubContext(given: Partial<GitHubContext>, workspace: string): GitHubContext {
  return {
    repository: 'acme/dyno-agent',
    sha: given.sha ?? headOf(workspace),
    ref: 'refs/heads/main',
    actor: 'octo',
    runId: '17364528190',
    runNumber: '318',
    runAttempt: '1',
    workflow: 'Deploy',
    job: 'deploy',
    checkRunId: '48612345678',
    serverUrl: 'https://github.com',
    apiUrl: 'https://api.github.com',
    token: `ghs_${randomUUID().replaceAll('-', '')}Sand`,
    ...given,
  };
}

function headOf(workspace: string): string {
  const git = spawnSync('git', ['-C', workspace, 'rev-parse', 'HEAD'], { encoding: 'utf8' });
  return git.status === 0 ? git.stdout.trim() : '0'.repeat(40);
}

/** The `github.*` values that an input's default may name. */
export function githubExpressionValues(github: GitHubContext): Readonly<Record<string, string>> {
  return {
    token: github.token,
    repository: github.repository,
    sha: github.sha,
    ref: github.ref,
    actor: github.actor,
    run_id: github.runId,
    run_number: github.runNumber,
    run_attempt: github.runAttempt,
    workflow: github.workflow,
    job: github.job,
    check_run_id: github.checkRunId,
    server_url: github.serverUrl,
    api_url: github.apiUrl,
  };
}

/** Where a job's folders are. */
export interface JobFolders {
  readonly home: string;
  readonly temp: string;
  readonly workspace: string;
  readonly eventPath: string;
}

/**
 * The environment that a hosted runner gives an action, and nothing of the caller's but where its
 * programs are (PATH, without the folders that npm puts in front of it).
 *
 * Source: https://docs.github.com/en/actions/reference/workflows-and-actions/variables#default-environment-variables
 */
export function hostedEnvironment(
  github: GitHubContext,
  event: string,
  folders: JobFolders,
  trackingId: string,
): Readonly<Record<string, string>> {
  const { PATH = '' } = process.env;
  const path = PATH.split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return {
    HOME: folders.home,
    PATH: path.join(delimiter),
    LANG: 'C.UTF-8',
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    ...githubVariables(github, event, folders),
    RUNNER_OS: { darwin: 'macOS', win32: 'Windows' }[process.platform as string] ?? 'Linux',
    RUNNER_ARCH: process.arch === 'arm64' ? 'ARM64' : 'X64',
    RUNNER_NAME: 'GitHub Actions 1',
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_TEMP: folders.temp,
    RUNNER_TOOL_CACHE: '/opt/hostedtoolcache',
    RUNNER_WORKSPACE: dirname(folders.workspace),
    RUNNER_TRACKING_ID: trackingId,
  };
}

function githubVariables(
  github: GitHubContext,
  event: string,
  folders: JobFolders,
): Readonly<Record<string, string>> {
  const isTag = github.ref.startsWith('refs/tags/');
  const refName = github.ref.replace(/^refs\/(heads|tags)\//, '').replace(/^refs\/pull\//, '');
  return {
    GITHUB_ACTION: '__self',
    GITHUB_ACTOR: github.actor,
    GITHUB_ACTOR_ID: '583231',
    GITHUB_API_URL: github.apiUrl,
    GITHUB_BASE_REF: '',
    GITHUB_EVENT_NAME: event,
    GITHUB_EVENT_PATH: folders.eventPath,
    GITHUB_GRAPHQL_URL: `${github.apiUrl}/graphql`,
    GITHUB_HEAD_REF: '',
    GITHUB_JOB: github.job,
    GITHUB_REF: github.ref,
    GITHUB_REF_NAME: refName,
    GITHUB_REF_PROTECTED: 'false',
    GITHUB_REF_TYPE: isTag ? 'tag' : 'branch',
    GITHUB_REPOSITORY: github.repository,
    GITHUB_REPOSITORY_ID: '724310001',
    GITHUB_REPOSITORY_OWNER: github.repository.split('/')[0] ?? '',
    GITHUB_REPOSITORY_OWNER_ID: '9919',
    GITHUB_RETENTION_DAYS: '90',
    GITHUB_RUN_ATTEMPT: github.runAttempt,
    GITHUB_RUN_ID: github.runId,
    GITHUB_RUN_NUMBER: github.runNumber,
    GITHUB_SERVER_URL: github.serverUrl,
    GITHUB_SHA: github.sha,
    GITHUB_TRIGGERING_ACTOR: github.actor,
    GITHUB_WORKFLOW: github.workflow,
    GITHUB_WORKFLOW_REF: `${github.repository}/.github/workflows/deploy.yml@${github.ref}`,
    GITHUB_WORKFLOW_SHA: github.sha,
    GITHUB_WORKSPACE: folders.workspace,
  };
}
