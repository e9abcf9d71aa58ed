import type { Rule } from '../rule.ts';
import { backupWindow } from './rules/backup-window.ts';
import { backupsKept } from './rules/backups-kept.ts';
import { circuitBreaker } from './rules/circuit-breaker.ts';
import { deregistrationDelay } from './rules/deregistration-delay.ts';
import { desiredCount } from './rules/desired-count.ts';
import { finalSnapshot } from './rules/final-snapshot.ts';
import { healthCheckPath } from './rules/health-check-path.ts';
import { ignoredTaskDefinition } from './rules/ignored-task-definition.ts';
import { imageLifecycle } from './rules/image-lifecycle.ts';
import { literalPassword } from './rules/literal-password.ts';
import { minimumHealthy } from './rules/minimum-healthy.ts';
import { multiAz } from './rules/multi-az.ts';
import { outputs } from './rules/outputs.ts';
import { providerVersion } from './rules/provider-version.ts';
import { requiredVersion } from './rules/required-version.ts';
import { scanOnPush } from './rules/scan-on-push.ts';
import { secretDefault } from './rules/secret-default.ts';
import { sensitiveVariable } from './rules/sensitive-variable.ts';
import { snapshotTags } from './rules/snapshot-tags.ts';
import { storageEncrypted } from './rules/storage-encrypted.ts';
import { tagMutability } from './rules/tag-mutability.ts';
import { unknownArgument } from './rules/unknown-argument.ts';
import type { Terraform } from './subject.ts';

/** Every rule about Terraform, in the order of their codes. */
export const rules: readonly Rule<Terraform>[] = [
  storageEncrypted,
  backupsKept,
  backupWindow,
  snapshotTags,
  finalSnapshot,
  multiAz,
  unknownArgument,
  literalPassword,
  circuitBreaker,
  minimumHealthy,
  desiredCount,
  ignoredTaskDefinition,
  scanOnPush,
  imageLifecycle,
  tagMutability,
  healthCheckPath,
  deregistrationDelay,
  providerVersion,
  requiredVersion,
  outputs,
  sensitiveVariable,
  secretDefault,
];
