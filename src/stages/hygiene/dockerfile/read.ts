import { posix } from 'node:path';
import type { Repository } from '../repository.ts';
import type { Dockerfile, Dockerfiles } from './dockerfile.ts';
import { isWindowsImage } from './image-name.ts';
import { readInstructions } from './instructions.ts';
import { readStages, type Stage, stageNamed, stagesOf } from './stages.ts';

/** More than anybody writes by hand; what is larger is left alone. */
const MOST = { characters: 100_000, stages: 200, files: 20 };

/** Where others' Dockerfiles lie, or ones that nobody deploys. */
const ELSEWHERE =
  /(^|\/)(node_modules|vendor|third_party|__tests__|tests?|testdata|fixtures|examples?|\.devcontainer)\/|(^|\/)Dockerfile\.(dev|development|local|tests?|ci|e2e)$|(^|\/)(dev|development|local|tests?|ci|e2e)\.Dockerfile$/i;
const NAME = /(^|\/)((Dockerfile|Containerfile)(\.[\w.-]+)?|[\w.-]+\.(Dockerfile|Containerfile))$/i;

/**
 * Reads the Dockerfile that is deployed; where the run doesn't know of one, all that git tracks. Left alone are those
 * for Windows, for another frontend than docker's own, without a stage, or without the stage that is built.
 */
export async function readDockerfiles(repository: Repository): Promise<Dockerfiles | undefined> {
  const { dockerfile } = repository.facts;
  const paths =
    dockerfile === undefined
      ? repository.tracked.filter(
          (path) => NAME.test(path) && !/\.dockerignore$/i.test(path) && !ELSEWHERE.test(path),
        )
      : [dockerfile];
  repository.unread.add('moreDockerfiles', ...paths.slice(MOST.files));
  const read = await Promise.all(paths.slice(0, MOST.files).map((path) => readOne(repository, path)));
  const files = read.filter((each) => each !== undefined);
  return files.length > 0 ? { files } : undefined;
}

async function readOne(repository: Repository, file: string): Promise<Dockerfile | undefined> {
  const text = await repository.read(file);
  const instructions =
    text === undefined || text.length > MOST.characters ? undefined : ((await readInstructions(text)) ?? []);
  if (
    instructions === undefined ||
    instructions.filter(({ keyword }) => keyword === 'FROM').length > MOST.stages
  ) {
    repository.unread.add('dockerfile', file);
    return undefined;
  }
  const stages = readStages(instructions);
  const { target, dockerfile } = repository.facts;
  const isDeployed = dockerfile !== undefined;
  const final = isDeployed && target !== undefined ? stageNamed(stages, target, true) : stages.at(-1);
  if (final === undefined) return undefined;
  const used = stagesOf(final, stages);
  if (used.some(({ image }) => image && isWindowsImage(image))) return undefined;
  const context = isDeployed ? repository.facts.context : posix.dirname(file);
  const contextFiles = filesIn(context, repository.tracked);
  return {
    file,
    final,
    stages: used,
    context,
    contextFiles,
    ignored: await readIgnoreFile(repository, file, context),
    startScript: await readStartScript(repository, final, file, context, contextFiles),
    // Asked for last: AWS may have to tell it.
    containers: isDeployed ? await repository.containers() : undefined,
  };
}

function filesIn(context: string | undefined, tracked: readonly string[]): ReadonlySet<string> {
  if (context === undefined) return new Set();
  const folder = posix.normalize(`${context}/`);
  if (folder === './') return new Set(tracked);
  return new Set(tracked.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length)));
}

/** `<Dockerfile>.dockerignore` comes before the context's own. One that a step before this one wrote counts as well. */
async function readIgnoreFile(
  repository: Repository,
  file: string,
  context: string | undefined,
): Promise<readonly string[] | undefined> {
  const text =
    (await repository.read(`${file}.dockerignore`)) ??
    (await repository.read(posix.join(context ?? '.', '.dockerignore')));
  return text?.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
}

async function readStartScript(
  repository: Repository,
  { lineage }: Stage,
  dockerfile: string,
  context: string | undefined,
  contextFiles: ReadonlySet<string>,
): Promise<Dockerfile['startScript']> {
  const starts = ['ENTRYPOINT', 'CMD'].flatMap(
    (keyword) => lineage.findLast((each) => each.keyword === keyword)?.commands.slice(0, 1) ?? [],
  );
  const word = starts
    .flatMap(({ words }) => words.slice(0, 4))
    .find((each) => /^[\w.-]+\.sh$|entrypoint|^(start|run|boot)[\w-]*$/i.test(posix.basename(each)));
  const found =
    word && scriptOf(word, [...contextFiles], posix.relative(context ?? '.', posix.dirname(dockerfile)));
  if (!found) return undefined;
  const file = posix.join(context ?? '.', found);
  const text = await repository.read(file);
  if (text === undefined || text.length > MOST.characters) {
    repository.unread.add('script', file);
    return undefined;
  }
  return { file, text };
}

/**
 * The file that a path in the image is likely to be: of those with its name, the one whose path ends like it, then the
 * one beside the Dockerfile; undefined where several are as likely.
 */
function scriptOf(word: string, files: readonly string[], beside: string): string | undefined {
  const name = posix.basename(word);
  const named = files.filter((path) => posix.basename(path) === name);
  const parent = posix.basename(posix.dirname(word));
  const alike = named.filter((path) => posix.basename(posix.dirname(path)) === parent);
  const likely = alike.length > 0 ? alike : named;
  const near = likely.filter((path) => beside === '' || path.startsWith(`${beside}/`));
  const best = near.length > 0 ? near : likely;
  return best.length === 1 ? best[0] : undefined;
}
