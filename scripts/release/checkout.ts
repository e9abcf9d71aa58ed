import { execFileSync } from 'node:child_process';

/** The commit that is checked out in a folder. */
export function headCommit(folder: string): string {
  return execFileSync('git', ['-C', folder, 'rev-parse', 'HEAD'], { encoding: 'utf8' }).trim();
}
