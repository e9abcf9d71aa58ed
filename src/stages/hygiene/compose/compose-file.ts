import { posix } from 'node:path';
import type { Document, LineCounter, Node, Pair, YAMLMap } from 'yaml';

/** A service of a Compose file. Lines are counted from 1. */
export interface Service {
  readonly name: string;
  readonly line: number;
  /** Its image with the variables' defaults filled in; undefined where it is built, or a variable has none. */
  readonly image: { readonly text: string; readonly line: number } | undefined;
  readonly isBuilt: boolean;
  /** What it is built from; undefined where it is not, or from what is not known. */
  readonly build: Build | undefined;
  /** It takes settings from a service that isn't looked at. */
  readonly extendsOther: boolean;
  /** A health check of its own, in this file or in another of the same folder. */
  readonly hasHealthcheck: boolean;
  /** A `healthcheck` stands there, if only to switch one off. */
  readonly decidesHealthcheck: boolean;
  readonly environment: readonly Variable[];
  readonly dependsOn: readonly Dependency[];
  /** A port of it is open to the network, not to this machine alone. */
  readonly isPublished: boolean;
  /** The first port that it publishes or exposes, as it is inside the container. */
  readonly port: number | undefined;
  /** Some port of it is published, to whomever. */
  readonly hasPorts: boolean;
  /** More of its environment stands in files (`env_file`). */
  readonly hasEnvFile: boolean;
  /** Where files and folders are put into it. */
  readonly mounts: readonly string[];
  /** It has a volume, so that its data outlive it. */
  readonly keepsData: boolean;
}

/** How a service is built. */
export interface Build {
  /** The context's folder and the Dockerfile, from the root of the repository. */
  readonly dockerfile: string;
  readonly target: string | undefined;
}

/** An environment variable as the file sets it. */
export interface Variable {
  readonly name: string;
  /** With a variable's default filled in; undefined where the shell has to give it. */
  readonly value: string | undefined;
  readonly line: number;
}

/** A service that another waits for. */
export interface Dependency {
  readonly name: string;
  readonly condition: string;
  readonly line: number;
}

/** A Compose file that is judged. */
export interface ComposeFile {
  readonly file: string;
  readonly services: readonly Service[];
  /** It has a list that is longer than is read. */
  readonly isCut: boolean;
}

/** Larger is no Compose file that somebody wrote. In characters. */
export const MOST_CHARACTERS = 100_000;

interface Entry {
  readonly key: string;
  readonly value: Node | null;
  readonly line: number;
}

/** Takes the services out of a Compose file; undefined where it is none, or is no YAML. */
export async function readComposeFile(file: string, text: string): Promise<ComposeFile | undefined> {
  if (text.length > MOST_CHARACTERS) return undefined;
  const reader = parse(await import('yaml'), text);
  const services = reader?.entries(reader.child(reader.root, 'services')) ?? [];
  if (reader === undefined || services.length === 0) return undefined;
  const read = services.map((each) => toService(each, reader, posix.dirname(file)));
  return { file, services: read, isCut: reader.isCut };
}

/** Undefined where the file is no YAML, or nested so deep that the parser gives up. */
function parse(yaml: typeof import('yaml'), text: string): Reader | undefined {
  const lineCounter = new yaml.LineCounter();
  const options = { lineCounter, strict: false, uniqueKeys: false, logLevel: 'silent' } as const;
  try {
    const document = yaml.parseDocument(text, options);
    return document.errors.length > 0 ? undefined : new Reader(yaml, document as Document, lineCounter);
  } catch {
    return undefined;
  }
}

/** Reads nodes of a YAML document with their lines, aliases and merges followed. */
class Reader {
  readonly root: unknown;
  /** Something was longer than is read. */
  isCut = false;
  readonly #yaml: typeof import('yaml');
  readonly #lines: LineCounter;
  /** Looking for an anchor anew for each alias would take the square of the file's length. */
  readonly #anchors = new Map<string, Node>();
  /** By how deep merges may go: maps that merge one another are read once each, however many ways lead to them. */
  readonly #read = new Map<number, Map<Node, readonly Entry[]>>();

