import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { Unread } from './unread.ts';

/** What a run knows of the deploy that the repository is for. Files are named by their path from the root. */
export interface DeployFacts {
  /** The build context's folder, `.` for the root; undefined where it is no folder of the repository. */
  readonly context: string | undefined;
  /** The Dockerfile that is built; undefined where it is not in the repository. */
  readonly dockerfile: string | undefined;
  /** The stage that is built; undefined: the last one. */
  readonly target: string | undefined;
  /** The workflow file that runs this, where it is known. */
  readonly workflow: string | undefined;
  readonly rollout: 'force' | 'pin';
  /** The moving tag; undefined where none is moved. */
  readonly latestTag: string | undefined;
  readonly waitMinutes: number;
  /** The GitHub environment that is deployed to, if one is named. */
  readonly environment: string | undefined;
  /** Whom the repository belongs to on GitHub, where that is known. */
  readonly owner?: string | undefined;
}

/** What is in some folders, as far as they were looked through. */
export interface FilesBelow {
  /** Paths from the root. */
  readonly paths: readonly string[];
  /** Folders that were not looked into, for there are more things than any are looked for. */
  readonly left: readonly string[];
}

/** The repository as it is checked out. */
export interface Repository {
  /** What git tracks: paths from the root, with `/`, sorted. */
  readonly tracked: readonly string[];
  /**
   * What stands in the checkout and is not tracked, ignored or not, `.git/` too, sorted. A folder in which nothing is
   * tracked is one entry that ends in `/`.
   */
  readonly untracked: readonly string[];
  /** Folders that git lists as one entry and does not call untracked, ending in `/`: its submodules. Sorted. */
  readonly submodules: readonly string[];
  /**
   * Files below folders that git lists as one entry, the shallow ones first, sorted within a depth. A folder that is not
   * to be entered stands among them, ending in `/`; symbolic links are left out, and so is what is past the bound.
   */
  readonly below: (folders: readonly string[], enter: (folder: string) => boolean) => Promise<FilesBelow>;
  /** Bytes of a file, or of all that is in a folder of `untracked`; undefined where it is not there. */
  readonly size: (path: string) => Promise<number | undefined>;
  /** Text of a file; undefined where it can't be read, is larger than 1 MB or is not text (a NUL in it). */
  readonly read: (path: string) => Promise<string | undefined>;
  /** Whether a file is a text that `read` doesn't give because it is larger than 1 MB. */
  readonly isTooLarge: (path: string) => Promise<boolean>;
  readonly facts: DeployFacts;
  /**
   * The containers that run the image, as their task definitions say; undefined where that isn't known. AWS tells it:
   * a group asks last, when all else is read and parsed.
   */
  readonly containers: () => Promise<readonly ContainerDefinition[] | undefined>;
  /** What builds the image; undefined where docker doesn't answer. As late as `containers`. */
  readonly builder: () => Promise<'buildkit' | 'classic' | undefined>;
  /** What is left out for its amount or size: whoever reads adds it. */
  readonly unread: Unread;
}
