import type { ImageName } from './image-name.ts';

/** What an image is made from, as far as its name tells: which package manager and which `/bin/sh` it has. */
export type Family = 'debian' | 'alpine' | 'redhat' | 'distroless' | 'scratch';

/** Official images that are built on Debian or Ubuntu unless their tag says otherwise. */
const ON_DEBIAN = new Set([
  ...['debian', 'ubuntu', 'python', 'node', 'ruby', 'golang', 'rust', 'perl', 'php', 'openjdk'],
  ...['eclipse-temurin', 'maven', 'gradle', 'elixir', 'erlang', 'swift', 'gcc', 'buildpack-deps'],
  ...['tomcat', 'nginx', 'httpd', 'clojure', 'haskell', 'pypy', 'julia'],
]);

/** Gives the family of an image; undefined where its name does not tell. */
export function familyOf({ repository, tag = '' }: ImageName): Family | undefined {
  if (repository === 'scratch') return 'scratch';
  if (/(^|\/)distroless\//.test(repository)) return 'distroless';
  if (repository === 'alpine' || /(^|-)alpine/.test(tag)) return 'alpine';
  if (/^mcr\.microsoft\.com\/dotnet\//.test(repository)) return dotnetFamily(tag);
  if (/(^|-)(oracle|oraclelinux\d*|ol\d|al20\d\d|ubi\d*(-minimal)?|fedora|chiseled)/.test(tag))
    return undefined;
  if (ON_DEBIAN.has(repository)) return 'debian';
  const redhat =
    /^(amazonlinux|fedora|centos|rockylinux(\/\w+)?|almalinux|oraclelinux|amazoncorretto|(public\.ecr\.aws\/)?amazonlinux\/amazonlinux)$/;
  return redhat.test(repository) ? 'redhat' : undefined;
}

function dotnetFamily(tag: string): Family | undefined {
  return /chiseled|distroless|azurelinux|mariner/.test(tag) ? undefined : 'debian';
}

/** A Debian or Ubuntu release in a tag. */
const SUITE = '(?:buster|bullseye|bookworm|trixie|focal|jammy|noble)';

/** Official images with slim tags, and how such a tag is made of a full one: `3.12-bookworm` → `3.12-slim-bookworm`. */
const SLIM: Readonly<Record<string, (tag: string) => string | undefined>> = {
  python: slimBefore,
  ruby: slimBefore,
  perl: slimBefore,
  rust: slimBefore,
  node: slimAfter,
  swift: slimAfter,
  elixir: (tag) => (/^[\d.]+$/.test(tag) ? `${tag}-slim` : undefined),
  erlang: (tag) => (/^[\d.]+$/.test(tag) ? `${tag}-slim` : undefined),
  debian: (tag) =>
    tag === 'latest' ? 'trixie-slim' : /^[a-z]+(-\d{8})?$|^\d[\d.]*$/.test(tag) ? `${tag}-slim` : undefined,
};

function slimBefore(tag: string): string | undefined {
  if (tag === 'latest') return 'slim';
  const [, version, suite] = new RegExp(`^(\\d[\\w.]*)(-${SUITE})?$`).exec(tag) ?? [];
  return version === undefined ? undefined : `${version}-slim${suite ?? ''}`;
}

function slimAfter(tag: string): string | undefined {
  if (tag === 'latest') return 'slim';
  return new RegExp(`^(\\d[\\d.]*|lts|current)(-${SUITE})?$`).test(tag) ? `${tag}-slim` : undefined;
}

/** A smaller image of the same make that an application runs in as well; undefined where none is known. */
export function smallerImage({ repository, tag = 'latest', text }: ImageName): string | undefined {
  if (repository === 'debian' && /slim|unstable|sid|testing|experimental|rc-buggy/.test(tag))
    return undefined;
  const own = SLIM[repository];
  const slim = own && Object.hasOwn(SLIM, repository) ? own(tag) : undefined;
  if (slim !== undefined) return `${nameOf(text)}:${slim}`;
  if (repository === 'eclipse-temurin') {
    const version = /^(\d+)[\d.+_u]*(-jdk)?(-[a-z]+)?$/.exec(tag);
    if (version === null || tag.includes('jre')) return undefined;
    return `${nameOf(text)}:${version[1]}-jre${version[3] ?? ''}`;
  }
  if (repository === 'openjdk') {
    const version = /^(8|11|17|21)(?!\d)(?!.*jre)/.exec(tag)?.[1];
    return version ? `eclipse-temurin:${version}-jre${tag.includes('alpine') ? '-alpine' : ''}` : undefined;
  }
  return undefined;
}

/** An image's name as it was written, without tag and digest. */
export function nameOf(text: string): string {
  const name = text.split('@', 1)[0] ?? text;
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1);
  return colon === -1 ? name : name.slice(0, colon);
}

/** Images that are there to build software: compilers, build tools, headers. */
const TOOLCHAINS =
  /^(golang|rust|gcc|maven|gradle|haskell|sbtscala\/scala-sbt|clojure|mcr\.microsoft\.com\/dotnet\/sdk|(ghcr\.io\/)?cirruslabs\/flutter|messense\/rust-musl-cross|swift)$/;

/** Whether an image is a tool chain. */
export function isToolchain({ repository, tag = '' }: ImageName): boolean {
  return TOOLCHAINS.test(repository) && !(repository === 'swift' && tag.includes('slim'));
}

/** Images of languages and distributions that are known to run as root unless told otherwise. */
const AS_ROOT = new Set([
  ...['debian', 'ubuntu', 'alpine', 'busybox', 'scratch', 'amazonlinux', 'fedora', 'centos', 'rockylinux'],
  ...['almalinux', 'oraclelinux', 'python', 'node', 'ruby', 'golang', 'rust', 'perl', 'openjdk'],
  ...['eclipse-temurin', 'amazoncorretto', 'maven', 'elixir', 'erlang', 'swift', 'gcc', 'tomcat'],
  ...['haskell', 'clojure', 'julia', 'pypy', 'buildpack-deps', 'oven/bun'],
]);

/** Whether containers of an image are known to run as root, where no USER says otherwise. */
export function runsAsRoot(image: ImageName): boolean {
  const { repository, tag = '' } = image;
  if (/nonroot|rootless|unprivileged|chiseled/.test(tag)) return false;
  if (/(^|\/)distroless\//.test(repository)) return true;
  if (/^mcr\.microsoft\.com\/dotnet\/(aspnet|runtime|runtime-deps|sdk)$/.test(repository)) return true;
  // Its other variants start as root to open a port, and drop to their own user.
  if (repository === 'php') return /(^|-)(cli|zts)/.test(tag) || !/apache|fpm/.test(tag);
  return AS_ROOT.has(repository) || repository === 'public.ecr.aws/amazonlinux/amazonlinux';
}

/** Whether an image is known to lack curl or wget: only for those that were looked at. */
export function lacks(program: 'curl' | 'wget', image: ImageName): boolean {
  const { repository, tag = '' } = image;
  const family = familyOf(image);
  if (family === 'scratch' || family === 'distroless') return true;
  // busybox is their wget. PHP's and nginx's have curl; the others' Alpine variants don't.
  if (family === 'alpine') {
    const bare = /^(alpine|python|node|ruby|golang|rust)$|dotnet\//.test(repository);
    return program === 'curl' && bare;
  }
  if (repository === 'debian' || repository === 'ubuntu') return true;
  if (/^(python|node|ruby|perl|rust|elixir|erlang)$/.test(repository)) return /(^|-)slim/.test(tag);
  return (
    /^mcr\.microsoft\.com\/dotnet\/(aspnet|runtime|runtime-deps)$/.test(repository) && family === 'debian'
  );
}
