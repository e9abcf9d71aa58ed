import { text } from 'node:stream/consumers';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { build } from './build.ts';
import { configFile, login, logout } from './credentials.ts';
import { DockerExit } from './docker-exit.ts';
import { format } from './format.ts';
import { type LocalImage, LocalImages } from './local-images.ts';
import { push } from './push.ts';
import { parseReference } from './reference.ts';

// The command line of the stand-in: `docker.ts <store folder> <push format> <docker's own arguments>`.

const version = '28.0.0-stand-in';
const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64';
const notice = 'deploy-guard sandbox: this is the stand-in engine, not docker';
const print = (line: string) => process.stdout.write(`${line}\n`);

const commands: Readonly<
  Record<string, (args: readonly string[], images: LocalImages) => Promise<void> | void>
> = {
  version: showVersion,
  info: showInfo,
  login: runLogin,
  logout: ([host = 'https://index.docker.io/v1/']) => {
    print(`Removing login credentials for ${host}`);
    logout(host);
  },
  build: runBuild,
  tag: ([from = '', to = ''], images) => {
    const image = images.find(parseReference(from).name) ?? images.find(from);
    if (image === undefined) throw new DockerExit(`Error response from daemon: No such image: ${from}`);
    images.tag(image.id, parseReference(to).name);
  },
  push: async (args, images) => {
    const { positionals } = options(args, { quiet: { type: 'boolean', short: 'q' } });
    const format = process.argv[3] === 'oci-index' ? 'oci-index' : 'manifest';
    await push(only(positionals, 'push'), images, format, print);
  },
  image: (args, images) => {
    if (args[0] === 'inspect') return inspectImages(args.slice(1), images);
    if (args[0] === 'tag' || args[0] === 'push' || args[0] === 'build')
      return commands[args[0]]?.(args.slice(1), images);
    throw new DockerExit(
      `docker: unknown command: docker image ${args[0] ?? ''}\n\nRun 'docker image --help' for more information`,
    );
  },
  inspect: (args, images) => inspectImages(args, images),
};

function showVersion(args: readonly string[]): void {
  const { values } = options(args, { format: { type: 'string', short: 'f' } });
  const side = { Version: version, ApiVersion: '1.48', Os: 'linux', Arch: architecture };
  const value = { Client: side, Server: { Platform: { Name: 'deploy-guard sandbox stand-in' }, ...side } };
  if (typeof values['format'] === 'string') print(format(values['format'], value));
  else
    print(
      `Client:\n Version:           ${version}\n\nServer: deploy-guard sandbox stand-in\n Engine:\n  Version:          ${version}`,
    );
}

function showInfo(args: readonly string[]): void {
  const { values } = options(args, { format: { type: 'string', short: 'f' } });
  const value = {
    ServerVersion: version,
    Driver: 'stand-in',
    OSType: 'linux',
    Architecture: architecture,
    Name: 'sandbox',
  };
  if (typeof values['format'] === 'string') print(format(values['format'], value));
  else
    print(
      `Client:\n Version:    ${version}\n\nServer:\n Server Version: ${version}\n Storage Driver: stand-in`,
    );
}

async function runLogin(args: readonly string[]): Promise<void> {
  const { values, positionals } = options(args, {
    username: { type: 'string', short: 'u' },
    password: { type: 'string', short: 'p' },
    'password-stdin': { type: 'boolean' },
  });
  const fromInput =
    values['password-stdin'] === true ? (await text(process.stdin)).replace(/\r?\n$/, '') : undefined;
  const password = fromInput ?? values['password'];
  if (typeof values['username'] !== 'string') {
    throw new DockerExit(
      values['password-stdin'] === true
        ? 'Must provide --username with --password-stdin'
        : 'Error: Cannot perform an interactive login from a non TTY device',
    );
  }
  if (typeof password !== 'string' || password === '') {
    throw new DockerExit('Error: Cannot perform an interactive login from a non TTY device');
  }
  await login(positionals[0] ?? 'https://index.docker.io/v1/', values['username'], password);
  process.stderr.write(
    `\nWARNING! Your credentials are stored unencrypted in '${configFile()}'.\nConfigure a credential helper to remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n\n`,
  );
  print('Login Succeeded');
}

