import type { Finding } from '../../finding.ts';
import { oneLine } from '../../runner/text.ts';
import { generalCodes } from './general-codes.ts';

/** Why something was not looked at: its name in a sentence, for one and for several, and how there is less of it. */
interface Kind {
  readonly one: string;
  readonly many: string;
  readonly narrow: string;
}

const KINDS = {
  path: {
    one: 'list of files that ends after 300,000',
    many: 'lists of files that end after 300,000',
    narrow: 'Take what is generated out of git, or put it where no deploy is made from.',
  },
  untracked: {
    one: 'list that git did not give within 10 seconds, or at all',
    many: 'lists that git did not give within 10 seconds, or at all',
    narrow: 'Look at what `git ls-files --others --directory` says in the checkout.',
  },
  text: {
    one: 'tracked text larger than 1 MB, not searched for secrets',
    many: 'tracked texts larger than 1 MB, not searched for secrets',
    narrow: 'Take data and what is generated out of git, or ignore `DG096` for its path.',
  },
  secrets: {
    one: 'text with more keys or tokens than are told of',
    many: 'texts with more keys or tokens than are told of',
    narrow: 'Mend what is told of it; the rest follows in the next run.',
  },
  dockerfile: {
    one: 'Dockerfile that is a link, no text, or larger than 100,000 characters or 200 stages',
    many: 'Dockerfiles that are links, no text, or larger than 100,000 characters or 200 stages',
    narrow: 'Name the Dockerfile itself by `file`, not a link to it, and divide a large one.',
  },
  moreDockerfiles: {
    one: 'Dockerfile past the first 20',
    many: 'Dockerfiles past the first 20',
    narrow: 'Name the Dockerfile that is deployed by `file`.',
  },
  script: {
    one: 'start script larger than 100,000 characters',
    many: 'start scripts larger than 100,000 characters',
    narrow: 'Divide the script.',
  },
  contextFolder: {
    one: 'folder in the build context past its first 50,000 entries',
    many: 'folders in the build context past its first 50,000 entries',
    narrow: 'Leave out by `.dockerignore` what no image needs.',
  },
  contextPath: {
    one: 'path that was not held against the .dockerignore within 3 seconds',
    many: 'paths that were not held against the .dockerignore within 3 seconds',
    narrow: 'Write fewer lines into `.dockerignore`: a folder for all that is in it.',
  },
  contextSecret: {
    one: 'file past the first 200 with secrets in the build context',
    many: 'files past the first 200 with secrets in the build context',
    narrow: 'Mend what is told of them; the rest follows in the next run.',
  },
  contextSize: {
    one: 'entry of the build context whose size was not added up',
    many: 'entries of the build context whose sizes were not added up',
    narrow: 'Leave out by `.dockerignore` what no image needs.',
  },
  terraform: {
    one: 'Terraform file past the bounds of 5,000 files, 2,000,000 characters and 3 seconds',
    many: 'Terraform files past the bounds of 5,000 files, 2,000,000 characters and 3 seconds',
    narrow: "Put others' modules below `vendor/` and examples below `examples/`: they are left aside.",
  },
  terraformSlow: {
    one: 'Terraform file that takes its parser longer than a second',
    many: 'Terraform files that take their parser longer than a second',
    narrow: 'Divide the file, and take long runs of blanks out of it.',
  },
  compose: {
    one: 'Compose file past the first 20, larger than 100,000 characters, or with more than 500 entries in a list or 10 merges in a map',
    many: 'Compose files past the first 20, larger than 100,000 characters, or with more than 500 entries in a list or 10 merges in a map',
    narrow: 'Put Compose files that nobody deploys below `examples/` or `tests/`, and divide large ones.',
  },
  workflow: {
    one: 'workflow or local action past the first 100, larger than 100,000 characters, 200 jobs, 500 steps in a job or 2,000 in all',
    many: 'workflows or local actions past the first 100, larger than 100,000 characters, 200 jobs, 500 steps in a job or 2,000 in all',
    narrow: 'Divide large workflows: a job that several need goes into one of its own (`workflow_call`).',
  },
  project: {
    one: 'dependency manifest past the first 50, or larger than 100,000 characters',
    many: 'dependency manifests past the first 50, or larger than 100,000 characters',
    narrow: 'Name the folder that is deployed by `context`.',
  },
  place: {
    one: 'rule that found more than 500 places',
    many: 'rules that found more than 500 places',
    narrow: 'Mend or ignore what is told of them; the rest follows in the next run.',
  },
  sarif: {
    one: 'SARIF file that ends after 25,000 findings, because GitHub takes no more',
    many: 'SARIF files that end after 25,000 findings, because GitHub takes no more',
    narrow: 'Mend or ignore what is told of; the rest follows in the next run.',
  },
} as const satisfies Readonly<Record<string, Kind>>;

/** Why something was not looked at. */
export type UnreadKind = keyof typeof KINDS;

/** Keeps account of what the bounds of this check left out, so that it is told. */
export class Unread {
  readonly #paths = new Map<UnreadKind, Set<string>>();

  /** Adds things that were left out, by their paths or names. */
  add(kind: UnreadKind, ...names: readonly string[]): void {
    if (names.length === 0) return;
    const all = this.#paths.get(kind) ?? new Set();
    for (const name of names) all.add(name);
    this.#paths.set(kind, all);
  }

  /** One note of all of it, but for the paths that are ignored; undefined where nothing was left out. */
  finding(isIgnored: (path: string) => boolean): Finding | undefined {
    const parts = [...this.#paths].flatMap(([kind, names]) => {
      const told = [...names].filter((name) => !isIgnored(name)).sort();
      return told.length === 0 ? [] : [{ kind: KINDS[kind], told }];
    });
    if (parts.length === 0) return undefined;
    const amounts = parts.map(
      ({ kind, told }) => `${told.length} ${told.length === 1 ? kind.one : kind.many}`,
    );
    const lines = parts.map(({ kind, told }, at) => `${amounts[at]}: ${someNames(told)}. ${kind.narrow}`);
    const { code, level, fix } = generalCodes.leftOut;
    const all = parts.flatMap(({ told }) => told);
    const title =
      parts.length === 1
        ? `Not everything was looked at: ${amounts[0]} (${someNames(all, 2)}).`
        : `Not everything was looked at: ${parts.length} bounds of this check left something out, ${all.length} things in all.`;
    return { code, level, title, detail: lines.join('\n'), fix };
  }
}

function someNames(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).map((name) => oneLine(name, 100));
  const more = names.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
