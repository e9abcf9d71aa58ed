import { join } from 'node:path';
import type { CommandResult, OnLines } from '../runner/command.ts';
import { isLoopback } from '../runner/http.ts';
import type { BuildSettings } from '../stages/inputs/config.ts';
import { splitBuildArgs } from './build-args.ts';
import { type BuildNames, buildkitOptions, commonBuildOptions } from './build-command.ts';
import { type CommandWishes, LOGIN_MS, PUSH_MS, runEngine, writeBuildSecrets } from './command-line.ts';
import { makeConfigFolder, userConfigFolder } from './config-folder.ts';
import type { ContainerEngine, EngineSettings } from './engine.ts';

/**
 * nerdctl's command line (nerdctl, docs/command-reference.md): docker's logins, builds by BuildKit, which leaves
 * the image in containerd, and a push of its own.
 */
export class Nerdctl implements ContainerEngine {
  readonly name = 'nerdctl';
  readonly pushesWithBuild = false;
  readonly #settings: EngineSettings;
  #platforms = 0;

  private constructor(settings: EngineSettings) {
    const config = join(settings.privateFolder, 'docker');
    this.#settings = { ...settings, environment: { ...settings.environment, DOCKER_CONFIG: config } };
  }

  /** Makes the configuration folder, without a login at `registryHost` yet. */
  static async create(settings: EngineSettings, registryHost: string): Promise<Nerdctl> {
    await makeConfigFolder(settings.privateFolder, userConfigFolder(settings.environment), registryHost);
    return new Nerdctl(settings);
  }

  async login(registryHost: string, username: string, password: string): Promise<CommandResult> {
    const login = ['login', '--username', username, '--password-stdin', registryHost];
    return await this.#run([...overHttp(registryHost), ...login], { input: password, timeoutMs: LOGIN_MS });
  }

  async build(build: BuildSettings, names: BuildNames, onLines: OnLines): Promise<CommandResult> {
    const secret = await writeBuildSecrets(build, this.#settings.privateFolder);
    const { args: buildArgs, environment } = splitBuildArgs(build.buildArgs, this.#settings.environment);
    this.#platforms = build.platforms.length;
    const options = [
      ...commonBuildOptions({ ...build, buildArgs }, names),
      ...buildkitOptions(build, secret),
    ];
    const command = ['build', '--progress=plain', ...options, '--', build.context];
    return await this.#run(command, { onLines, environment });
  }

  async push(reference: string, onLines: OnLines): Promise<CommandResult> {
    const host = reference.slice(0, reference.indexOf('/'));
    // Without it only the machine's own platform would be pushed.
    const all = this.#platforms > 0 ? ['--all-platforms'] : [];
    return await this.#run([...overHttp(host), 'push', ...all, reference], { onLines, timeoutMs: PUSH_MS });
  }

  /** nerdctl tells none that a program could read: what the registry has is taken. */
  async pushedDigest(): Promise<undefined> {
    return undefined;
  }

  async #run(args: readonly string[], wishes: CommandWishes): Promise<CommandResult> {
    return await runEngine('nerdctl', args, this.#settings, wishes);
  }
}

/** Plain http is for loopback alone. */
function overHttp(registryHost: string): readonly string[] {
  return isLoopback(registryHost.replace(/:\d+$/, '')) ? ['--insecure-registry'] : [];
}
