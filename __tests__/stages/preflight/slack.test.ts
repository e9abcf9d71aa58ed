import { describe, expect, it } from 'vitest';
import { checkSlack, webhookFault } from '../../../src/stages/preflight/checks/slack.ts';
import { checkContext } from './check-context.ts';

const GOOD = 'https://hooks.slack.com/services/T012ABCDE/B345FGHIJ/aBcDeFgHiJkLmNoPqRsTuVwX';

describe('webhookFault', () => {
  it.each([
    GOOD,
    'https://hooks.slack-gov.com/services/T012ABCDE/B345FGHIJ/aBcDeFgHiJkLmNoP',
    // Others take such messages too.
    'https://mattermost.acme.io/hooks/xyz',
    'https://discord.com/api/webhooks/1/abc/slack',
    'http://127.0.0.1:4000/slack/services/x',
    'http://localhost/x',
  ])('accepts %s', (url) => {
    expect(webhookFault(url)).toBeUndefined();
  });

  it.each([
    ['${{ secrets.SLACK_WEBHOOK }}', 'an expression'],
    ['xoxb-123-456', 'a token'],
    ['xapp-1-A', 'a token'],
    ['not a url', 'no', 'is not an https URL'],
    ['http://hooks.slack.com/services/T1/B1/x', 'is not an https URL'],
    [`"${GOOD}"`, 'stands in quotes'],
    [`'${GOOD}'`, 'stands in quotes'],
    ['ftp://127.0.0.1/x', 'is not an https URL'],
    ['https://hooks.slack.com/triggers/T01/1/a', 'the trigger of a workflow'],
    ['https://hooks.slack.com/workflows/T01/A1/1/a', 'the trigger of a workflow'],
    ['https://slack.com/api/chat.postMessage', "Slack's pages or API"],
    ['https://acme.slack.com/archives/C1', "Slack's pages or API"],
    ['https://hooks.slack.com/services/T012ABCDE/B345FGHIJ', 'not a whole webhook address'],
    ['https://hooks.slack.com/', 'not a whole webhook address'],
    [
      'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX',
      "Slack's documentation",
    ],
    ['https://hooks.example.com/x', 'a host that is none'],
    ['https://slack/x', 'a host that is none'],
  ])('says what %s is', (url, ...words) => {
    expect(webhookFault(url)).toContain(words.at(-1));
  });
});

describe('checkSlack', () => {
  it('has nothing to say where nobody is to be told', async () => {
    expect(await checkSlack(checkContext({}))).toMatchObject({ passed: undefined, findings: [] });
    const never = { 'slack-webhook-url': 'xoxb-1', 'slack-notify': 'never' };
    expect((await checkSlack(checkContext(never))).findings).toEqual([]);
  });

  it('warns, never fails, and repeats nothing of the address', async () => {
    expect((await checkSlack(checkContext({ 'slack-webhook-url': GOOD }))).passed).toContain('every result');
    const { findings } = await checkSlack(
      checkContext({ 'slack-webhook-url': 'https://slack.com/SECRETPART' }),
    );
    expect(findings.map(({ code, level }) => `${code} ${level}`)).toEqual(['DG804 warning']);
    expect(JSON.stringify(findings)).not.toContain('SECRETPART');
  });
});
