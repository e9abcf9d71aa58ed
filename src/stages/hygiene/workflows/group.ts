import type { RuleGroup } from '../rule.ts';
import { cancelInProgress } from './cancel-in-progress.ts';
import { cannotFail } from './cannot-fail.ts';
import { concurrency } from './concurrency.ts';
import { inheritedSecrets } from './inherited-secrets.ts';
import { lintFirst } from './lint-first.ts';
import { longLivedKeys } from './long-lived-keys.ts';
import { permissions } from './permissions.ts';
import { realDatabase } from './real-database.ts';
import { readWorkflows, type Workflows } from './subject.ts';
import { timeouts } from './timeouts.ts';
import { unpinnedActions } from './unpinned-actions.ts';

/** Rules about the workflow that deploys. */
export const workflowRules: RuleGroup<Workflows> = {
  name: 'Workflows',
  read: readWorkflows,
  rules: [
    concurrency,
    cancelInProgress,
    permissions,
    longLivedKeys,
    inheritedSecrets,
    unpinnedActions,
    timeouts,
    lintFirst,
    realDatabase,
    cannotFail,
  ],
};
