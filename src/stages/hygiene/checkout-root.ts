import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { BuildSettings } from '../inputs/config.ts';
import { buildPaths } from '../preflight/build-files.ts';

/**
 * The folder of the checkout that is deployed: the workspace or, where that is none, the folder in it with the build
 * context (`path:` of actions/checkout).
 */
export function checkoutRoot(build: BuildSettings, workspace: string): string {
  const paths = buildPaths(build, workspace);
  if (paths === undefined || existsSync(join(workspace, '.git'))) return workspace;
  for (let folder = paths.context; isBelow(workspace, folder); folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
  }
  return workspace;
}

function isBelow(folder: string, path: string): boolean {
  const from = relative(folder, path);
  return from !== '' && from !== '..' && !/^\.\.[/\\]/.test(from);
}
