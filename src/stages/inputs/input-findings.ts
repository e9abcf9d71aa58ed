import type { Finding } from '../../finding.ts';
import { oneLine } from '../../runner/text.ts';
import type { InputName, InputValues } from './schema.ts';

/** Inputs that hold or may hold a secret: what they hold is never repeated. */
const SILENT = new Set<InputName>([
  'aws-access-key-id',
  'aws-secret-access-key',
  'aws-session-token',
  'build-args',
  'secrets',
  'secret-envs',
  'secret-files',
  'http-proxy',
  'slack-webhook-url',
  'github-token',
  'required-secrets',
]);

/** Inputs that have no default. */
const REQUIRED: ReadonlySet<InputName> = new Set(['ecr-repository', 'service']);

/** DG101: an input's value that is not valid. `must` goes on from its name: what it has to be. */
export function invalidInput(name: InputName, must: string, text: string): Finding {
  const shown = SILENT.has(name) ? '' : oneLine(text.slice(0, 1_000).replaceAll('`', ' '), 80);
  const given = shown === '' ? '' : `, not \`${shown}\``;
  const tagged = name === 'ecr-repository' && /:[\w.-]+$/.test(text) && !text.endsWith(':');
  return {
    code: 'DG101',
    level: 'error',
    title: `Input \`${name}\` ${must}${given}.`,
    fix: tagged
      ? 'Leave the tag out: the image is tagged by `image-tag` (the commit), `latest-tag` and `extra-tags`.'
      : `Correct \`${name}:\` under \`with:\`${REQUIRED.has(name) ? '' : ', or leave it out for its default'}.`,
  };
}

/** DG102 for each input that has to be set and is not; one that is not valid is told of already. */
export function missingInputs(values: InputValues, invalid: ReadonlySet<InputName>): readonly Finding[] {
  const missing = (name: InputName, example: string): Finding => ({
    code: 'DG102',
    level: 'error',
    title: `Input \`${name}\` is not set.`,
    fix: `Add it under \`with:\`, for example \`${name}: ${example}\`.`,
  });
  return [
    ...(values['ecr-repository'] || invalid.has('ecr-repository')
      ? []
      : [missing('ecr-repository', 'my-service')]),
    ...(values.service.length > 0 || invalid.has('service') ? [] : [missing('service', 'my-service')]),
  ];
}
