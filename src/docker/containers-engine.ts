import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDigest } from '../registry/manifest.ts';
import type { CommandResult, OnLines } from '../runner/command.ts';
import { isLoopback } from '../runner/http.ts';
import type { BuildSettings } from '../stages/inputs/config.ts';
import { splitBuildArgs } from './build-args.ts';
import type { BuildNames } from './build-command.ts';
import { type CommandWishes, LOGIN_MS, PUSH_MS, runEngine, writeBuildSecrets } from './command-line.ts';
import { makeAuthFile } from './containers-auth.ts';
import { containersBuildArguments } from './containers-build-command.ts';
import type { ContainerEngine, EngineSettings } from './engine.ts';

/** What podman and buildah differ in: they share their storage, their logins and the library that builds. */
export interface ContainersProgram {
  readonly name: 'podman' | 'buildah';
  /** Options of its `build` alone. */
  readonly buildOptions: readonly string[];
}

/** The command line of podman or buildah, with logins in a file of our own. */
export class ContainersEngine implements ContainerEngine {
  readonly name: ContainersProgram['name'];
  readonly pushesWithBuild = false;
  readonly #program: ContainersProgram;
  readonly #settings: EngineSettings;
  readonly #digestFile: string;
  #isIndex = false;

  private constructor(program: ContainersProgram, settings: EngineSettings, authFile: string) {
    this.name = program.name;
    this.#program = program;
    this.#digestFile = join(settings.privateFolder, 'pushed-digest');
    // Login, build and push all take the logins from there (podman-login(1), "--authfile").
    const environment = { ...settings.environment, REGISTRY_AUTH_FILE: authFile };
    this.#settings = { ...settings, environment };
  }

  /** Makes the file of logins, without one at `registryHost` yet. */
  static async create(
    program: ContainersProgram,
    settings: EngineSettings,
    registryHost: string,
  ): Promise<ContainersEngine> {
    const authFile = join(settings.privateFolder, 'containers', 'auth.json');
    await makeAuthFile(authFile, settings.environment, registryHost);
    return new ContainersEngine(program, settings, authFile);
  }

  async login(registryHost: string, username: string, password: string): Promise<CommandResult> {
    const options = ['--username', username, '--password-stdin', ...overHttp(registryHost)];
    return await this.#run(['login', ...options, registryHost], { input: password, timeoutMs: LOGIN_MS });
  }

  async build(build: BuildSettings, names: BuildNames, onLines: OnLines): Promise<CommandResult> {
    const { environment: ours, privateFolder, workspace } = this.#settings;
    const secret = await writeBuildSecrets(build, privateFolder);
    const { args: buildArgs, environment } = splitBuildArgs(build.buildArgs, ours);
    this.#isIndex = build.platforms.length > 1;
    // Images would be added to a list that an earlier run has left on this machine.
    if (this.#isIndex) await this.#run(['manifest', 'rm', names.reference], {});
    const told = containersBuildArguments({ ...build, buildArgs }, names, { secret, workspace });
    return await this.#run(['build', ...this.#program.buildOptions, ...told], { onLines, environment });
  }

  async push(reference: string, onLines: OnLines): Promise<CommandResult> {
    const options = [
      '--digestfile',
      this.#digestFile,
      ...overHttp(reference.slice(0, reference.indexOf('/'))),
    ];
    const push = this.#isIndex ? ['manifest', 'push', '--all'] : ['push'];
    return await this.#run([...push, ...options, reference, `docker://${reference}`], {
      onLines,
      timeoutMs: PUSH_MS,
    });
  }

  async pushedDigest(): Promise<string | undefined> {
    const said = (await readFile(this.#digestFile, 'utf8').catch(() => '')).trim();
    return isDigest(said) ? said : undefined;
  }

  async #run(args: readonly string[], wishes: CommandWishes): Promise<CommandResult> {
    return await runEngine(this.name, args, this.#settings, wishes);
  }
}

/** Plain http is for loopback alone; docker does that by itself. */
function overHttp(registryHost: string): readonly string[] {
  return isLoopback(registryHost.replace(/:\d+$/, '')) ? ['--tls-verify=false'] : [];
}
