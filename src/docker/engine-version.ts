import { CommandNotStarted, type CommandResult, runCommand } from '../runner/command.ts';
import { oneLine } from '../runner/text.ts';
import type { EngineName } from '../stages/inputs/config.ts';
import type { Builder, EngineSettings, EngineVersion, Unreachable } from './engine.ts';

/** An engine that hangs (a dead DOCKER_HOST) is not waited for longer, in milliseconds. */
const VERSION_MS = 20_000;

/** Engines in the order in which they are taken where none is named. */
const ORDER: readonly EngineName[] = ['docker', 'podman', 'buildah', 'nerdctl'];

/** What to find out. */
export interface EngineQuestion {
  /** Undefined: docker, else what is there. */
  readonly wanted: EngineName | undefined;
  /** Also ask which builder buildx uses. */
  readonly aboutBuilder: boolean;
}

type Settings = Pick<EngineSettings, 'environment' | 'signal'>;

/**
 * Version of the engine that is wanted, or of the first that is there; its own words where it is there and doesn't
 * answer. A `docker` that is podman's is podman. Throws CommandNotStarted, for docker where none is wanted and none
 * is there.
 */
export async function engineVersion(
  question: EngineQuestion,
  settings: Settings,
): Promise<EngineVersion | Unreachable> {
  const { wanted } = question;
  if (wanted !== undefined) return await versionOf(wanted, question, settings);
  let missing: unknown;
  for (const name of ORDER) {
    try {
      return await versionOf(name, question, settings);
    } catch (error) {
      if (!(error instanceof CommandNotStarted) || error.code !== 'ENOENT') throw error;
      missing ??= error;
    }
  }
  throw missing;
}

async function versionOf(
  name: EngineName,
  question: EngineQuestion,
  settings: Settings,
): Promise<EngineVersion | Unreachable> {
  const patience = AbortSignal.timeout(VERSION_MS);
  const options = {
    environment: settings.environment,
    signal: AbortSignal.any([settings.signal, patience]),
  };
  const ask = async (...args: readonly string[]) => await runCommand(name, args, options);
  const read = {
    docker: dockerVersion,
    podman: podmanVersion,
    buildah: buildahVersion,
    nerdctl: nerdctlVersion,
  };
  const version = await read[name](ask, question);
  if (patience.aborted && !settings.signal.aborted) {
    return { name, unreachable: `no answer within ${VERSION_MS / 1000} s` };
  }
  if (version !== 'podman') return version;
  return await versionOf('podman', question, settings);
}

type Ask = (...args: readonly string[]) => Promise<CommandResult>;

async function dockerVersion(
  ask: Ask,
  { aboutBuilder }: EngineQuestion,
): Promise<EngineVersion | Unreachable | 'podman'> {
  const [version, buildx, builder, info] = await Promise.all([
    ask('version', '--format', '{{json .}}'),
    ask('buildx', 'version'),
    aboutBuilder ? ask('buildx', 'inspect') : undefined,
    aboutBuilder ? ask('info', '--format', '{{json .DriverStatus}}') : undefined,
  ]);
  const told = jsonIn(version.stdout);
  const server =
    textAt(told, 'Server', 'Version') ?? (told === undefined ? versionInText(version) : undefined);
  // The package podman-docker: its `docker` is podman, and has no server to tell of.
  if (server === undefined && textAt(told, 'Client', 'OsArch')) return 'podman';
  if (version.exitCode !== 0 || server === undefined) return unreachable('docker', version);
  return {
    name: 'docker',
    client: textAt(told, 'Client', 'Version') ?? server,
    server,
    platform: platformFrom(textAt(told, 'Server', 'Os'), textAt(told, 'Server', 'Arch')),
    buildx:
      buildx.exitCode === 0 ? (/\bv?(\d+\.\d+[^\s]*)/.exec(buildx.stdout)?.[1] ?? 'unknown') : undefined,
    builder: builder && builderIn(builder.stdout, info?.stdout ?? ''),
  };
}

