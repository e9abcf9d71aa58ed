import { composeRules } from './compose/group.ts';
import { dockerfileRules } from './dockerfile/group.ts';
import { dockerignoreRules } from './dockerignore/group.ts';
import type { Repository } from './repository.ts';
import type { Hit, Rule, RuleGroup } from './rule.ts';
import { terraform } from './terraform/group.ts';
import { trackedFilesRules } from './tracked-files/group.ts';
import { workflowRules } from './workflows/group.ts';

/** A rule as its texts and examples, without what it looks at. */
export type RuleText = Omit<Rule<never>, 'find'>;

/** A rule with what it found in one repository, by a call that may throw where the rule has a bug. */
export interface AppliedRule {
  readonly rule: RuleText;
  readonly find: () => readonly Hit[];
}

/** A group of rules whose subject nobody but itself knows. */
export interface Group {
  readonly name: string;
  readonly rules: readonly RuleText[];
  /** Reads what the rules look at and gives them ready to be asked; empty where there is nothing of the kind. */
  readonly apply: (repository: Repository) => Promise<readonly AppliedRule[]>;
}

/** A group with its rules' subject hidden, so that groups of different subjects stand in one list. */
export function groupOf<Subject>({ name, read, rules }: RuleGroup<Subject>): Group {
  return {
    name,
    rules,
    apply: async (repository) => {
      const subject = await read(repository);
      if (subject === undefined) return [];
      return rules.map((rule) => ({ rule, find: () => rule.find(subject) }));
    },
  };
}

/** Every group there is, in the order of their codes. */
export const groups: readonly Group[] = [
  groupOf(dockerfileRules),
  groupOf(dockerignoreRules),
  groupOf(trackedFilesRules),
  groupOf(terraform),
  groupOf(workflowRules),
  groupOf(composeRules),
];
