import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Aws } from '../../src/aws/aws.ts';
import { type CredentialPlan, planCredentials } from '../../src/aws/credentials.ts';
import { readRefusal } from '../../src/aws/refusal.ts';
import { createAgents } from '../../src/runner/http.ts';
import { readConfig } from '../../src/stages/inputs/read-config.ts';
import { ENOUGH, environmentOf } from '../stages/inputs/environment.ts';
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
    onHeld: () => undefined,
    baseSession: () => undefined,
  };
  return { aws: new Aws('us-east-1', plan, AGENTS), asked: () => asked };
}

describe('credentials that the SDK finds by itself', () => {
  it('are masked before they are used, and once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shared-credentials-'));
    const path = join(folder, 'credentials');
    const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
    writeFileSync(
      path,
      `[default]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = ${secret}\naws_session_token = the-session\n`,
    );
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', path);
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE'])
      vi.stubEnv(name, undefined);
    const masked: string[] = [];
    const mask = (each: string) => masked.push(each);
    const { config } = readConfig(environmentOf(ENOUGH));
    const oidcToken = () => Promise.reject(new Error('none'));
    const plan = planCredentials(config.credentials, 'us-east-1', { agents: AGENTS, oidcToken, mask });
    const aws = new Aws('us-east-1', plan, AGENTS);
    await aws.credentials();
    await aws.credentials();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
    expect(masked).toEqual([secret, 'the-session']);
  });
});

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
