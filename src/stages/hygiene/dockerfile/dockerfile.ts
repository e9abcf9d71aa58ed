import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { Hit } from '../rule.ts';
import type { Instruction } from './instructions.ts';
import type { Stage } from './stages.ts';

/** A Dockerfile that is judged, with what its rules ask about. */
export interface Dockerfile {
  /** Its path from the repository's root. */
  readonly file: string;
  /** The stage whose image is deployed. */
  readonly final: Stage;
  /** The stages that take part in building it, in the file's order. */
  readonly stages: readonly Stage[];
  /** The build context's folder; undefined where it is not in the repository. */
  readonly context: string | undefined;
  /** What git tracks in the context: paths from the context. */
  readonly contextFiles: ReadonlySet<string>;
  /** Patterns of its .dockerignore; undefined where there is none. */
  readonly ignored: readonly string[] | undefined;
  /** The script that the image starts, where it is in the repository. */
  readonly startScript: { readonly file: string; readonly text: string } | undefined;
  /** The containers that run the image; undefined where that isn't known. */
  readonly containers: readonly ContainerDefinition[] | undefined;
}

/** What the group read: nearly always the one Dockerfile that is deployed. */
export interface Dockerfiles {
  readonly files: readonly Dockerfile[];
}

/** Looks for something in each Dockerfile. */
export function inEach(find: (dockerfile: Dockerfile) => readonly Hit[]) {
  return ({ files }: Dockerfiles): readonly Hit[] => files.flatMap(find);
}

/** The value of a flag that an instruction has once: `COPY --from=build`. */
export function flag({ flags }: Instruction, name: string): string | undefined {
  return flags.find((each) => each.name === name)?.value;
}

/** The last instruction of a kind, which is the one that counts for CMD, ENTRYPOINT, USER and HEALTHCHECK. */
export function last(stage: Stage, keyword: string): Instruction | undefined {
  return stage.lineage.findLast((each) => each.keyword === keyword);
}

/** Whether a RUN has a cache, or a throwaway file system, mounted on a folder or above it. */
export function isMounted({ flags }: Instruction, folder: RegExp): boolean {
  return flags.some(
    ({ name, value }) =>
      name === 'mount' &&
      /(^|,)type=(cache|tmpfs)(,|$)/.test(value) &&
      folder.test(/(?:^|,)(?:target|dst|destination)=([^,]+)/.exec(value)?.[1] ?? ''),
  );
}
