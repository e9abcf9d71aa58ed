import type { Repository } from '../repository.ts';
import type { UnreadKind } from '../unread.ts';
import { type Deploy, findDeploys } from './deploys.ts';
import type { Workflow } from './workflow.ts';

/** A file that names what the code depends on, or how it is built and tested. */
export interface ProjectFile {
  readonly path: string;
  readonly text: string;
}

/** What the rules about workflows look at. */
export interface Workflows {
  /** Every workflow of the repository that can be read. */
  readonly all: readonly Workflow[];
  /** The jobs that deploy; at least one. */
  readonly deploys: readonly [Deploy, ...Deploy[]];
  readonly tracked: readonly string[];
  /** Dependency manifests, and Makefiles and their like, of the code that is deployed. */
  readonly project: readonly ProjectFile[];
  /** Whom the repository belongs to, where that is known. */
  readonly owner: string | undefined;
}

const WORKFLOW = /^\.github\/workflows\/[^/]+\.ya?ml$/;
const PROJECT_FILE =
  /^(requirements[\w.-]*\.(txt|in)|pyproject\.toml|Pipfile|setup\.(py|cfg)|package\.json|go\.mod|Gemfile|pom\.xml|build\.gradle(\.kts)?|Cargo\.toml|[\w.-]+\.csproj|[Mm]akefile|[Jj]ustfile|Taskfile\.ya?ml|tox\.ini|noxfile\.py)$/;
const MOST_WORKFLOWS = 100;
const MOST_PROJECT_FILES = 50;
/** In characters; the parser needs a second for much more than that of nonsense. */
const LONGEST = 100_000;

/** Reads the workflows; undefined where none deploys with deploy-guard. */
export async function readWorkflows(repository: Repository): Promise<Workflows | undefined> {
  const { tracked, facts } = repository;
  const paths = tracked.filter((path) => WORKFLOW.test(path));
  repository.unread.add('workflow', ...paths.slice(MOST_WORKFLOWS));
  const texts = await readAll(repository, paths.slice(0, MOST_WORKFLOWS), 'workflow');
  if (texts.length === 0) return undefined;
  // With the YAML parser, which takes a while to load.
  const { parseWorkflow } = await import('./workflow.ts');
  const all = texts.flatMap(({ path, text }) => parseWorkflow(path, text) ?? []);
  repository.unread.add('workflow', ...all.flatMap(({ path, isCut }) => (isCut ? [path] : [])));
  const [first, ...rest] = findDeploys(all, facts.workflow, await localActions(repository, all));
  if (first === undefined) return undefined;
  return {
    all,
    deploys: [first, ...rest],
    tracked,
    project: await readAll(repository, projectFiles(repository), 'project'),
    owner: facts.owner,
  };
}

/** Folders of this repository that a step uses as an action, and whose action is deploy-guard. */
async function localActions(
  repository: Repository,
  workflows: readonly Workflow[],
): Promise<ReadonlySet<string>> {
  const used = workflows.flatMap(({ jobs }) =>
    jobs.flatMap(({ steps }) => steps.flatMap(({ uses }) => uses?.text ?? [])),
  );
  const folders = new Set(used.filter((uses) => uses.startsWith('./')).map((uses) => folderOf(uses)));
  repository.unread.add('workflow', ...[...folders].slice(MOST_WORKFLOWS));
  const metadata = await Promise.all(
    [...folders].slice(0, MOST_WORKFLOWS).map(async (folder) => {
      const paths = ['action.yml', 'action.yaml'].map((name) => (folder === '' ? name : `${folder}/${name}`));
      const [file] = await readAll(
        repository,
        paths.filter((path) => repository.tracked.includes(path)),
        'workflow',
      );
      return file !== undefined && /^name:\s*["']?deploy-guard["']?\s*$/m.test(file.text) ? [folder] : [];
    }),
  );
  return new Set(metadata.flat());
}

const folderOf = (uses: string) => uses.slice(2).replace(/\/+$/, '');

/** What stands beside the Dockerfile, in the build context or in the root: not examples and not other services. */
function projectFiles({ tracked, facts, unread }: Repository): readonly string[] {
  const { context, dockerfile } = facts;
  const folders = new Set(['']);
  if (context !== undefined && context !== '.') folders.add(context);
  if (dockerfile?.includes('/')) folders.add(dockerfile.slice(0, dockerfile.lastIndexOf('/')));
  const all = tracked.filter((path) => {
    const cut = path.lastIndexOf('/');
    return folders.has(cut < 0 ? '' : path.slice(0, cut)) && PROJECT_FILE.test(path.slice(cut + 1));
  });
  unread.add('project', ...all.slice(MOST_PROJECT_FILES));
  return all.slice(0, MOST_PROJECT_FILES);
}

async function readAll(
  repository: Repository,
  paths: readonly string[],
  kind: UnreadKind,
): Promise<readonly ProjectFile[]> {
  const files = await Promise.all(paths.map(async (path) => ({ path, text: await repository.read(path) })));
  return files.flatMap(({ path, text }) => {
    if (text === undefined) return [];
    if (text.length <= LONGEST) return [{ path, text }];
    repository.unread.add(kind, path);
    return [];
  });
}
