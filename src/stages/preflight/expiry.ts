import type { Finding } from '../../finding.ts';
import type { CheckContext } from './check.ts';
import type { Identity } from './lookups/lookups.ts';

/** Roles are assumed again when less than this is left of their session (`planCredentials`). */
const RENEWED_BEFORE_MINUTES = 5;
/** How long most sessions last: the default of AssumeRole and of configure-aws-credentials. */
const USUAL_MINUTES = 60;

/** Credentials that may be over before the wait for the rollout is, and can't be renewed until then. */
export function expiryFindings(identity: Identity, context: CheckContext): readonly Finding[] {
  const { config, lookups } = context;
  const { waitMinutes } = config.ecs;
  const { role, keys } = config.credentials;
  const left = minutesUntil(identity.expiresAt);
  if (role === undefined) {
    if (left !== undefined) return left < waitMinutes ? [tooSoon(left, waitMinutes)] : [];
    const isSession = keys ? keys.sessionToken : config.environment['AWS_SESSION_TOKEN'];
    return isSession && waitMinutes > USUAL_MINUTES ? [unknownEnd('These credentials', waitMinutes)] : [];
  }
  const base = lookups.credentialOrigin().baseSession;
  if (base === undefined || left === undefined) return [];
  const until = minutesUntil(base.expiresAt);
  // Each session of the role lasts as long as the first, and begins when the one before is nearly over.
  const step = left - RENEWED_BEFORE_MINUTES;
  if (waitMinutes < left || step <= 0) return [];
  if (until === undefined) return waitMinutes > USUAL_MINUTES ? [unknownEnd(BASE, waitMinutes)] : [];
  const lasts = Math.floor(Math.max(0, until) / step) * step + left;
  return lasts < waitMinutes ? [baseTooSoon(until, lasts, waitMinutes)] : [];
}

const BASE = 'The credentials that the role is assumed with';

/** Whole minutes from now, rounded down; undefined where nothing is said of an end. */
function minutesUntil(time: Date | undefined): number | undefined {
  return time && Math.floor((time.getTime() - Date.now()) / 60_000);
}

function ends(minutes: number): string {
  return minutes < 0 ? `were to expire ${-minutes} min ago` : `expire in ${minutes} min`;
}

function tooSoon(left: number, wait: number): Finding {
  return {
    code: 'DG211',
    level: 'warning',
    title: `The credentials ${ends(left)}, before the ${wait} min of \`wait-for-minutes\` are over.`,
    fix: 'Use `role-to-assume` in this action, which renews them, or ask for a longer session.',
  };
}

function baseTooSoon(until: number, lasts: number, wait: number): Finding {
  return {
    code: 'DG211',
    level: 'warning',
    title: `${BASE} ${ends(until)}: the role can be renewed with them for ${lasts} min in all, and \`wait-for-minutes\` is ${wait}.`,
    fix: 'Assume the role by OIDC (without keys and `role-chaining`), which is renewed as long as the job runs, or lower `wait-for-minutes`.',
  };
}

function unknownEnd(what: string, wait: number): Finding {
  return {
    code: 'DG211',
    level: 'note',
    title: `${what} are of a session, and nothing says when it ends: most last an hour, and \`wait-for-minutes\` is ${wait}.`,
    fix: 'Use `role-to-assume` by OIDC, which is renewed as long as the job runs. If the session lasts long enough, there is nothing to do.',
  };
}