  constructor(yaml: typeof import('yaml'), document: Document, lines: LineCounter) {
    this.#yaml = yaml;
    this.#lines = lines;
    this.root = document.contents;
    yaml.visit(document, {
      Node: (_, node) => {
        if ('anchor' in node && node.anchor) this.#anchors.set(node.anchor, node);
      },
    });
  }

  resolve(node: unknown): Node | null {
    const target = this.#yaml.isAlias(node) ? this.#anchors.get(node.source) : node;
    return this.#yaml.isNode(target) ? target : null;
  }

  /** Pairs of a map, those of its merges first, so that the last of a name counts; empty for all else. */
  entries(node: unknown, depth = 3): readonly Entry[] {
    const map = this.resolve(node);
    if (!this.#yaml.isMap(map) || depth === 0) return [];
    const read = this.#read.get(depth) ?? new Map<Node, readonly Entry[]>();
    this.#read.set(depth, read);
    const entries = read.get(map) ?? this.#readEntries(map, depth);
    read.set(map, entries);
    return entries;
  }

  #readEntries(map: YAMLMap, depth: number): readonly Entry[] {
    const merges = map.items.filter((pair) => keyOf(pair) === '<<');
    this.isCut ||= merges.length > MOST_MERGES;
    const merged = merges.slice(-MOST_MERGES).flatMap((pair) => this.#merged(pair.value, depth));
    const own = map.items.flatMap((pair) => {
      const key = keyOf(pair);
      return key === undefined || key === '<<'
        ? []
        : { key, value: this.resolve(pair.value), line: this.lineOf(pair.key) };
    });
    const all = [...merged, ...own];
    this.isCut ||= all.length > MOST_ENTRIES;
    return all.slice(-MOST_ENTRIES);
  }

  #merged(value: unknown, depth: number): readonly Entry[] {
    const source = this.resolve(value);
    const maps = this.#yaml.isSeq(source) ? source.items.slice(0, 10) : [source];
    return maps.flatMap((map) => this.entries(map, depth - 1));
  }

  child(node: unknown, key: string): Node | null {
    return this.entries(node).findLast((entry) => entry.key === key)?.value ?? null;
  }

