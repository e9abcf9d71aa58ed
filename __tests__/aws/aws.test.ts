import { describe, expect, it } from 'vitest';
import { Aws } from '../../src/aws/aws.ts';
import type { CredentialPlan } from '../../src/aws/credentials.ts';
import { readRefusal } from '../../src/aws/refusal.ts';
import { createAgents } from '../../src/runner/http.ts';
import { checkContext } from '../stages/preflight/check-context.ts';

const AGENTS = createAgents({ http: undefined, no: undefined });

/** AWS by a source that refuses, and how often the source was asked. */
function refusing(): { readonly aws: Aws; readonly asked: () => number } {
  let asked = 0;
  const plan: CredentialPlan = {
    source: 'role by OIDC',
    provider: () => {
      asked += 1;
      return Promise.reject(Object.assign(new Error('words'), { name: 'AccessDenied' }));
    },
    claims: () => undefined,
    baseSession: () => undefined,
  };
  return { aws: new Aws('us-east-1', plan, AGENTS), asked: () => asked };
}

describe('credentials that are refused before the preflight begins', () => {
  it('are not asked for again', async () => {
    const { aws, asked } = refusing();
    await aws.askIdentity();
    // Until the answer is there: the preflight begins after it.
    await (await aws.sts()).callerIdentity().catch(() => undefined);
    const { lookups } = checkContext({}, {}, { ports: { aws } });
    const answers = await Promise.all([lookups.ecr.login(), lookups.identity(), lookups.ecs.services()]);
    for (const answer of answers) {
      expect(answer.ok ? undefined : readRefusal(answer.error).kind).toBe('access-denied');
    }
    expect(asked()).toBe(1);
  });
});
