import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAgents } from '../../../src/runner/http.ts';
import { Redaction } from '../../../src/runner/redaction.ts';
import type { Runner } from '../../../src/runner/workflow-commands.ts';
import type { Delivery } from '../../../src/slack/webhook.ts';
import { readConfig } from '../../../src/stages/inputs/read-config.ts';
import type { InputName } from '../../../src/stages/inputs/schema.ts';
import { isGreen, type RunReport } from '../../../src/stages/report/run-report.ts';
import type { SlackMessage } from '../../../src/stages/report/slack-message.ts';
import { type TellPorts, tell } from '../../../src/stages/report/tell.ts';
import { ENOUGH, environmentOf } from '../inputs/environment.ts';
import { REPORTS, withHostile } from './reports.ts';

const WEBHOOK = 'https://hooks.slack.com/services/T000/B000/XXXX';

interface Told {
  readonly messages: SlackMessage[];
  readonly saved: string[];
  readonly printed: string[];
  readonly annotations: string[];
  readonly outputs: Map<string, string>;
  summary: string;
}

/** Tells of a report, and gives all that was said to anyone. */
async function said(
  report: RunReport,
  inputs: Partial<Record<InputName, string>> = {},
  options: {
    readonly delivery?: Delivery;
    readonly secrets?: readonly string[];
    readonly summaryFails?: boolean;
  } = {},
): Promise<Told> {
  const told: Told = {
    messages: [],
    saved: [],
    printed: [],
    annotations: [],
    outputs: new Map(),
    summary: '',
  };
  const redaction = new Redaction();
  for (const secret of options.secrets ?? []) redaction.add(secret);
  const runner: Runner = {
    print: (line) => told.printed.push(line),
    openGroup: () => undefined,
    closeGroup: () => undefined,
    foreignOutput: () => ({ lines: () => undefined, end: () => undefined }),
    annotate: ({ code, title, fix, detail }) =>
      told.annotations.push(`${code} ${title} ${fix} ${detail ?? ''}`),
    mask: () => undefined,
    setOutput: (name, value) => told.outputs.set(name, value),
    saveState: () => undefined,
    flush: () => Promise.resolve(),
    addSummary: (markdown) => {
      if (options.summaryFails) return Promise.reject(new Error('disk full'));
      told.summary += markdown;
      return Promise.resolve();
    },
  };
  const ports: TellPorts & { readonly saveShown: () => void } = {
    runner,
    redaction,
    agents: createAgents({ http: undefined, no: undefined }),
    deliver: (_, message, { onTry }) => {
      onTry(true);
      told.messages.push(message);
      const delivery = options.delivery ?? { delivered: true };
      if (!delivery.delivered && !delivery.maybe) onTry(false);
      return Promise.resolve(delivery);
    },
    record: undefined,
    saveShown: () => told.saved.push('shown'),
    saveTold: (state) => told.saved.push(state),
    limits: { answerMs: 1, totalMs: 1 },
  };
  const { config } = readConfig(environmentOf({ ...ENOUGH, 'slack-webhook-url': WEBHOOK, ...inputs }));
  await tell(report, config, ports);
  return told;
}

