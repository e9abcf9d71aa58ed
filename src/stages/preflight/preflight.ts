import { Failure } from '../../finding.ts';
import { type Check, type CheckContext, type CheckReport, findingsOf } from './check.ts';
import { checkEngine } from './checks/engine.ts';
import { checkGitHub } from './checks/github.ts';
import { checkHygiene } from './checks/hygiene.ts';
import { checkIdentity } from './checks/identity.ts';
import { checkInputs } from './checks/inputs.ts';
import { checkRegistry } from './checks/registry.ts';
import { checkRollbackImage } from './checks/rollback-image.ts';
import { checkSecrets } from './checks/secrets.ts';
import { checkServices } from './checks/services.ts';
import { checkSlack } from './checks/slack.ts';

/** Every check there is, in the order in which their rows are shown. They run side by side. */
const CHECKS: readonly Check[] = [
  checkInputs,
  checkSecrets,
  checkIdentity,
  checkRegistry,
  checkServices,
  checkRollbackImage,
  checkEngine,
  checkSlack,
  checkGitHub,
  checkHygiene,
];

/** Begun first, because others wait for what they ask; those of the services before all, whose chain is the longest. */
const ASKING: readonly Check[] = [checkServices, checkRegistry, checkIdentity, checkRollbackImage];

/** Runs all checks. None throws for what it looks for: a check that does has a bug. */
export async function preflight(context: CheckContext): Promise<readonly CheckReport[]> {
  const asking = new Map(ASKING.map((check) => [check, check(context)]));
  await Promise.race([Promise.all(asking.values()), context.lookups.awsAsked()]);
  return await Promise.all(CHECKS.map((check) => asking.get(check) ?? check(context)));
}

/** Throws the errors among the findings, if any, as the failure that ends the run. */
export function refuseOnErrors(reports: readonly CheckReport[]): void {
  const [first, ...others] = findingsOf(reports).filter(({ level }) => level === 'error');
  if (first) throw new Failure([first, ...others]);
}
