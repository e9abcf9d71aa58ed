import type { InputName } from '../../../src/stages/inputs/schema.ts';

/** An environment as the runner makes it of `with:` and `env:`. */
export function environmentOf(
  inputs: Partial<Record<InputName, string>>,
  environment: Readonly<Record<string, string | undefined>> = {},
): Readonly<Record<string, string | undefined>> {
  const entries = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  return { ...environment, ...Object.fromEntries(entries) };
}

/** The least inputs that a deploy needs. */
export const ENOUGH = {
  'aws-region': 'us-east-1',
  'ecr-repository': 'dyno-agent',
  service: 'dyno-agent-service',
} as const;
