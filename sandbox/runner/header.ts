import type { SecretMasks } from './masks.ts';

/**
 * What the runner prints of a step before the action starts: everything under `with:` and `env:`, where
 * only registered secrets are masked. Nothing of it is the action's doing.
 *
 * Source: actions/runner, src/Runner.Worker/Handlers/Handler.cs, PrintActionDetails
 */
export function stepHeader(
  action: string,
  inputs: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string>>,
  masks: SecretMasks,
): readonly string[] {
  const given = [...inputs].filter(([, value]) => value !== '');
  const variables = Object.entries(env);
  return [
    `##[group]Run ${action}`,
    ...(given.length > 0 ? ['with:'] : []),
    ...given.map(([name, value]) => `  ${name.toLowerCase()}: ${value}`),
    ...(variables.length > 0 ? ['env:'] : []),
    ...variables.map(([name, value]) => `  ${name}: ${value}`),
    '##[endgroup]',
  ].map((line) => masks.mask(line));
}
