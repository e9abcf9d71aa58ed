import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ReleaseProblem } from './problem.ts';

/** A release as GitHub knows it. */
export interface GitHubRelease {
  readonly id: number;
  readonly tag_name: string;
  readonly draft: boolean;
  readonly upload_url: string;
}

/** What a draft is made of. */
export interface DraftRelease {
  readonly tag: string;
  readonly commit: string;
  readonly notes: string;
  readonly isPreRelease: boolean;
  /** Paths of the files that belong to it. */
  readonly files: readonly string[];
}

/** The releases of a repository, drafts included. */
export interface GitHubReleases {
  list(): Promise<readonly GitHubRelease[]>;
  /** Makes a draft with its files, in place of an earlier draft of that tag. */
  draft(release: DraftRelease): Promise<void>;
  /** Makes a draft public; `isNewest` says whether it becomes the one that the repository's page shows. */
  publish(release: GitHubRelease, isNewest: boolean): Promise<void>;
}

const PATIENCE_MS = 60_000;
const MOST_PAGES = 20;

/** GitHub's own, of the repository whose workflow runs: https://docs.github.com/en/rest/releases */
export function gitHubReleases(env: NodeJS.ProcessEnv): GitHubReleases {
  const { GITHUB_API_URL = 'https://api.github.com', GITHUB_REPOSITORY = '', GITHUB_TOKEN: token = '' } = env;
  const releases = `${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/releases`;
  const json = (method: string, url: string, body?: unknown) =>
    ask(token, method, url, body === undefined ? undefined : JSON.stringify(body), 'application/json');

  async function list(): Promise<readonly GitHubRelease[]> {
    const all: GitHubRelease[] = [];
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const some = (await json('GET', `${releases}?per_page=100&page=${page}`)) as readonly GitHubRelease[];
      all.push(...some);
      if (some.length < 100) break;
    }
    return all;
  }

  return {
    list,
    async draft({ tag, commit, notes, isPreRelease, files }) {
      const earlier = (await list()).filter(({ tag_name }) => tag_name === tag);
      if (earlier.some(({ draft }) => !draft)) throw alreadyPublished(tag);
      for (const { id } of earlier) await json('DELETE', `${releases}/${id}`);
      const made = (await json('POST', releases, {
        tag_name: tag,
        target_commitish: commit,
        name: tag,
        body: notes,
        draft: true,
        prerelease: isPreRelease,
      })) as GitHubRelease;
      const upload = made.upload_url.replace(/\{.*$/, '');
      for (const file of files) {
        const url = `${upload}?name=${encodeURIComponent(basename(file))}`;
        await ask(token, 'POST', url, readFileSync(file), 'application/octet-stream');
      }
    },
    async publish({ id }, isNewest) {
      await json('PATCH', `${releases}/${id}`, { draft: false, make_latest: isNewest ? 'true' : 'false' });
    },
  };
}

/** A number is used once: what is published may be immutable. */
export function alreadyPublished(tag: string): ReleaseProblem {
  return new ReleaseProblem(`${tag} is published already, and stays as it is. Release the next number.`);
}

async function ask(
  token: string,
  method: string,
  url: string,
  body: string | Buffer | undefined,
  type: string,
): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'x-github-api-version': '2022-11-28',
      ...(body === undefined ? {} : { 'content-type': type }),
    },
    ...(body === undefined ? {} : { body: new Uint8Array(Buffer.from(body)) }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((error: unknown) => {
    const { cause } = error as { cause?: unknown };
    throw new ReleaseProblem(`${method} ${url} was not answered: ${String(cause ?? error)}`);
  });
  const text = await response.text();
  if (!response.ok)
    throw new ReleaseProblem(`${method} ${url} answered ${response.status}: ${text.slice(0, 400)}`);
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}
