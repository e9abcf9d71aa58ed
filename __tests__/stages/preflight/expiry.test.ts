import { describe, expect, it } from 'vitest';
import type { BaseSession } from '../../../src/aws/credentials.ts';
import type { InputName } from '../../../src/stages/inputs/schema.ts';
import { expiryFindings } from '../../../src/stages/preflight/expiry.ts';
import { Lookups } from '../../../src/stages/preflight/lookups/lookups.ts';
import { checkContext } from './check-context.ts';

const ROLE = { 'role-to-assume': 'arn:aws:iam::123456789012:role/deploy' } as const;
const SESSION_KEYS = {
  'aws-access-key-id': 'ASIAIOSFODNN7EXAMPLE',
  'aws-secret-access-key': 'x'.repeat(40),
  'aws-session-token': 'session',
} as const;

/** In so many minutes; a few seconds more, so that rounding down gives them. */
const minutes = (n: number) => new Date(Date.now() + n * 60_000 + 5_000);

function found(
  inputs: Partial<Record<InputName, string>>,
  ends: number | undefined,
  base?: BaseSession,
  environment: Readonly<Record<string, string>> = {},
) {
  const context = checkContext(inputs, environment);
  class Told extends Lookups {
    override credentialOrigin() {
      return { source: undefined, claims: undefined, baseSession: base };
    }
  }
  const lookups = new Told(
    context.config,
    { tag: undefined, commit: undefined },
    {
      aws: undefined,
      workspace: '/nowhere',
      registry: () => {
        throw new Error('no part of this check');
      },
      engineVersion: () => Promise.reject(new Error('no part of this check')),
    },
  );
  const identity = {
    accountId: '123456789012',
    arn: 'arn:aws:iam::123456789012:user/ci',
    expiresAt: ends === undefined ? undefined : minutes(ends),
  };
  return expiryFindings(identity, { ...context, lookups }).map(({ level, title }) => `${level}: ${title}`);
}

describe('expiryFindings', () => {
  it('has nothing to say of permanent keys, of OIDC, and of sessions that outlast the wait', () => {
    expect(found({ 'wait-for-minutes': '1440' }, undefined)).toEqual([]);
    expect(found({ ...ROLE, 'wait-for-minutes': '1440' }, 60)).toEqual([]);
    expect(found({ 'wait-for-minutes': '30' }, 30)).toEqual([]);
  });

  it('warns of a session that ends first', () => {
    expect(found({ 'wait-for-minutes': '31' }, 30)).toEqual([
      'warning: The credentials expire in 30 min, before the 31 min of `wait-for-minutes` are over.',
    ]);
    expect(found({ 'wait-for-minutes': '0' }, -3)[0]).toContain('were to expire 3 min ago');
  });

  it('notes a session that nothing tells the end of only where most would be over', () => {
    expect(found({ ...SESSION_KEYS, 'wait-for-minutes': '60' }, undefined)).toEqual([]);
    expect(found({ ...SESSION_KEYS, 'wait-for-minutes': '61' }, undefined)[0]).toMatch(/^note: These creden/);
    const environment = { AWS_SESSION_TOKEN: 'session' };
    expect(found({ 'wait-for-minutes': '61' }, undefined, undefined, environment)[0]).toMatch(/^note: /);
  });

  it.each([
    // The base, the wait, and whether the renewals with it reach as far. A role's session lasts 60 minutes.
    [10, 59, true],
    [10, 60, true],
    [10, 61, false],
    [54, 90, false],
    [56, 90, true],
    [56, 120, false],
    [111, 120, true],
  ])('counts how far a base session of %i min carries a wait of %i min: %s', (base, wait, reaches) => {
    const inputs = { ...ROLE, 'role-chaining': 'true', 'wait-for-minutes': String(wait) };
    expect(found(inputs, 60, { expiresAt: minutes(base) })).toHaveLength(reaches ? 0 : 1);
  });

  it('notes a base session without an end where the wait is longer than most', () => {
    const inputs = { ...ROLE, 'role-chaining': 'true', 'wait-for-minutes': '90' };
    expect(found(inputs, 60, { expiresAt: undefined })[0]).toMatch(/^note: .* that the role is assumed with/);
    expect(found({ ...inputs, 'wait-for-minutes': '45' }, 60, { expiresAt: undefined })).toEqual([]);
    expect(found(inputs, 60, undefined)).toEqual([]);
  });
});
