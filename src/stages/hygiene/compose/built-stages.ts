import { readInstructions } from '../dockerfile/instructions.ts';
import { readStages, type Stage, stageNamed } from '../dockerfile/stages.ts';
import type { Repository } from '../repository.ts';
import type { Build, ComposeFile } from './compose-file.ts';

/** More is no Dockerfile that somebody wrote. In characters, and in number. */
const MOST = { characters: 100_000, files: 20 };

/** What a built stage is known by. */
export function stageKey({ dockerfile, target }: Build): string {
  return `${dockerfile}\n${target ?? ''}`;
}

/** The stages that services of Compose files are built from, as far as their Dockerfiles can be read. */
export async function readBuiltStages(
  repository: Repository,
  files: readonly ComposeFile[],
): Promise<ReadonlyMap<string, Stage>> {
  const builds = files.flatMap(({ services }) => services.flatMap(({ build }) => build ?? []));
  const all = [...new Set(builds.map(({ dockerfile }) => dockerfile))];
  repository.unread.add('moreDockerfiles', ...all.slice(MOST.files));
  const paths = all.slice(0, MOST.files);
  const read = await Promise.all(
    paths.map(async (path) => [path, await readAllStages(repository, path)] as const),
  );
  const stages = new Map(read);
  return new Map(
    builds.flatMap((build) => {
      const all = stages.get(build.dockerfile) ?? [];
      const built = build.target === undefined ? all.at(-1) : stageNamed(all, build.target, true);
      return built ? [[stageKey(build), built] as const] : [];
    }),
  );
}

async function readAllStages(repository: Repository, path: string): Promise<readonly Stage[]> {
  const text = await repository.read(path);
  if (text === undefined) return [];
  if (text.length > MOST.characters) {
    repository.unread.add('dockerfile', path);
    return [];
  }
  return readStages((await readInstructions(text)) ?? []);
}
