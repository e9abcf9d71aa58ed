import { type JsonCallSettings, jsonCall } from './json-call.ts';
import type { SecretReference } from './secret-reference.ts';

/** How it is with a secret that somebody names. */
export type SecretState = 'there' | 'missing' | 'being deleted';

/** Pages of one answer: a filtered list can have empty pages before the one that matters (API_DescribeParameters). */
const PAGES = 5;

/**
 * What there is, without its content: log groups, parameters, secrets. Methods throw JsonCallRefused, NoAnswer, and an
 * Error where an answer has another shape.
 */
export class AwsMetadata {
  readonly #settings: JsonCallSettings;

  constructor(settings: JsonCallSettings) {
    this.#settings = settings;
  }

  /** Whether a log group of exactly that name exists. */
  async hasLogGroup(name: string, region: string): Promise<boolean> {
    const answer = await jsonCall(this.#settings, region, 'logs:DescribeLogGroups', {
      logGroupNamePrefix: name,
    });
    // They come sorted: the name itself is before those that only begin with it.
    return listAt(answer, 'logGroups').some((group) => fieldOf(group, 'logGroupName') === name);
  }

  /** How it is with a secret or parameter. Its value is never read. */
  async secretState(reference: SecretReference): Promise<SecretState> {
    return reference.kind === 'secret'
      ? await this.#stateOfSecret(reference.arn, reference.region)
      : await this.#stateOfParameter(reference.name, reference.region);
  }

  async #stateOfSecret(arn: string, region: string): Promise<SecretState> {
    try {
      const question = { SecretId: arn };
      const answer = await jsonCall(this.#settings, region, 'secretsmanager:DescribeSecret', question);
      return fieldOf(answer, 'DeletedDate') === undefined ? 'there' : 'being deleted';
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return 'missing';
      throw error;
    }
  }

  async #stateOfParameter(name: string, region: string): Promise<SecretState> {
    // `a` and `/a` have the same ARN, and a version or label may follow the name.
    const bare = name.replace(/^\/(?=[^/]*$)/, '').replace(/:[^:/]*$/, '');
    const names = bare.includes('/') ? [bare] : [bare, `/${bare}`];
    let token: unknown;
    for (let page = 0; page < PAGES; page += 1) {
      const answer = await jsonCall(this.#settings, region, 'ssm:DescribeParameters', {
        ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: names }],
        ...(token === undefined ? {} : { NextToken: token }),
      });
      if (listAt(answer, 'Parameters').length > 0) return 'there';
      token = fieldOf(answer, 'NextToken');
      if (token === undefined) break;
    }
    return 'missing';
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** Throws where there is none: an answer of another shape says nothing of what there is. */
function listAt(value: unknown, name: string): readonly unknown[] {
  const list = fieldOf(value, name);
  if (!Array.isArray(list)) throw new Error(`AWS answered without ${name}`);
  return list;
}
