import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a build with buildx goes to: the docker engine's own BuildKit, or a BuildKit beside it. */
export type Builder = 'docker' | 'buildkit';

/** A real buildx, and the BuildKit that it can build with. */
export interface Buildx {
  readonly version: string;
  /** A configuration folder by which `docker` has buildx, with that builder in use. Gone after `remove`. */
  readonly makeConfig: (builder: Builder) => { readonly folder: string; readonly remove: () => void };
}

/**
 * The buildx plugin that DEPLOY_GUARD_BUILDX names, and the BuildKit that listens at DEPLOY_GUARD_BUILDKIT
 * (`unix:///run/…`); .ci/run builds and starts both. Undefined where they are not named.
 * @throws Error where they are not and stand-ins are refused (DEPLOY_GUARD_REFUSE_STAND_IN=1), or don't work.
 */
export function findBuildx(): Buildx | undefined {
  const { DEPLOY_GUARD_BUILDX, DEPLOY_GUARD_BUILDKIT, DEPLOY_GUARD_REFUSE_STAND_IN } = process.env;
  if (!DEPLOY_GUARD_BUILDX || !DEPLOY_GUARD_BUILDKIT) {
    if (DEPLOY_GUARD_REFUSE_STAND_IN !== '1') return undefined;
    throw new Error('DEPLOY_GUARD_BUILDX or DEPLOY_GUARD_BUILDKIT is not set, and a real buildx is wanted.');
  }
  if (!existsSync(DEPLOY_GUARD_BUILDX)) throw new Error(`There is no buildx at ${DEPLOY_GUARD_BUILDX}.`);
  const makeConfig = (builder: Builder) => {
    const folder = mkdtempSync(join(tmpdir(), 'docker-config-buildx-'));
    mkdirSync(join(folder, 'cli-plugins'));
    symlinkSync(DEPLOY_GUARD_BUILDX, join(folder, 'cli-plugins', 'docker-buildx'));
    writeFileSync(join(folder, 'config.json'), '{}');
    if (builder === 'buildkit') {
      const create = [
        'buildx',
        'create',
        '--name',
        'sandbox',
        '--driver',
        'remote',
        '--use',
        DEPLOY_GUARD_BUILDKIT,
      ];
      docker(folder, create);
    }
    return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
  };
  const { folder, remove } = makeConfig('docker');
  const version = docker(folder, ['buildx', 'version']).trim();
  remove();
  return { version, makeConfig };
}

/** Whether docker here has buildx for every user, so that no configuration can be without it. */
export function isBuildxForAll(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'docker-config-empty-'));
  try {
    docker(folder, ['buildx', 'version']);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function docker(folder: string, args: readonly string[]): string {
  const env = { ...process.env, DOCKER_CONFIG: folder };
  return execFileSync('docker', [...args], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