/** Of a docker that doesn't know `--format`, or says nothing: that it ended well means that an engine answered it. */
function versionInText({ stdout }: CommandResult): string | undefined {
  if (stdout.trim() === '') return 'unknown';
  return /\bversion:?\s+v?(\d+\.[\w.+-]{1,40})/i.exec(stdout)?.[1];
}

/** The driver that `docker buildx inspect` names, and whether `docker info` says that containerd has the images. */
function builderIn(inspected: string, driverStatus: string): Builder | undefined {
  const driver = /^Driver:\s+([\w-]+)/m.exec(inspected)?.[1];
  return driver === undefined
    ? undefined
    : { driver, containerdStore: driverStatus.includes('io.containerd.snapshotter') };
}

async function podmanVersion(ask: Ask): Promise<EngineVersion | Unreachable> {
  const info = await ask('info', '--format', 'json');
  const told = jsonIn(info.stdout);
  const version = textAt(told, 'version', 'Version');
  if (info.exitCode !== 0 || version === undefined) return unreachable('podman', info);
  return {
    name: 'podman',
    client: version,
    server: version,
    buildx: undefined,
    platform: platformFrom(textAt(told, 'host', 'os'), textAt(told, 'host', 'arch')),
  };
}

async function buildahVersion(ask: Ask): Promise<EngineVersion | Unreachable> {
  // `version` answers also where the storage can't be used; `info` has no version.
  const [version, info] = await Promise.all([ask('version', '--json'), ask('info')]);
  const told = textAt(jsonIn(version.stdout), 'version');
  if (info.exitCode !== 0) return unreachable('buildah', info);
  if (version.exitCode !== 0 || told === undefined) return unreachable('buildah', version);
  const host = jsonIn(info.stdout);
  return {
    name: 'buildah',
    client: told,
    server: told,
    buildx: undefined,
    platform: platformFrom(textAt(host, 'host', 'os'), textAt(host, 'host', 'arch')),
  };
}

/** nerdctl asks containerd, as docker asks its engine; its builds also need BuildKit's `buildctl` (nerdctl, docs/build.md). */
async function nerdctlVersion(ask: Ask): Promise<EngineVersion | Unreachable> {
  const version = await ask('version', '--format', '{{json .}}');
  const told = jsonIn(version.stdout);
  const client = textAt(told, 'Client', 'Version');
  const server = componentVersion(told, 'Server', 'containerd');
  if (version.exitCode !== 0 || client === undefined || server === undefined) {
    return unreachable('nerdctl', version);
  }
  if (componentVersion(told, 'Client', 'buildctl') === undefined) {
    return { name: 'nerdctl', unreachable: 'buildctl is missing, with which nerdctl builds' };
  }
  return {
    name: 'nerdctl',
    client,
    server,
    buildx: undefined,
    platform: platformFrom(textAt(told, 'Client', 'Os'), textAt(told, 'Client', 'Arch')),
  };
}

function unreachable(name: EngineName, { stderr, stdout, exitCode }: CommandResult): Unreachable {
  return { name, unreachable: oneLine(stderr || stdout || `exit code ${exitCode}`) };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text.slice(Math.max(text.indexOf('{'), 0)));
  } catch {
    return undefined;
  }
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = path.reduce(at, value);
  return typeof found === 'string' && found !== '' ? oneLine(found, 40) : undefined;
}

function componentVersion(told: unknown, side: 'Client' | 'Server', name: string): string | undefined {
  const components = at(at(told, side), 'Components');
  const all: readonly unknown[] = Array.isArray(components) ? components : [];
  return textAt(
    all.find((component) => textAt(component, 'Name') === name),
    'Version',
  );
}

function platformFrom(os: string | undefined, architecture: string | undefined): string | undefined {
  return os && architecture ? `${os}/${architecture}` : undefined;
}