  items(node: unknown): readonly (Node | null)[] {
    const list = this.resolve(node);
    if (!this.#yaml.isSeq(list)) return [];
    this.isCut ||= list.items.length > MOST_ENTRIES;
    return list.items.slice(0, MOST_ENTRIES).map((item) => this.resolve(item));
  }

  /** A scalar as text, variables' defaults filled in; undefined for all else, and where a variable has none. */
  text(node: unknown): string | undefined {
    const scalar = this.resolve(node);
    if (!this.#yaml.isScalar(scalar) || scalar.value === null) return undefined;
    return withDefaults(String(scalar.value));
  }

  lineOf(node: unknown): number {
    const offset = this.#yaml.isNode(node) ? (node.range?.[0] ?? 0) : 0;
    return Math.max(1, this.#lines.linePos(offset).line);
  }
}

const MOST_ENTRIES = 500;
/** YAML has one `<<` in a map. */
const MOST_MERGES = 10;

function keyOf({ key }: Pair): string | undefined {
  const value = typeof key === 'object' && key !== null && 'value' in key ? key.value : key;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** `${NAME:-default}` as its default; undefined where a variable has none. `$$` is a dollar sign. */
function withDefaults(text: string): string | undefined {
  const filled = text.replace(/\$\{\w+:?-([^{}]*)\}/g, '$1');
  return /(^|[^$])\$(\{|\w)/.test(filled) ? undefined : filled.replaceAll('$$', '$');
}

function toService({ key, value, line }: Entry, reader: Reader, folder: string): Service {
  const child = (name: string) => reader.child(value, name);
  const image = child('image');
  const text = reader.text(image);
  const healthcheck = child('healthcheck');
  return {
    name: key,
    line,
    image: text === undefined || child('build') ? undefined : { text, line: reader.lineOf(image) },
    isBuilt: child('build') !== null,
    build: buildOf(child('build'), reader, folder),
    extendsOther: child('extends') !== null,
    hasHealthcheck: healthcheck !== null && reader.text(reader.child(healthcheck, 'disable')) !== 'true',
    decidesHealthcheck: healthcheck !== null,
    environment: environmentOf(child('environment'), reader),
    dependsOn: dependenciesOf(child('depends_on'), reader),
    isPublished:
      reader.text(child('network_mode')) === 'host' ||
      reader.items(child('ports')).some((port) => isOpen(port, reader)),
    port: [...reader.items(child('ports')), ...reader.items(child('expose'))]
      .map((port) => containerPort(port, reader))
      .find((port) => port !== undefined),
    hasPorts: reader.items(child('ports')).length > 0,
    hasEnvFile: child('env_file') !== null,
    mounts: ['volumes', 'configs', 'secrets'].flatMap((key) =>
      reader.items(child(key)).flatMap((item) => targetOf(item, reader) ?? []),
    ),
    keepsData: reader.items(child('volumes')).length > 0,
  };
}

function environmentOf(node: Node | null, reader: Reader): readonly Variable[] {
  const listed = reader.items(node).flatMap((item) => {
    const text = reader.text(item) ?? '';
    const at = text.indexOf('=');
    return at < 1 ? [] : { name: text.slice(0, at), value: text.slice(at + 1), line: reader.lineOf(item) };
  });
  const mapped = reader
    .entries(node)
    .map(({ key, value, line }) => ({ name: key, value: reader.text(value), line }));
  return [...listed, ...mapped];
}

function dependenciesOf(node: Node | null, reader: Reader): readonly Dependency[] {
  const listed = reader.items(node).flatMap((item) => {
    const name = reader.text(item);
    return name === undefined ? [] : { name, condition: 'service_started', line: reader.lineOf(item) };
  });
  const mapped = reader.entries(node).map(({ key, value, line }) => ({
    name: key,
    condition: reader.text(reader.child(value, 'condition')) ?? 'service_started',
    line,
  }));
  return [...listed, ...mapped];
}

/** Whether a published port is open on other interfaces than the loopback one. */
function isOpen(port: Node | null, reader: Reader): boolean {
  const short = reader.text(port);
  if (short !== undefined) return short.includes(':') && !/^(127\.|localhost:|\[::1\])/.test(short);
  const published = reader.text(reader.child(port, 'published'));
  return published !== undefined && !/^(127\.|::1)/.test(reader.text(reader.child(port, 'host_ip')) ?? '');
}

/** Undefined for what is on another machine, inline, or named by a variable. */
function buildOf(node: Node | null, reader: Reader, folder: string): Build | undefined {
  if (node === null || reader.child(node, 'dockerfile_inline')) return undefined;
  const part = (name: string, otherwise: string | undefined) => {
    const value = reader.child(node, name);
    return value === null ? otherwise : reader.text(value);
  };
  const context = reader.text(node) ?? part('context', '.');
  const dockerfile = part('dockerfile', 'Dockerfile');
  if (context === undefined || dockerfile === undefined || /^([\w+.-]+:|git@|\/)/.test(context))
    return undefined;
  return { dockerfile: posix.join(folder, context, dockerfile), target: part('target', undefined) };
}

/** `127.0.0.1:8080:80/tcp` is 80 inside. */
function containerPort(port: Node | null, reader: Reader): number | undefined {
  const text = reader.text(port) ?? reader.text(reader.child(port, 'target'));
  const number = Number(/(\d{1,5})(\/\w+)?$/.exec(text ?? '')?.[1]);
  return number > 0 ? number : undefined;
}

/** Where a mount ends up: `./a:/b:ro` at `/b`. */
function targetOf(mount: Node | null, reader: Reader): string | undefined {
  const short = reader.text(mount);
  return short === undefined ? reader.text(reader.child(mount, 'target')) : short.split(':')[1];
}

/** Whether another Compose file of the same folder may complete a service. */
export function isBeside(one: string, other: string): boolean {
  return one !== other && posix.dirname(one) === posix.dirname(other);
}

/** Whether the name of a file or its folder says that nobody but its developer is meant to reach it. */
export function isForDevelopment(file: string): boolean {
  return /(^|[/._-])(dev|develop|development|local|localhost|testing)([/._-]|$)/i.test(file);
}
