import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A way to AWS on which calls of one run can be held up or refused, while other runs go another way. */
export interface Gate {
  readonly url: string;
  /** Holds up the calls of an operation (`UpdateService`) that come from now on, until it is opened. */
  readonly hold: (operation: string) => {
    /** Kept once such a call is held up. */
    readonly reached: Promise<void>;
    readonly open: () => void;
  };
  /** Refuses the calls of an operation that come from now on. */
  readonly refuse: (operation: string) => void;
  readonly close: () => void;
}

/** Starts a gate before `target`. */
export async function startGate(target: string): Promise<Gate> {
  const held = new Map<string, { readonly reached: () => void; readonly opened: Promise<void> }>();
  const refused = new Set<string>();
  const server = createServer((incoming, answer) => {
    const operation = String(incoming.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    if (refused.has(operation)) return refuse(answer);
    const hold = held.get(operation);
    if (hold === undefined) return pass(incoming, answer, target);
    hold.reached();
    hold.opened.then(
      () => pass(incoming, answer, target),
      () => answer.destroy(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: (operation) => {
      const reached = Promise.withResolvers<void>();
      const opened = Promise.withResolvers<void>();
      held.set(operation, { reached: () => reached.resolve(), opened: opened.promise });
      return {
        reached: reached.promise,
        open: () => {
          held.delete(operation);
          opened.resolve();
        },
      };
    },
    refuse: (operation) => void refused.add(operation),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Passes a request on as it is: what is signed of it stays the same. */
function pass(incoming: IncomingMessage, answer: ServerResponse, target: string): void {
  const { method = 'GET', url = '/', headers } = incoming;
  const onward = request(new URL(url, target), { method, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  });
  onward.on('error', () => answer.destroy());
  incoming.pipe(onward);
}

function refuse(answer: ServerResponse): void {
  answer.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
  answer.end(JSON.stringify({ __type: 'InvalidParameterException', message: 'The service is locked.' }));
}
