import { abortedByPerson } from './aborted-by-person.ts';
import { alarmRollback } from './alarm-rollback.ts';
import { blueGreen } from './blue-green.ts';
import { cannotPull } from './cannot-pull.ts';
import { capacity } from './capacity.ts';
import { capacityFargate } from './capacity-fargate.ts';
import { capacityReturns } from './capacity-returns.ts';
import { circuitBreakerRollback } from './circuit-breaker-rollback.ts';
import { circuitBreakerStop } from './circuit-breaker-stop.ts';
import { crashLoop } from './crash-loop.ts';
import { crashLoopBreaker } from './crash-loop-breaker.ts';
import { crashLoopUndone } from './crash-loop-undone.ts';
import { desired0 } from './desired-0.ts';
import { earlySuccess } from './early-success.ts';
import { execFormat } from './exec-format.ts';
import { flapping } from './flapping.ts';
import { hygiene } from './hygiene.ts';
import { immutableTags } from './immutable-tags.ts';
import { lateList } from './late-list.ts';
import { lifecycleHookFails } from './lifecycle-hook-fails.ts';
import { lifecyclePause } from './lifecycle-pause.ts';
import { migrationFails } from './migration-fails.ts';
import { minimum50 } from './minimum-50.ts';
import { missingLogGroup } from './missing-log-group.ts';
import { missingParameter } from './missing-parameter.ts';
import { missingSecret } from './missing-secret.ts';
import { noDigest } from './no-digest.ts';
import { noRoute } from './no-route.ts';
import { oneOfTwoFails } from './one-of-two-fails.ts';
import { outOfMemory } from './out-of-memory.ts';
import { rollBackByHand } from './roll-back-by-hand.ts';
import { scaleIn } from './scale-in.ts';
import type { Scenario } from './scenario.ts';
import { serviceDeleted } from './service-deleted.ts';
import { slow } from './slow.ts';
import { stoppedByPerson } from './stopped-by-person.ts';
import { success } from './success.ts';
import { superseded } from './superseded.ts';
import { twoServices } from './two-services.ts';
import { unhealthy } from './unhealthy.ts';
import { unhealthyContainer } from './unhealthy-container.ts';
import { unhealthyUrl } from './unhealthy-url.ts';
import { wrongDigest } from './wrong-digest.ts';

/** Every scenario, in the order of `--list`. */
export const scenarios: readonly Scenario[] = [
  success,
  slow,
  hygiene,
  circuitBreakerRollback,
  circuitBreakerStop,
  crashLoop,
  crashLoopBreaker,
  crashLoopUndone,
  cannotPull,
  capacity,
  capacityFargate,
  capacityReturns,
  unhealthy,
  unhealthyContainer,
  superseded,
  serviceDeleted,
  desired0,
  alarmRollback,
  stoppedByPerson,
  abortedByPerson,
  blueGreen,
  lifecyclePause,
  lifecycleHookFails,
  flapping,
  outOfMemory,
  execFormat,
  missingParameter,
  missingLogGroup,
  noRoute,
  wrongDigest,
  earlySuccess,
  noDigest,
  lateList,
  missingSecret,
  scaleIn,
  twoServices,
  oneOfTwoFails,
  minimum50,
  immutableTags,
  migrationFails,
  unhealthyUrl,
  rollBackByHand,
];

/** The scenario of that name. Throws an Error that lists the names there are. */
export function findScenario(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  throw new Error(
    `There is no scenario ${name}. There are: ${scenarios.map((scenario) => scenario.name).join(', ')}.`,
  );
}
