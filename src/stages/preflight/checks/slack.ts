import type { Finding } from '../../../finding.ts';
import { isLoopback } from '../../../runner/http.ts';
import type { Check } from '../check.ts';

/** The Slack webhook's shape. Nothing is sent to it: a message can't be taken back. */
export const checkSlack: Check = ({ config }) => {
  const { webhookUrl, notify } = config.slack;
  const quiet = { subject: 'slack', passed: undefined, findings: [] };
  if (webhookUrl === undefined || notify === 'never') return Promise.resolve(quiet);
  const fault = webhookFault(webhookUrl);
  if (fault === undefined)
    return Promise.resolve({ ...quiet, passed: `webhook set; told ${TOLD_OF[notify]}` });
  const finding: Finding = {
    code: fault === NO_HTTPS ? 'DG802' : 'DG804',
    level: 'warning',
    title: `\`slack-webhook-url\` ${fault}: Slack would not be told.`,
    fix: 'Set the secret to an incoming webhook of your Slack app (Features › Incoming Webhooks), `https://hooks.slack.com/services/T…/B…/…`.',
  };
  return Promise.resolve({ ...quiet, findings: [finding] });
};

const NO_HTTPS = 'is not an https URL';

const TOLD_OF = { always: 'of every result', failure: 'of failures', success: 'of successes' } as const;

/** Names that lead nowhere: RFC 2606 and RFC 6761. */
const NOWHERE = /(^|\.)(example(\.(com|net|org))?|invalid|test)$/;
/** Hosts of incoming webhooks: docs.slack.dev, "Sending messages using incoming webhooks"; GovSlack. */
const WEBHOOK_HOST = /^hooks\.slack(-gov)?\.com$/;
const WEBHOOK_PATH = /^\/services\/T[A-Z0-9]{2,}\/B[A-Z0-9]{2,}\/[A-Za-z0-9]{8,}$/;

/**
 * Why a text is no incoming webhook, in words that follow "`slack-webhook-url` "; undefined where it may be one. Other
 * hosts are left alone: more than Slack takes such messages. Its text is a secret, and not repeated.
 */
export function webhookFault(text: string): string | undefined {
  if (text.includes('${{')) return 'is an expression that GitHub did not evaluate, `${{ … }}`';
  if (/^xox[a-z]-|^xapp-/.test(text)) return "is a token for Slack's API, not a webhook's address";
  if (/^(["'`]).*\1$/.test(text)) return 'stands in quotes, which are part of it';
  const url = URL.parse(text);
  if (url === null) return NO_HTTPS;
  if (url.protocol === 'http:' && isLoopback(url.hostname)) return undefined;
  if (url.protocol !== 'https:') return NO_HTTPS;
  if (!url.hostname.includes('.') || NOWHERE.test(url.hostname)) return 'has a host that is none';
  if (!/(^|\.)slack(-gov)?\.com$/.test(url.hostname)) return undefined;
  if (/^\/(triggers|workflows)\//.test(url.pathname))
    return "is the trigger of a workflow, which takes that workflow's own variables and no message";
  if (!WEBHOOK_HOST.test(url.hostname)) return "is an address of Slack's pages or API, not a webhook";
  if (/(?<!X)X{6,}$/i.test(url.pathname)) return "is the example of Slack's documentation";
  if (!WEBHOOK_PATH.test(url.pathname)) return 'is not a whole webhook address';
  return undefined;
}
