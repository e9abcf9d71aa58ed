import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Redaction } from '../../src/runner/redaction.ts';
import { readConfig } from '../../src/stages/inputs/read-config.ts';
import { secretsOf } from '../../src/stages/inputs/secrets-of.ts';
import { checkInputs } from '../../src/stages/preflight/checks/inputs.ts';
import { checkSecrets } from '../../src/stages/preflight/checks/secrets.ts';
import { checkSlack } from '../../src/stages/preflight/checks/slack.ts';
import { environmentOf } from '../stages/inputs/environment.ts';
import { checkContext } from '../stages/preflight/check-context.ts';
import { CONTROLS, inTime, LONGEST_MS, runsOf } from './campaign.ts';
import { MARKED } from './grammars.ts';
import { oddInputs } from './inputs.ts';

const numbered = (line: (index: number) => string) =>
  Array.from({ length: 12_000 }, (_, i) => line(i)).join('\n');

/** As large as an environment variable can be, and of what takes the square of its length where it is gone through so. */
const LARGE = [
  { 'slack-webhook-url': `https://hooks.slack.com/${'X'.repeat(100_000)}!` },
  { 'required-secrets': numbered((i) => `N${i} unique`) },
  { secrets: numbered((i) => `N${i}=a-value-${i}`), service: numbered((i) => `s${i}`) },
] as const;

/** Inputs whose value is, or holds, a secret. */
const SECRET = {
  'aws-secret-access-key': MARKED,
  'aws-session-token': MARKED,
  'github-token': MARKED,
  'slack-webhook-url': `https://hooks.slack.com/services/T0/B0/${MARKED}`,
  secrets: `npm=${MARKED}`,
  'build-args': `TOKEN=${MARKED}`,
  'http-proxy': `http://me:${MARKED}@proxy:3128`,
  'health-check-urls': `https://me:${MARKED}@a.example = good`,
} as const;

describe('inputs as large as can be', () => {
  it.each(LARGE.map((inputs) => [Object.keys(inputs).join(), inputs] as const))(
    '%s: checked in time',
    async (_, inputs) => {
      const context = checkContext(inputs, {});
      await inTime(async () => {
        const redaction = new Redaction();
        for (const secret of secretsOf(context.config)) redaction.add(secret);
        await Promise.all([checkInputs(context), checkSecrets(context), checkSlack(context)]);
        redaction.apply('what is told of it');
      });
    },
  );
});

describe('any inputs', { timeout: LONGEST_MS }, () => {
  it('are a configuration and findings, in time, with the secrets in none', async () => {
    const environment = { JWT_SECRET: `"${MARKED}"`, A: MARKED, B: '' };
    const secrets = fc.record(
      Object.fromEntries(Object.entries(SECRET).map(([name, value]) => [name, fc.constant(value)])),
      { requiredKeys: [] },
    );
    const property = fc.asyncProperty(oddInputs, secrets, async (inputs, secret) => {
      const given = { ...inputs, ...secret };
      const { config, findings } = await inTime(() => readConfig(environmentOf(given, environment)));
      expect(readConfig(environmentOf(given, environment)).findings).toEqual(findings);
      await inTime(() => secretsOf(config));
      const context = checkContext(given, environment);
      const reports = await inTime(() =>
        Promise.all([checkInputs, checkSecrets, checkSlack].map((check) => check(context))),
      );
      for (const { code, title, detail = '', fix } of reports.flatMap((report) => report.findings)) {
        expect(code).toMatch(/^DG[1-8]\d\d$/);
        expect(title).not.toMatch(/\n/);
        expect([title, detail, fix].join('\n')).not.toMatch(CONTROLS);
        expect([title, detail, fix].join('\n')).not.toContain(MARKED);
      }
    });
    await fc.assert(property, runsOf(100));
  });
});
