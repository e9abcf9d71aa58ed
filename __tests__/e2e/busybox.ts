import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Deployed } from './deploy.ts';
import { makeWorkspace } from './deploy.ts';

const BUSYBOX = '/bin/busybox';

/**
 * Whether there is a shell that runs in an otherwise empty image: Debian's busybox-static. Throws where there is none
 * and stand-ins are refused, so that no test is skipped in CI for want of it.
 */
export function hasStaticShell(): boolean {
  // A program that is linked at its start names its linker in its first page.
  const isStatic = existsSync(BUSYBOX) && !readFileSync(BUSYBOX).subarray(0, 4096).includes('/ld-');
  if (!isStatic && process.env['DEPLOY_GUARD_REFUSE_STAND_IN'] === '1')
    throw new Error(`There is no static busybox at ${BUSYBOX}.`);
  return isStatic;
}

/** The lines of a Dockerfile whose image has a shell, and `RUN` works. */
export const SHELL_BASE = 'FROM scratch\nCOPY busybox /bin/sh\n';

/** A workspace with busybox in it, for `SHELL_BASE`. */
export function shellWorkspace(files: Readonly<Record<string, string>>): { folder: string; sha: string } {
  const workspace = makeWorkspace({ '.dockerignore': '.git\n', ...files });
  if (existsSync(BUSYBOX)) copyFileSync(BUSYBOX, join(workspace.folder, 'busybox'));
  return workspace;
}

/** Arguments of all processes of this machine that have one of some texts in them. */
export function argumentsWith(texts: readonly string[]): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return [];
      }
    })
    .filter((line) => texts.some((text) => line.includes(text)));
}

/** Everything that the registry got, layers unpacked, as one text. */
export function registryText({ truth }: Deployed): string {
  const bodies = Object.values(truth.images).flatMap((images) => images.map(({ body }) => body));
  const blobs = Object.values(truth.blobs).flat();
  const unpacked = blobs.map((blob) => (blob[0] === 0x1f && blob[1] === 0x8b ? gunzipSync(blob) : blob));
  return [...bodies, ...unpacked].map((body) => body.toString('latin1')).join('\n');
}

/** The sha256 sum that `sha256sum` prints of a text. */
export function sumOf(text: string): string {
  return execFileSync('sha256sum', { input: text, encoding: 'utf8' }).split(' ')[0] ?? '';
}
