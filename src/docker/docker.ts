import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommandResult, type OnLines, runCommand } from '../runner/command.ts';
import { oneLine } from '../runner/text.ts';
import type { BuildSettings } from '../stages/inputs/config.ts';
import { type BuildNames, buildArguments } from './build-command.ts';
import { makeConfigFolder, userConfigFolder } from './config-folder.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What is there to build with. */
export interface DockerVersion {
  readonly client: string;
  readonly server: string;
  /** Undefined: no buildx. */
  readonly buildx: string | undefined;
  /** What the engine builds for unless told: `linux/amd64`. Undefined where it does not say. */
  readonly platform?: string | undefined;
}

/** What docker is run with: the workspace, and where a private folder may hold its configuration. */
export interface DockerSettings {
  readonly workspace: string;
  readonly environment: Environment;
  readonly privateFolder: string;
  readonly signal: AbortSignal;
}

/**
 * Versions of docker's client and server and of buildx. Throws CommandNotStarted where there is no docker; gives
 * docker's own words where its server doesn't answer.
 */
export async function dockerVersion(
  settings: Pick<DockerSettings, 'environment' | 'signal'>,
): Promise<DockerVersion | { readonly unreachable: string }> {
  const patience = AbortSignal.timeout(VERSION_MS);
  const signal = AbortSignal.any([settings.signal, patience]);
  const options = { environment: settings.environment, signal };
  const [version, buildx] = await Promise.all([
    runCommand('docker', ['version', '--format', '{{json .}}'], options),
    runCommand('docker', ['buildx', 'version'], options),
  ]);
  const told = versionsIn(version.stdout);
  if (patience.aborted && !settings.signal.aborted) {
    return { unreachable: `no answer within ${VERSION_MS / 1000} s` };
  }
  if (version.exitCode !== 0 || told.server === undefined) {
    return { unreachable: oneLine(version.stderr || version.stdout || `exit code ${version.exitCode}`) };
  }
  return {
    client: told.client ?? 'unknown',
    server: told.server,
    platform: told.platform,
    buildx:
      buildx.exitCode === 0 ? (/\bv?(\d+\.\d+[^\s]*)/.exec(buildx.stdout)?.[1] ?? 'unknown') : undefined,
  };
}

interface Versions {
  readonly client: string | undefined;
  readonly server: string | undefined;
  readonly platform: string | undefined;
}

type Side = { readonly Version?: unknown; readonly Os?: unknown; readonly Arch?: unknown } | null | undefined;

function versionsIn(text: string): Versions {
  try {
    const { Client, Server } = JSON.parse(text.slice(text.indexOf('{'))) as Record<string, Side>;
    const word = (value: unknown) => (typeof value === 'string' ? oneLine(value, 40) : undefined);
    const [os, architecture] = [word(Server?.Os), word(Server?.Arch)];
    return {
      client: word(Client?.Version),
      server: word(Server?.Version),
      platform: os && architecture ? `${os}/${architecture}` : undefined,
    };
  } catch {
    return { client: undefined, server: undefined, platform: undefined };
  }
}

/** An engine that hangs (a dead DOCKER_HOST) is not waited for longer, in milliseconds. */
const VERSION_MS = 20_000;
const LOGIN_MS = 60_000;

/** docker's command line, with a configuration folder of our own. Its methods give how docker ended. */
export class Docker {
  readonly #settings: DockerSettings;
  readonly #environment: Environment;

  private constructor(settings: DockerSettings) {
    this.#settings = settings;
    this.#environment = { ...settings.environment, DOCKER_CONFIG: join(settings.privateFolder, 'docker') };
  }

  /** Makes the configuration folder, without a login at `registryHost` yet. */
  static async create(settings: DockerSettings, registryHost: string): Promise<Docker> {
    await makeConfigFolder(settings.privateFolder, userConfigFolder(settings.environment), registryHost);
    return new Docker(settings);
  }

  /** Logs in at the registry; the password goes through standard input. */
  async login(registryHost: string, username: string, password: string): Promise<CommandResult> {
    const login = await this.#run(['login', '--username', username, '--password-stdin', registryHost], {
      input: password,
      timeoutMs: LOGIN_MS,
    });
    // docker writes the file anew, with the umask's mode.
    await chmod(join(this.#settings.privateFolder, 'docker', 'config.json'), 0o600).catch(() => undefined);
    return login;
  }

  /** Builds the image; with buildx, also pushes it. */
  async build(
    build: BuildSettings,
    names: BuildNames,
    withBuildx: boolean,
    onLines: OnLines,
  ): Promise<CommandResult> {
    const secrets = join(this.#settings.privateFolder, 'build-secrets');
    await mkdir(secrets, { mode: 0o700, recursive: true });
    const fileOf = (id: string) => join(secrets, `id-${encodeURIComponent(id)}`);
    for (const line of build.secrets) {
      const at = line.indexOf('=');
      await writeFile(fileOf(line.slice(0, at)), line.slice(at + 1), { mode: 0o600 });
    }
    return await this.#run(buildArguments(build, names, withBuildx, fileOf), { onLines });
  }

  /** Pushes `repository:tag`, as the classic builder left it. */
  async push(reference: string, onLines: OnLines): Promise<CommandResult> {
    return await this.#run(['push', reference], { onLines });
  }

  /** Digests under which the local engine knows an image at registries: `repository@sha256:…`. */
  async repositoryDigests(reference: string): Promise<readonly string[]> {
    const { exitCode, stdout } = await this.#run(
      ['image', 'inspect', '--format', '{{json .RepoDigests}}', reference],
      {},
    );
    if (exitCode !== 0) return [];
    const digests: unknown = JSON.parse(stdout || '[]');
    return Array.isArray(digests) ? digests.filter((digest) => typeof digest === 'string') : [];
  }

  async #run(
    args: readonly string[],
    options: { readonly input?: string; readonly onLines?: OnLines; readonly timeoutMs?: number },
  ): Promise<CommandResult> {
    const { workspace, signal } = this.#settings;
    const { timeoutMs, ...rest } = options;
    return await runCommand('docker', args, {
      cwd: workspace,
      environment: this.#environment,
      signal: timeoutMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      ...rest,
    });
  }
}
