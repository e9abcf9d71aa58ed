import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDigest } from '../registry/manifest.ts';
import type { CommandResult, OnLines } from '../runner/command.ts';
import type { BuildSettings } from '../stages/inputs/config.ts';
import { splitBuildArgs } from './build-args.ts';
import { type BuildNames, buildArguments } from './build-command.ts';
import { type CommandWishes, LOGIN_MS, PUSH_MS, runEngine, writeBuildSecrets } from './command-line.ts';
import { makeConfigFolder, userConfigFolder } from './config-folder.ts';
import type { ContainerEngine, EngineSettings } from './engine.ts';

/** docker's command line, with a configuration folder of our own. Its methods give how docker ended. */
export class Docker implements ContainerEngine {
  readonly name = 'docker';
  readonly pushesWithBuild: boolean;
  readonly #settings: EngineSettings;
  readonly #metadata: string;

  private constructor(settings: EngineSettings, withBuildx: boolean) {
    const { environment, privateFolder } = settings;
    const config = join(privateFolder, 'docker');
    this.#settings = { ...settings, environment: { ...environment, DOCKER_CONFIG: config } };
    this.#metadata = join(privateFolder, 'build-metadata.json');
    this.pushesWithBuild = withBuildx;
  }

  /** Makes the configuration folder, without a login at `registryHost` yet. With buildx, that builds. */
  static async create(settings: EngineSettings, registryHost: string, withBuildx: boolean): Promise<Docker> {
    await makeConfigFolder(settings.privateFolder, userConfigFolder(settings.environment), registryHost);
    return new Docker(settings, withBuildx);
  }

  async login(registryHost: string, username: string, password: string): Promise<CommandResult> {
    const login = await this.#run(['login', '--username', username, '--password-stdin', registryHost], {
      input: password,
      timeoutMs: LOGIN_MS,
    });
    // docker writes the file anew, with the umask's mode.
    await chmod(join(this.#settings.privateFolder, 'docker', 'config.json'), 0o600).catch(() => undefined);
    return login;
  }

  async build(build: BuildSettings, names: BuildNames, onLines: OnLines): Promise<CommandResult> {
    const secret = await writeBuildSecrets(build, this.#settings.privateFolder);
    const { args, environment } = splitBuildArgs(build.buildArgs, this.#settings.environment);
    const files = { secret, metadata: this.#metadata };
    const told = buildArguments({ ...build, buildArgs: args }, names, this.pushesWithBuild, files);
    return await this.#run(told, { onLines, environment });
  }

  async push(reference: string, onLines: OnLines): Promise<CommandResult> {
    return await this.#run(['push', reference], { onLines, timeoutMs: PUSH_MS });
  }

  async pushedDigest(reference: string): Promise<string | undefined> {
    const said = this.pushesWithBuild ? await this.#builtDigest() : await this.#repositoryDigest(reference);
    return isDigest(said) ? said : undefined;
  }

  /** What buildx wrote of the image that it pushed (docs.docker.com, "buildx build", `--metadata-file`). */
  async #builtDigest(): Promise<string | undefined> {
    const metadata = parse(await readFile(this.#metadata, 'utf8').catch(() => ''));
    const digest = (metadata as Readonly<Record<string, unknown>> | undefined)?.['containerimage.digest'];
    return typeof digest === 'string' ? digest : undefined;
  }

  /** Under which digest the engine knows the image at its repository. */
  async #repositoryDigest(reference: string): Promise<string | undefined> {
    const repository = reference.slice(0, reference.lastIndexOf(':'));
    const inspect = ['image', 'inspect', '--format', '{{json .RepoDigests}}', reference];
    const { exitCode, stdout } = await this.#run(inspect, {});
    const digests = exitCode === 0 ? parse(stdout) : undefined;
    if (!Array.isArray(digests)) return undefined;
    return digests
      .filter((entry) => typeof entry === 'string')
      .find((entry) => entry.startsWith(`${repository}@`))
      ?.split('@')[1];
  }

  async #run(args: readonly string[], wishes: CommandWishes): Promise<CommandResult> {
    return await runEngine('docker', args, this.#settings, wishes);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
