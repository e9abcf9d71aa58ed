import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { Finding } from '../../finding.ts';
import type { DeployFacts, Repository } from './repository.ts';

/** A place in the repository where a rule is broken, with what to do there. */
export interface Hit {
  readonly where: { readonly file: string; readonly line?: number };
  /** What is wrong there, in one sentence that stands alone. Holds no secret's value. */
  readonly title: string;
  readonly detail?: string;
  /** The lines to paste or the command to run, for this very place; the rule's own `fix` where left out. */
  readonly fix?: string;
  /** Where this place is worse, or less bad, than the rule's own level says. */
  readonly level?: Finding['level'];
}

/** A repository that passes or breaks a rule: its test, and its part in docs/hygiene.md. */
export interface Example {
  /** What it shows, in a few words. */
  readonly name: string;
  /** Text of the tracked files, by path from the repository's root. */
  readonly files: Readonly<Record<string, string>>;
  /** Text of the files that are not tracked, where the rule asks for them; a path that ends in `/` is a folder, with all below it. */
  readonly untracked?: Readonly<Record<string, string>>;
  /** Folders of submodules, ending in `/`; their files stand in `untracked`. */
  readonly submodules?: readonly string[];
  /** What the run knows beyond the files, where the rule asks for it. */
  readonly facts?: Partial<DeployFacts>;
  readonly containers?: readonly ContainerDefinition[];
  readonly builder?: 'buildkit' | 'classic';
}

/** A repository that breaks the rule. */
export interface FailingExample extends Example {
  /** Every place that the rule names in it, in order: `file:line`, or `file` where it is about the whole file. */
  readonly at: readonly [string, ...string[]];
}

/**
 * One rule of hygiene, with all that its finding, its tests and its docs are made of. `Subject` is what the rule's
 * group read and parsed, once for all its rules.
 */
export interface Rule<Subject> {
  /** One of the DG0xx. */
  readonly code: `DG${number}`;
  /** What is wrong, in a few words: the heading in the docs and the name in SARIF. */
  readonly summary: string;
  readonly level: Finding['level'];
  /** What the level is of a place that is worse than others, where there is such. */
  readonly worst?: 'error' | 'warning';
  /** Why it matters to somebody who deploys this, in a few sentences of Markdown. */
  readonly why: string;
  /** What is looked at and what is left alone, in a few sentences of Markdown. */
  readonly how: string;
  /** What to do in general: the setting, or the lines to paste. */
  readonly fix: string;
  /** The page that a fact comes from. */
  readonly source?: string;
  /** A command with which the reader sees it too, for docs/errors.md. */
  readonly see: string;
  readonly examples: {
    readonly fails: readonly [FailingExample, ...FailingExample[]];
    readonly passes: readonly [Example, ...Example[]];
  };
  /** Every place where the subject breaks the rule. Pure, bounded, and never throws for what a file says. */
  readonly find: (subject: Subject) => readonly Hit[];
}

/** Rules about one kind of file. */
export interface RuleGroup<Subject> {
  /** As a heading: `Dockerfile`, `Terraform`. */
  readonly name: string;
  /** Reads and parses what the rules look at; undefined where the repository has nothing of the kind. */
  readonly read: (repository: Repository) => Promise<Subject | undefined>;
  readonly rules: readonly Rule<Subject>[];
}
