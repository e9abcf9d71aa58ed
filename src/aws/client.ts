import type { AwsCredentialIdentityProvider } from '@aws-sdk/types';
import { type Agents, isLoopback } from '../runner/http.ts';
import { BoundedHandler } from './bounded-handler.ts';

/** What every client of the SDK is made with. */
export interface ClientSettings {
  readonly region: string;
  readonly agents: Agents;
  /** Undefined: the SDK's own chain (environment, profile, container, instance). */
  readonly credentials: AwsCredentialIdentityProvider | undefined;
  /** Called when a request is on its way. */
  readonly onSent?: () => void;
}

const CONNECT_MS = 5_000;
const ANSWER_MS = 15_000;
/** A body follows its headers at once, and is at most some megabytes. */
const BODY_MS = 10_000;

/** How long a run waits for what it can do without, tries again and all. */
const OPTIONAL_MS = 15_000;

/** The options of a call whose answer the run can do without: it ends with an AbortError where that takes long. */
export function optionalAnswer(): { readonly abortSignal: AbortSignal } {
  return { abortSignal: AbortSignal.timeout(OPTIONAL_MS) };
}

/** The part of a client's configuration that all services share. */
export function clientConfig(settings: ClientSettings) {
  return {
    region: settings.region,
    ...(settings.credentials ? { credentials: settings.credentials } : {}),
    // Six attempts: with the SDK's back-off they span some seconds, where its three are over in 70 ms.
    maxAttempts: 6,
    requestHandler: new BoundedHandler(
      {
        httpAgent: settings.agents.http,
        httpsAgent: settings.agents.https,
        connectionTimeout: CONNECT_MS,
        requestTimeout: ANSWER_MS,
        // Without it the SDK only warns, and a hung answer is waited for without end.
        throwOnRequestTimeout: true,
      },
      BODY_MS,
      settings.onSent,
    ),
  };
}

/** Endpoints named by the SDK's own variables that would carry credentials in the clear to another machine. */
export function clearTextEndpoints(
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  if (environment['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS']?.toLowerCase() === 'true') return [];
  return Object.entries(environment)
    .filter(([name, value]) => /^AWS_ENDPOINT_URL(_[A-Z0-9_]+)?$/.test(name) && value)
    .filter(([, value]) => !isSafeEndpoint(value ?? ''))
    .map(([name]) => name);
}

/** Whether credentials may go to an address: by https, or to this machine. */
export function isSafeEndpoint(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
}
