import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as v from 'valibot';

const hex = (digits: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${digits}}$`)));
const pinSchema = v.object({
  repository: v.pipe(v.string(), v.regex(/^[\w-]+\/[\w.-]+$/)),
  version: v.string(),
  commit: hex(40),
  /** Path in the repository → SHA-256 of the file. */
  files: v.record(v.pipe(v.string(), v.regex(/^(?!.*\.\.)[\w./-]+$/)), hex(64)),
});

/** An action of others at one commit, with what each file that a runner needs of it has to be. */
export type PeerPin = v.InferOutput<typeof pinSchema>;

/** An action of others on this machine, or why it is not. */
export type Peer =
  | { readonly pin: PeerPin; readonly folder: string }
  | { readonly pin: PeerPin; readonly missing: string };

/** Gives the bytes at a URL. */
export type Download = (url: string) => Promise<Uint8Array>;

const patienceMs = 30_000;

/** Reads bench/peers.json. Throws where it is not a list of pins. */
export async function readPins(): Promise<readonly PeerPin[]> {
  const text = await readFile(join(import.meta.dirname, 'peers.json'), 'utf8');
  return v.parse(v.array(pinSchema), JSON.parse(text));
}

/** Where peers are kept: outside the repository, so that none of their code is ever committed. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'deploy-guard-bench');
}

/** Where GitHub has a file of a peer. */
export function fileUrl({ repository, commit }: PeerPin, path: string): string {
  return `https://raw.githubusercontent.com/${repository}/${commit}/${path}`;
}

/** All peers, each fetched where it isn't in the cache as pinned. One that can't be had says why, and stops no other. */
export async function findPeers(): Promise<readonly Peer[]> {
  const cache = cacheFolder(process.env);
  return await Promise.all((await readPins()).map((pin) => findPeer(pin, cache, download)));
}

/** Puts the files of a peer into `cache`, unless they are there as pinned. A file that is not as pinned is not kept. */
export async function findPeer(pin: PeerPin, cache: string, get: Download): Promise<Peer> {
  const folder = join(cache, pin.repository, pin.commit);
  try {
    for (const [path, sha256] of Object.entries(pin.files)) {
      if (await isPinned(join(folder, path), sha256)) continue;
      const bytes = await get(fileUrl(pin, path));
      if (sha256Of(bytes) !== sha256) throw new Error(`${fileUrl(pin, path)} is not what is pinned`);
      await keep(join(folder, path), bytes);
    }
    return { pin, folder };
  } catch (error) {
    return { pin, missing: reasonOf(error) };
  }
}

async function isPinned(path: string, sha256: string): Promise<boolean> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes !== undefined && sha256Of(bytes) === sha256;
}

/** Whole or not at all: another bench may read the same cache. */
async function keep(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, bytes);
  await rename(part, path);
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function download(url: string): Promise<Uint8Array> {
  const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** fetch says only "fetch failed"; what failed is its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
