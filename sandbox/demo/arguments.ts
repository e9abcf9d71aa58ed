import { parseArgs } from 'node:util';
import { nearName } from '../../src/stages/preflight/near-name.ts';
import type { Scenario } from '../scenarios/scenario.ts';

/** What a person asked the demo for. */
export type DemoRequest =
  | { readonly kind: 'run'; readonly scenario: Scenario; readonly speed: number }
  | { readonly kind: 'list' }
  | { readonly kind: 'help' };

/** A mistake in the arguments, worded for the person who made it. */
export class ArgumentProblem extends Error {}

const defaultSpeed = 10;

export const helpText = `npm run demo -- [[--scenario] NAME] [--speed N] [--list] [--help]

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
 * @throws ArgumentProblem for an unknown option or scenario, several of them, or a speed that is no number above 0.
 */
export function readArguments(args: readonly string[], scenarios: readonly Scenario[]): DemoRequest {
  const { values, positionals } = parse(args);
  const { list, help, speed } = values;
  if (help) return { kind: 'help' };
  if (list) return { kind: 'list' };
  const names = [...(values.scenario === undefined ? [] : [values.scenario]), ...positionals];
  if (names.length > 1) throw new ArgumentProblem(`The demo tells one scenario at a time.\n\n${helpText}`);
  const [name = 'success'] = names;
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario === undefined) {
    const near = nearName(
      name,
      scenarios.map((each) => each.name),
    );
    // The list is long: what is read without scrolling is its end.
    const hint = near ? `\n\nDid you mean ${near}?` : '';
    throw new ArgumentProblem(
      `There is no scenario "${name}". There are:\n\n${scenarioList(scenarios)}${hint}`,
    );
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
      allowPositionals: true,
      options: {
        scenario: { type: 'string' },
        speed: { type: 'string', default: String(defaultSpeed) },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
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