function runBuild(args: readonly string[], images: LocalImages): void {
  process.stderr.write(`${notice}\n`);
  const { values, positionals } = options(args, {
    file: { type: 'string', short: 'f' },
    tag: { type: 'string', short: 't', multiple: true },
    label: { type: 'string', multiple: true },
    'build-arg': { type: 'string', multiple: true },
    target: { type: 'string' },
    platform: { type: 'string' },
    iidfile: { type: 'string' },
    quiet: { type: 'boolean', short: 'q' },
    pull: { type: 'boolean' },
    'no-cache': { type: 'boolean' },
    progress: { type: 'string' },
  });
  const one = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined);
  const many = (name: string) => (Array.isArray(values[name]) ? values[name].map(String) : []);
  build(
    {
      contextFolder: only(positionals, 'build'),
      file: one('file'),
      tags: many('tag'),
      labels: many('label'),
      buildArgs: many('build-arg'),
      target: one('target'),
      platform: one('platform'),
      iidFile: one('iidfile'),
      isQuiet: values['quiet'] === true,
    },
    images,
    print,
  );
}

function inspectImages(args: readonly string[], images: LocalImages): void {
  const { values, positionals } = options(args, {
    format: { type: 'string', short: 'f' },
    type: { type: 'string' },
  });
  const found = positionals.map((name) => ({
    name,
    image: images.find(nameOrId(name)) ?? images.find(name),
  }));
  const described = found.flatMap(({ image }) => (image === undefined ? [] : [describe(image)]));
  if (typeof values['format'] === 'string') {
    for (const image of described) print(format(values['format'], image));
  } else print(JSON.stringify(described, undefined, 4));
  const missing = found.find(({ image }) => image === undefined);
  if (missing !== undefined) {
    throw new DockerExit(
      `Error response from daemon: no such image: ${missing.name}: No such image: ${missing.name}`,
    );
  }
}

function nameOrId(name: string): string {
  return name.startsWith('sha256:') ? name : parseReference(name).name;
}

function describe(image: LocalImage): Readonly<Record<string, unknown>> {
  return {
    Id: image.id,
    RepoTags: image.tags,
    RepoDigests: image.repositoryDigests,
    Created: image.config.created,
    Architecture: image.config.architecture,
    Os: image.config.os,
    Size: image.layers.reduce((total, layer) => total + layer.size, 0),
    Config: image.config.config,
    RootFS: { Type: 'layers', Layers: image.config.rootfs.diff_ids },
  };
}

function options(args: readonly string[], known: NonNullable<ParseArgsConfig['options']>) {
  try {
    return parseArgs({ args: [...args], options: known, allowPositionals: true, strict: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const flag = /'(-[^' ]+)/.exec(reason)?.[1];
    throw new DockerExit(
      flag !== undefined && reason.includes('Unknown') ? `unknown flag: ${flag}` : reason,
      125,
    );
  }
}

function only(positionals: readonly string[], command: string): string {
  const [first] = positionals;
  if (first !== undefined && positionals.length === 1) return first;
  throw new DockerExit(
    `docker: 'docker ${command}' requires 1 argument\n\nRun 'docker ${command} --help' for more information`,
  );
}

async function main(): Promise<void> {
  const [, , store = '', , name = '', ...args] = process.argv;
  const command = commands[name];
  if (name === 'buildx')
    throw new DockerExit("docker: 'buildx' is not a docker command.\nSee 'docker --help'");
  if (command === undefined) {
    throw new DockerExit(
      `docker: unknown command: docker ${name}\n\nRun 'docker --help' for more information`,
    );
  }
  await command(args, new LocalImages(store));
}

process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));
try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof DockerExit ? error.exitCode : 1;
}
