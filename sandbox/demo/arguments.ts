import { parseArgs } from 'node:util';
import type { Scenario } from '../scenarios/scenario.ts';

/** What a person asked the demo for. */
export type DemoRequest =
  | { readonly kind: 'run'; readonly scenario: Scenario; readonly speed: number }
  | { readonly kind: 'list' }
  | { readonly kind: 'help' };

/** A mistake in the arguments, worded for the person who made it. */
export class ArgumentProblem extends Error {}

const defaultSpeed = 10;

export const helpText = `npm run demo -- [--scenario NAME] [--speed N] [--list] [--help]

Runs the bundled action against a simulated AWS on this machine, as GitHub's runner would, and shows the
log, the step summary, the Slack message, and what the sandbox knows to be true afterwards. All of it is also
written to .demo/NAME.html, as GitHub and Slack would show it.

  --scenario NAME  which story to tell (success)
  --speed N        how many times faster than real time the cloud is, above 0 (${defaultSpeed})
  --list           the scenarios there are
  --help           this

The exit code is 0 where the action ended as the scenario expects, and 1 where it did not.`;

/**
 * Reads the arguments.
 * @throws ArgumentProblem for an unknown option or scenario, or a speed that is no number above 0.
 */
export function readArguments(args: readonly string[], scenarios: readonly Scenario[]): DemoRequest {
  const { list, help, scenario: name, speed } = parse(args);
  if (help) return { kind: 'help' };
  if (list) return { kind: 'list' };
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario === undefined) {
    throw new ArgumentProblem(`There is no scenario "${name}". There are:\n\n${scenarioList(scenarios)}`);
  }
  const factor = Number(speed);
  if (!(Number.isFinite(factor) && factor > 0)) {
    throw new ArgumentProblem(`--speed has to be a number above 0, such as 10; it is "${speed}".`);
  }
  return { kind: 'run', scenario, speed: factor };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        scenario: { type: 'string', default: 'success' },
        speed: { type: 'string', default: String(defaultSpeed) },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. To specify')[0] : String(error);
    throw new ArgumentProblem(`${reason}.\n\n${helpText}`);
  }
}

/** One line a scenario: name, what happens, what it comes to. */
export function scenarioList(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map((scenario) => scenario.name.length));
  return scenarios
    .map(({ name, description, expect }) => {
      const outcome = expect.code === undefined ? expect.result : `${expect.result} ${expect.code}`;
      return `  ${name.padEnd(width)}  ${description} (${outcome})`;
    })
    .join('\n');
}