describe('tell', () => {
  it.each(Object.entries(REPORTS))('%s: one message, but none in `check`', async (_, report: RunReport) => {
    expect((await said(report)).messages).toHaveLength(report.mode === 'check' ? 0 : 1);
  });

  it.each([
    ['always', true, true],
    ['success', true, false],
    ['failure', false, true],
    ['never', false, false],
  ])('slack-notify: %s', async (notify, onSuccess, onFailure) => {
    for (const report of Object.values(REPORTS) as RunReport[]) {
      if (report.mode === 'check') continue;
      const wanted = isGreen(report.result) ? onSuccess : onFailure;
      expect((await said(report, { 'slack-notify': notify })).messages).toHaveLength(wanted ? 1 : 0);
    }
  });

  it('sends nothing without a webhook, or to one without https that is not this machine', async () => {
    expect((await said(REPORTS.succeeded, { 'slack-webhook-url': '' })).messages).toEqual([]);
    for (const url of [
      'http://hooks.slack.com/services/x',
      'not a url',
      'ftp://hooks.slack.com',
      'file:///etc/passwd',
    ]) {
      const told = await said(REPORTS.succeeded, { 'slack-webhook-url': url });
      expect(told.messages).toEqual([]);
      expect(told.annotations.join()).toContain('DG802');
    }
    expect(
      (await said(REPORTS.succeeded, { 'slack-webhook-url': 'http://127.0.0.1:1/x' })).messages,
    ).toHaveLength(1);
  });

  it('notes down that a message is on its way before it is sent, and what became of it after', async () => {
    expect((await said(REPORTS.succeeded)).saved).toEqual(['shown', 'sending', 'yes']);
    const maybe = { delivered: false, maybe: true, final: false, why: 'no answer' } as const;
    expect((await said(REPORTS.succeeded, {}, { delivery: maybe })).saved).toEqual([
      'shown',
      'sending',
      'yes',
    ]);
    const refusedForGood = { delivered: false, maybe: false, final: true, why: 'no_service' } as const;
    expect((await said(REPORTS.succeeded, {}, { delivery: refusedForGood })).saved.at(-1)).toBe('yes');
    const surelyNot = { delivered: false, maybe: false, final: false, why: 'refused' } as const;
    expect((await said(REPORTS.succeeded, {}, { delivery: surelyNot })).saved).toEqual([
      'shown',
      'sending',
      'no',
    ]);
    expect((await said(REPORTS.checked)).saved).toEqual(['shown', 'yes']);
  });

  it('says on the run page once what a preflight found, and that Slack was told only where it was', async () => {
    const report = REPORTS['preflight failed'];
    const told = await said(report);
    expect(told.printed.join('\n').match(/DG112/g)).toHaveLength(1);
    expect(told.printed.join('\n')).toContain('Slack told');
    const untold = await said(
      report,
      {},
      { delivery: { delivered: false, maybe: true, final: false, why: 'silence' } },
    );
    expect(untold.printed.join('\n')).not.toContain('Slack told');
    expect((await said(report, { 'slack-webhook-url': '' })).printed.join('\n')).not.toContain('Slack told');
  });

  it('keeps a good deploy green where Slack can not be told, and shows the message in the summary', async () => {
    const delivery = {
      delivered: false,
      maybe: false,
      final: true,
      why: 'Slack answered 404: the webhook was removed or disabled',
    } as const;
    const told = await said(REPORTS.succeeded, {}, { delivery });
    expect(told.outputs.get('result')).toBe('succeeded');
    expect(told.outputs.get('failure-code')).toBe('');
    expect(told.annotations.join()).toContain('DG801');
    expect(told.summary).toContain('could not be delivered');
    const hostile = await said(
      withHostile(REPORTS.succeeded, '<img src=x> [a](https://evil.example)'),
      {},
      { delivery },
    );
    const [, appended = ''] = hostile.summary.split('could not be delivered');
    expect(appended.trim()).toMatch(/^```\n[^`]*\n```$/);
  });

  it('goes on where the summary can not be written', async () => {
    const told = await said(REPORTS.crashed, {}, { summaryFails: true });
    expect(told.outputs.get('result')).toBe('failed');
    expect(told.printed.join('\n')).toContain('DG803');
  });

  it('tells all others where one rendering fails, and leaves the result as it is', async () => {
    const [deployment] = REPORTS.succeeded.deployments;
    const outcome = { ...deployment?.outcome, events: [{ at: Number.NaN, message: 'x' }] };
    const broken = {
      ...REPORTS.succeeded,
      deployments: [{ ...deployment, outcome }],
    } as unknown as RunReport;
    const told = await said(broken);
    expect(told.outputs.get('result')).toBe('succeeded');
    expect(told.printed.join('\n')).toContain('! DG803 ');
    expect(told.printed.join('\n')).toContain('✓ Deployed');
    expect(told.messages).toHaveLength(1);
    expect(told.saved).toEqual(['shown', 'sending', 'yes']);
  });

  it('has one warning for a message that can not be made, and does not have post try it again', async () => {
    const told = await said({ ...REPORTS.succeeded, stages: undefined } as unknown as RunReport);
    expect(told.outputs.get('result')).toBe('succeeded');
    expect(told.messages).toEqual([]);
    expect(told.annotations.join()).toContain('DG801');
    expect(told.saved.at(-1)).toBe('yes');
  });

  it('annotates a failed run with its code, and a good one with no error', async () => {
    expect((await said(REPORTS.crashed)).annotations.filter((text) => text.startsWith('DG612'))).toHaveLength(
      1,
    );
    expect((await said(REPORTS.checked)).annotations.map((text) => text.slice(0, 5))).toEqual(['DG531']);
  });

  it.each(['deploy', 'failed', 'rollout', 'warning', 'error', 'preflight'])(
    'keeps its own words where a secret happens to be one of them: %s',
    async (secret) => {
      const told = await said(REPORTS.crashed, {}, { secrets: [secret] });
      expect(told.outputs.get('result')).toBe('failed');
      expect(told.outputs.get('failure-code')).toBe('DG612');
      expect(told.messages).toHaveLength(1);
      expect(told.summary).toContain('✗ failed');
      expect(told.summary).toContain('rollout (1 min 14 s) :crit');
      const checked = await said(REPORTS.checked, {}, { secrets: ['checked', 'warning', 'check'] });
      expect(checked.messages).toEqual([]);
      expect(checked.annotations.map((text) => text.slice(0, 5))).toEqual(['DG531']);
    },
  );

  it('says no secret to anyone, however it has to be written there', async () => {
    const secret = fc
      .string({ unit: fc.constantFrom(...'abcXYZ089&<>*_`|"\'\\~@#$% /+='), minLength: 8, maxLength: 30 })
      .filter((text) => text.trim().length >= 8 && new Set(text).size > 4 && !text.includes('***'));
    await fc.assert(
      fc.asyncProperty(secret, async (value) => {
        const report = withHostile(REPORTS.crashed, `DATABASE_URL=${value} is wrong`);
        const told = await said(report, {}, { secrets: [value] });
        const decoded = JSON.stringify(told.messages)
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&amp;', '&')
          .replaceAll('\u200b', '');
        const everything = [
          decoded,
          told.summary,
          ...told.printed,
          ...told.annotations,
          ...told.outputs.values(),
        ].join('\n');
        expect(everything).not.toContain(value);
        expect(everything).not.toContain(JSON.stringify(value).slice(1, -1));
        expect(everything).toContain('***');
      }),
      { numRuns: 60 },
    );
  });
});
