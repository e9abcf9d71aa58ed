import type { ShellCommand } from './shell-commands.ts';

/** A tool that gets an application's dependencies, and the files that are all it needs for that. */
export interface DependencyTool {
  readonly name: string;
  /** Files that name the dependencies; those that git tracks go into the lines to paste. */
  readonly manifests: RegExp;
  /** The command that gets the dependencies from these files alone. */
  readonly install: string;
  /** Where it keeps what it got: a cache mounted there does the same job. */
  readonly cache: RegExp;
}

const NODE_MODULES = /\.npm|node_modules|yarn|pnpm|\.cache|\/store/;

const TOOLS = {
  pip: tool(
    'pip',
    /^(requirements[\w.-]*\.txt|constraints[\w.-]*\.txt)$/,
    'pip install --no-cache-dir -r requirements.txt',
    /\.cache|pip/,
  ),
  poetry: tool(
    'poetry',
    /^(pyproject\.toml|poetry\.lock)$/,
    'poetry install --no-root --only main',
    /\.cache|pypoetry/,
  ),
  uv: tool(
    'uv',
    /^(pyproject\.toml|uv\.lock)$/,
    'uv sync --locked --no-install-project --no-dev',
    /\.cache|uv/,
  ),
  pipenv: tool('pipenv', /^Pipfile(\.lock)?$/, 'pipenv install --system --deploy', /\.cache|pip/),
  npm: tool('npm', /^(package(-lock)?\.json|npm-shrinkwrap\.json|\.npmrc)$/, 'npm ci', NODE_MODULES),
  yarn: tool('yarn', /^(package\.json|yarn\.lock|\.yarnrc\.yml)$/, 'yarn install --immutable', NODE_MODULES),
  pnpm: tool(
    'pnpm',
    /^(package\.json|pnpm-lock\.yaml|pnpm-workspace\.yaml|\.npmrc)$/,
    'pnpm install --frozen-lockfile',
    NODE_MODULES,
  ),
  go: tool('go', /^go\.(mod|sum)$/, 'go mod download', /\/go\/pkg|\.cache/),
  maven: tool('Maven', /^pom\.xml$/, 'mvn --batch-mode dependency:go-offline', /\.m2/),
  gradle: tool(
    'Gradle',
    /^((build|settings)\.gradle(\.kts)?|gradle\.properties|gradlew)$/,
    './gradlew --no-daemon dependencies',
    /gradle/,
  ),
  bundler: tool('bundler', /^Gemfile(\.lock)?$/, 'bundle install', /bundle|gems?/),
  composer: tool(
    'composer',
    /^composer\.(json|lock)$/,
    'composer install --no-dev --no-scripts --no-autoloader',
    /composer|cache/,
  ),
  cargo: tool('cargo', /^Cargo\.(toml|lock)$/, 'cargo fetch --locked', /cargo|target/),
} as const;

function tool(name: string, manifests: RegExp, install: string, cache: RegExp): DependencyTool {
  return { name, manifests, install, cache };
}

/** The tool with which a command gets all dependencies of the application; undefined where it is no such command. */
export function dependencyTool({ words }: ShellCommand): DependencyTool | undefined {
  const [path = '', ...rest] = words;
  const program = path.slice(path.lastIndexOf('/') + 1);
  const args = rest.filter((word) => !word.startsWith('-'));
  if (/^python[\d.]*$/.test(program) && rest[0] === '-m') {
    return dependencyTool({ words: rest.slice(1), assignments: [], replacesShell: false, offset: 0 });
  }
  if (/^pip[\d.]*$/.test(program)) return takesFile(rest) && args[0] === 'install' ? TOOLS.pip : undefined;
  if (program === 'uv') return uvTool(args, rest);
  return Object.hasOwn(INSTALLS, program) && INSTALLS[program]?.(args) ? toolOf(program) : undefined;
}

function takesFile(words: readonly string[]): boolean {
  return words.some((word) => /^(-r|--requirement(=.*)?|-r.+)$/.test(word));
}

function uvTool(args: readonly string[], rest: readonly string[]): DependencyTool | undefined {
  if (args[0] === 'sync') return rest.some((word) => word === '--active') ? undefined : TOOLS.uv;
  return args[0] === 'pip' && /^(install|sync)$/.test(args[1] ?? '') && takesFile(rest)
    ? TOOLS.pip
    : undefined;
}

type Installs = (args: readonly string[]) => boolean;
/** No word but the command's: with packages after it, it is another thing that it does. */
const alone =
  (pattern: RegExp): Installs =>
  ([command = '', ...others]) =>
    pattern.test(command) && others.length === 0;
/** Whatever comes after it: these take no packages as words. */
const first =
  (pattern: RegExp): Installs =>
  ([command = '']) =>
    pattern.test(command);
const any =
  (pattern: RegExp): Installs =>
  (args) =>
    args.some((word) => pattern.test(word));

const INSTALLS: Readonly<Record<string, Installs>> = {
  poetry: first(/^install$/),
  pipenv: alone(/^(install|sync)$/),
  npm: alone(/^(ci|i|install|clean-install)$/),
  yarn: (args) => args.length === 0 || args[0] === 'install',
  pnpm: alone(/^(i|install|fetch)$/),
  go: ([command = '', second]) => command === 'build' || (command === 'mod' && second === 'download'),
  mvn: any(/^(package|install|verify|compile|.*:go-offline|.*:resolve)$/),
  mvnw: any(/^(package|install|verify|compile|.*:go-offline|.*:resolve)$/),
  gradle: any(/^(:?(\w+:)*(build|bootJar|assemble|jar|shadowJar|installDist|dependencies))$/),
  gradlew: any(/^(:?(\w+:)*(build|bootJar|assemble|jar|shadowJar|installDist|dependencies))$/),
  bundle: first(/^install$/),
  composer: first(/^(i|install)$/),
  cargo: first(/^(build|fetch)$/),
};

const ALSO_CALLED: Readonly<Record<string, keyof typeof TOOLS>> = {
  mvn: 'maven',
  mvnw: 'maven',
  gradlew: 'gradle',
  bundle: 'bundler',
};

function toolOf(program: string): DependencyTool | undefined {
  const name = ALSO_CALLED[program] ?? program;
  return Object.entries(TOOLS).find(([key]) => key === name)?.[1];
}

/**
 * The tool whose tasks and subcommands have names of their own, so that any of them may have got the dependencies:
 * Gradle, Maven, Cargo.
 */
export function preparingTool({ words }: ShellCommand): DependencyTool | undefined {
  const program = (words[0] ?? '').replace(/^.*\//, '');
  return /^(gradlew?|mvnw?|cargo)$/.test(program) ? toolOf(program) : undefined;
}
