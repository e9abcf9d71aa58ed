import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { setUpStandIn } from './stand-in.ts';

/** What builds and pushes images here. */
export interface Engine {
  readonly kind: 'docker' | 'stand-in';
  /** A folder to put first on PATH; empty for a docker that is there already. */
  readonly path: string;
  readonly version: string;
  /** Variables without which a clean environment would not find the engine (a docker context's socket). */
  readonly env: Readonly<Record<string, string>>;
  /** Takes away what was set up for the stand-in. */
  readonly remove: () => void;
}

const run = promisify(execFile);
const patienceMs = 15_000;

/**
 * Finds a docker whose server answers, else sets up the stand-in.
 * @throws Error where the stand-in is refused, by the option or by DEPLOY_GUARD_REFUSE_STAND_IN=1.
 */
export async function findEngine(options: { readonly refuseStandIn: boolean }): Promise<Engine> {
  const found = await askDocker();
  if ('version' in found) {
    return {
      kind: 'docker',
      path: '',
      version: found.version,
      env: await endpoint(),
      remove: () => undefined,
    };
  }
  const { DEPLOY_GUARD_REFUSE_STAND_IN } = process.env;
  if (options.refuseStandIn || DEPLOY_GUARD_REFUSE_STAND_IN === '1') {
    throw new Error(
      `No container engine answers (${found.problem}), and the stand-in is refused. Start docker, or unset DEPLOY_GUARD_REFUSE_STAND_IN.`,
    );
  }
  const { path, remove } = setUpStandIn();
  return { kind: 'stand-in', path, version: 'stand-in', env: {}, remove };
}

async function askDocker(): Promise<{ readonly version: string } | { readonly problem: string }> {
  try {
    const { stdout } = await run('docker', ['version', '--format', '{{.Server.Version}}'], {
      timeout: patienceMs,
    });
    const version = stdout.trim();
    return version === '' || version === '<no value>' ? { problem: 'docker names no server' } : { version };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT') return 'there is no docker on PATH';
  const { stderr } = error as { stderr?: unknown };
  const said = typeof stderr === 'string' ? stderr.trim().split('\n').at(-1) : undefined;
  return said || error.message;
}

/** The engine's address where it is not docker's default: a context is part of the user's home. */
async function endpoint(): Promise<Readonly<Record<string, string>>> {
  const { DOCKER_HOST } = process.env;
  if (DOCKER_HOST) return { DOCKER_HOST };
  try {
    const format = '{{.Endpoints.docker.Host}}';
    const { stdout } = await run('docker', ['context', 'inspect', '--format', format], {
      timeout: patienceMs,
    });
    const host = stdout.trim();
    return host === '' || host === 'unix:///var/run/docker.sock' ? {} : { DOCKER_HOST: host };
  } catch {
    return {};
  }
}
