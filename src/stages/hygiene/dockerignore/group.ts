import type { RuleGroup } from '../rule.ts';
import { type BuildContext, readBuildContext } from './build-context.ts';
import { gitCopied } from './git-copied.ts';
import { secretCopied } from './secret-copied.ts';
import { sentForNothing } from './sent-for-nothing.ts';
import { topOnlyPattern } from './top-only-pattern.ts';
import { unneededCopied } from './unneeded-copied.ts';

/** Rules about what enters the build context, and the image with it. */
export const dockerignoreRules: RuleGroup<BuildContext> = {
  name: '.dockerignore',
  read: readBuildContext,
  rules: [secretCopied, gitCopied, unneededCopied, sentForNothing, topOnlyPattern],
};
