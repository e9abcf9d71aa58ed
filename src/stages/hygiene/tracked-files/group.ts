import type { RuleGroup } from '../rule.ts';
import { trackedAccessKeys } from './access-keys.ts';
import { trackedCredentials } from './credential-files.ts';
import { trackedEnvFiles } from './env-files.ts';
import { trackedTokens } from './known-tokens.ts';
import { notIgnored } from './not-ignored.ts';
import { trackedPrivateKeys } from './private-key-files.ts';
import { trackedState } from './state-files.ts';
import { readTrackedFiles, type TrackedFiles } from './subject.ts';
import { trackedTfvars } from './tfvars.ts';

/** Rules about secrets in what git tracks. */
export const trackedFilesRules: RuleGroup<TrackedFiles> = {
  name: 'Tracked files',
  read: readTrackedFiles,
  rules: [
    trackedTfvars,
    trackedEnvFiles,
    trackedPrivateKeys,
    trackedState,
    trackedCredentials,
    trackedAccessKeys,
    trackedTokens,
    notIgnored,
  ],
};
