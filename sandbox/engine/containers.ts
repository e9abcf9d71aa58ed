import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real podman or buildah. */
export interface ContainersTool {
  readonly version: string;
  /** Variables with which it works on this machine. */
  readonly env: Readonly<Record<string, string>>;
  /** Takes away what was made for it. */
  readonly remove: () => void;
}

/**
 * podman or buildah, where it is there and can keep images; undefined elsewhere.
 * @throws Error there, where stand-ins are refused (DEPLOY_GUARD_REFUSE_STAND_IN=1).
 */
export function findContainersTool(name: 'podman' | 'buildah'): ContainersTool | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'containers-conf-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // crun, which they would take first, does not start where both versions of cgroups are mounted.
  writeFileSync(join(folder, 'containers.conf'), '[engine]\nruntime = "runc"\n');
  const { STORAGE_DRIVER } = process.env;
  const env = {
    CONTAINERS_CONF: join(folder, 'containers.conf'),
    ...(STORAGE_DRIVER ? { STORAGE_DRIVER } : {}),
  };
  try {
    const options = { env: { ...process.env, ...env }, encoding: 'utf8', stdio: 'pipe' } as const;
    execFileSync(name, ['info'], options);
    return { version: execFileSync(name, ['--version'], options).trim(), env, remove };
  } catch (error) {
    remove();
    if (process.env['DEPLOY_GUARD_REFUSE_STAND_IN'] !== '1') return undefined;
    throw new Error(`A real ${name} is wanted, and none works here.`, { cause: error });
  }
}
