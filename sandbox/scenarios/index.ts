import type { Scenario } from './scenario.ts';
import { success } from './success.ts';

/** Every scenario, in the order of `--list`. */
export const scenarios: readonly Scenario[] = [success];

/** The scenario of that name. Throws an Error that lists the names there are. */
export function findScenario(name: string): Scenario {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  throw new Error(
    `There is no scenario ${name}. There are: ${scenarios.map((scenario) => scenario.name).join(', ')}.`,
  );
}
