import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from '../../finding.ts';
import { type Agents, ask, type HttpAnswer, NoAnswer } from '../../runner/http.ts';
import { oneLine } from '../../runner/text.ts';
import type { HealthReport } from '../report/run-report.ts';
import type { HealthTarget } from './health-target.ts';

const ANSWER_MS = 10_000;
const BETWEEN_MS = 1_000;
const MOST_REDIRECTS = 5;

/** What the stage works with. */
export interface HealthPorts {
  readonly agents: Agents;
  readonly signal: AbortSignal;
}

/** Asks all targets side by side, each until it answers as it should, at most `timeoutMs`. */
export async function checkHealth(
  targets: readonly HealthTarget[],
  timeoutMs: number,
  ports: HealthPorts,
): Promise<readonly HealthReport[]> {
  const until = performance.now() + timeoutMs;
  return await Promise.all(targets.map((target) => untilHealthy(target, until, ports)));
}

/** A finding for each target that did not answer as it should. */
export function unhealthyFindings(reports: readonly HealthReport[], timeoutMs: number): readonly Finding[] {
  return reports.filter(({ healthy }) => !healthy).map((report) => unhealthy(report, timeoutMs));
}

async function untilHealthy(target: HealthTarget, until: number, ports: HealthPorts): Promise<HealthReport> {
  const url = withoutCredentials(target.url);
  let heard: string | undefined;
  for (;;) {
    const started = performance.now();
    const wrong = await whatIsWrong(
      target,
      Math.max(started + 1, Math.min(started + ANSWER_MS, until)),
      ports,
    );
    const now = performance.now();
    if ('status' in wrong)
      return { url, healthy: true, said: `${wrong.status} in ${Math.round(now - started)} ms` };
    // A last try that the end cut short says less than what was heard before it.
    if (heard === undefined || now < until || until - started >= ANSWER_MS) heard = wrong.said;
    if (now + BETWEEN_MS > until) return { url, healthy: false, said: heard };
    await sleep(BETWEEN_MS, undefined, { signal: ports.signal });
  }
}

/** What a report may show of a URL: a name and a password in it are nobody's to read. */
function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^/?#\s]*@/, '//***@');
}

async function whatIsWrong(
  target: HealthTarget,
  until: number,
  ports: HealthPorts,
): Promise<{ readonly said: string } | { readonly status: number }> {
  try {
    const [low, high] = target.status;
    const { answer, redirects } = await follow(target, until, ports);
    const body = answer.body.toString('utf8');
    const isOff = answer.status < low || answer.status > high;
    if (isOff && redirects > MOST_REDIRECTS) {
      const to = withoutCredentials(oneLine(answer.header('location') ?? '', 120));
      return { said: `more than ${MOST_REDIRECTS} redirects, the last one (${answer.status}) to ${to}` };
    }
    if (isOff) return { said: `${answer.status}: ${oneLine(body, 200) || 'empty body'}` };
    if (target.text !== undefined && !body.includes(target.text)) {
      return {
        said: `${answer.status}, but without the text \`${oneLine(target.text, 80)}\`: ${oneLine(body, 200)}`,
      };
    }
    return { status: answer.status };
  } catch (error) {
    if (error instanceof NoAnswer) return { said: error.message };
    throw error;
  }
}

/** The first answer that is no redirect, or is one that the target asks for; all within one time limit. */
async function follow(
  { url: start, status: [low, high] }: HealthTarget,
  until: number,
  ports: HealthPorts,
): Promise<{ readonly answer: HttpAnswer; readonly redirects: number }> {
  let url = new URL(start);
  for (let redirects = 0; ; ) {
    const answer = await ask(ports.agents, {
      method: 'GET',
      url,
      timeoutMs: Math.max(1, Math.round(until - performance.now())),
      mostBytes: 1024 * 1024,
      // A stream that doesn't end, or a page that is long, has answered all the same.
      statusSuffices: true,
      signal: ports.signal,
    });
    const { status } = answer;
    const wanted = status >= low && status <= high;
    const location = answer.header('location');
    const next = location && status >= 300 && status <= 399 ? URL.parse(location, url.href) : null;
    if (next !== null) redirects += 1;
    if (wanted || next === null || redirects > MOST_REDIRECTS) return { answer, redirects };
    url = next;
  }
}

function unhealthy({ url, said }: HealthReport, timeoutMs: number): Finding {
  return {
    code: 'DG701',
    level: 'error',
    title: `${url} did not answer as it should within ${timeoutMs / 1000} s: ${said}`,
    fix: `Ask it yourself: \`curl -i ${url}\`. The container's log may say why; where the answer is right, correct the line in \`health-check-urls\`.`,
  };
}
