import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRegistryHandler, type RegistryOptions } from '../../../sandbox/registry/http.ts';
import { ImageStore } from '../../../sandbox/registry/image-store.ts';
import { RegistryTokens } from '../../../sandbox/registry/tokens.ts';

/** A clock that a test sets. */
export class ManualClock {
  ms = Date.UTC(2026, 0, 1);
  now(): number {
    return this.ms;
  }
}

export interface RegistryUnderTest {
  readonly host: string;
  readonly url: string;
  readonly clock: ManualClock;
  readonly store: ImageStore;
  readonly tokens: RegistryTokens;
  /** An Authorization header with a fresh token. */
  readonly authorization: string;
  readonly close: () => Promise<void>;
}

/** The registry on a loopback port of its own. */
export async function startRegistry(onRequest?: RegistryOptions['onRequest']): Promise<RegistryUnderTest> {
  const clock = new ManualClock();
  const store = new ImageStore(clock);
  const tokens = new RegistryTokens(clock);
  const handler = createRegistryHandler({ store, tokens, ...(onRequest === undefined ? {} : { onRequest }) });
  const server = createServer((req, res) => {
    handler(req, res).catch((error: unknown) => res.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}`,
    clock,
    store,
    tokens,
    authorization: `Basic ${tokens.issue().authorizationToken}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
