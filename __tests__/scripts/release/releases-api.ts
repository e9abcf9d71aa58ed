import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A release of the stand-in, with its files. */
export interface StoredRelease {
  readonly id: number;
  readonly tag_name: string;
  readonly target_commitish: string;
  readonly body: string;
  readonly prerelease: boolean;
  readonly draft: boolean;
  readonly make_latest?: string;
  readonly files: Readonly<Record<string, string>>;
}

/** GitHub's API as far as a release needs it. */
export interface ReleasesApi {
  readonly url: string;
  /** Oldest first. */
  releases(): readonly StoredRelease[];
  /** One that was published before the story begins. */
  publish(tag: string): void;
  close(): Promise<void>;
}

/**
 * The releases of one repository, as GitHub keeps them with immutable releases on: a published one takes no file and can't
 * be published again. Source: https://docs.github.com/en/rest/releases
 */
export async function startReleasesApi(): Promise<ReleasesApi> {
  const stored = new Map<number, StoredRelease>();
  let last = 0;
  const add = (given: Omit<StoredRelease, 'id' | 'files'>): StoredRelease => {
    last += 1;
    const made = { ...given, id: last, files: {} };
    stored.set(last, made);
    return made;
  };

  const answer = (method: string, path: string, query: URLSearchParams, body: string): Answer => {
    const [, id, what] = /^\/repos\/acme\/deploy-guard\/releases(?:\/(\d+))?(\/assets)?$/.exec(path) ?? [];
    if (!path.startsWith('/repos/acme/deploy-guard/releases')) return [404, { message: 'Not Found' }];
    if (id === undefined && method === 'GET') {
      const page = Number(query.get('page') ?? '1');
      return [200, [...stored.values()].toReversed().slice((page - 1) * 100, page * 100)];
    }
    if (id === undefined && method === 'POST') {
      const release = add(JSON.parse(body) as StoredRelease);
      return [201, { ...release, upload_url: `${url}${path}/${release.id}/assets{?name,label}` }];
    }
    const release = stored.get(Number(id));
    if (!release) return [404, { message: 'Not Found' }];
    if (!release.draft) return [422, { message: 'Cannot change an immutable release' }];
    if (method === 'DELETE') return stored.delete(release.id) ? [204, undefined] : [404, undefined];
    const change = what
      ? { files: { ...release.files, [query.get('name') ?? '']: body } }
      : (JSON.parse(body) as Partial<StoredRelease>);
    stored.set(release.id, { ...release, ...change });
    return [what ? 201 : 200, stored.get(release.id)];
  };

  const server = createServer((req, res) => {
    void readAll(req).then((body) => {
      const { pathname, searchParams } = new URL(req.url ?? '/', 'http://api');
      const isKnown = req.headers.authorization === `Bearer ${RELEASES_TOKEN}`;
      const [status, value] = isKnown
        ? answer(req.method ?? '', pathname, searchParams, body)
        : ([401, { message: 'Bad credentials' }] as const);
      res.writeHead(status, { 'content-type': 'application/json' });
      res.end(value === undefined ? undefined : JSON.stringify(value));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    releases: () => [...stored.values()],
    publish: (tag) => {
      add({ tag_name: tag, target_commitish: '', body: '', prerelease: false, draft: false });
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The only token that the stand-in knows. */
export const RELEASES_TOKEN = 'ghs_rehearsal';

type Answer = readonly [status: number, value: unknown];

async function readAll(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('latin1');
}
