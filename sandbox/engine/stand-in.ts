import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PushFormat } from './pushed-manifests.ts';

/** A `docker` to be put first on PATH. */
export interface StandIn {
  /** The folder with the executable. */
  readonly path: string;
  /** Takes the folder and the images built in it away. */
  readonly remove: () => void;
}

/**
 * Writes a launcher named `docker` into a folder of its own. It starts the stand-in with the node that runs
 * this, whatever node is on PATH, and keeps its images beside it, so that a build and a push in processes of
 * their own, with other home folders, see the same ones. `pushFormat`: what a push leaves at the registry.
 */
export function setUpStandIn(options: { readonly pushFormat?: PushFormat } = {}): StandIn {
  const folder = mkdtempSync(join(tmpdir(), 'stand-in-engine-'));
  const path = join(folder, 'bin');
  const launcher = join(path, 'docker');
  mkdirSync(path);
  const script = join(import.meta.dirname, 'docker.ts');
  const command = [process.execPath, script, join(folder, 'images'), options.pushFormat ?? 'manifest'];
  // exec: signals reach the stand-in itself, as they reach docker's client.
  writeFileSync(launcher, `#!/bin/sh\nexec ${command.map(quoted).join(' ')} "$@"\n`);
  chmodSync(launcher, 0o755);
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
