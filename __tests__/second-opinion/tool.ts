import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The program of that name on the PATH; undefined where there is none. .ci/tools installs them all.
 * @throws Error there, where stand-ins are refused (DEPLOY_GUARD_REFUSE_STAND_IN=1).
 */
export function findTool(name: string): string | undefined {
  const { PATH = '', DEPLOY_GUARD_REFUSE_STAND_IN } = process.env;
  const found = PATH.split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);
  if (found !== undefined || DEPLOY_GUARD_REFUSE_STAND_IN !== '1') return found;
  throw new Error(`${name} is wanted, and there is none on the PATH: \`. .ci/tools/start\` installs it.`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
