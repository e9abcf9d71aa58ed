import { describe, expect, it } from 'vitest';
import { type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts';
import { differences } from './answer-shape.ts';
import { LISTED } from './listed-differences.ts';
import { type Clients, clientsAt, startMoto } from './moto.ts';
import { aboutImages, aboutLogs, aboutServices, furnish } from './same-calls.ts';
import { findTool } from './tool.ts';

// Without the moto of .ci/tools this is skipped, and fails where stand-ins are refused (CI).
const program = findTool('deploy-guard-moto');

async function answersOfMoto(): Promise<Readonly<Record<string, unknown>>> {
  const { clients, network, close } = await startMoto(program ?? '');
  try {
    await furnish(clients, network);
    return {
      ...(await aboutImages(clients)),
      ...(await aboutServices(clients, network)),
      ...(await aboutLogs(clients)),
    };
  } finally {
    await close();
  }
}

async function onSandbox(
  options: SandboxOptions,
  ask: (clients: Clients) => Promise<Readonly<Record<string, unknown>>>,
) {
  const sandbox = await startSandbox(options);
  try {
    const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } =
      sandbox.env();
    return await ask(clientsAt(sandbox.url, { accessKeyId, secretAccessKey }));
  } finally {
    await sandbox.close();
  }
}

async function answersOfOurs(): Promise<Readonly<Record<string, unknown>>> {
  const services = (clients: Clients) =>
    aboutServices(clients, { subnet: 'subnet-0a1b2c3d', securityGroup: 'sg-0a1b2c3d' });
  // Slow, so that a task is as far in each run of the test; fast where its container has to have said something.
  const atRest = await onSandbox({ speed: 0.01 }, async (clients) => ({
    ...(await aboutImages(clients)),
    ...(await services(clients)),
  }));
  const logs = await onSandbox({ scenario: 'crash-loop', speed: 200 }, async (clients) => {
    await services(clients);
    return await aboutLogs(clients);
  });
  return { ...atRest, ...logs };
}

/** `+ services[].taskSets` and `+ service.taskSets` are one difference. */
const below = (line: string) => line.replace(/^([+-] )?(?:\w+\[\]|service|task|taskDefinition)\./, '$1');

describe.skipIf(program === undefined)('the sandbox and moto, asked the same', () => {
  it('answer with the same fields of the same types, but for what is listed with its reason', async () => {
    const [ours, theirs] = await Promise.all([answersOfOurs(), answersOfMoto()]);
    expect(Object.keys(ours).length).toBeGreaterThan(30);
    const found = Object.entries(ours).flatMap(([call, answer]) =>
      differences(answer, theirs[call]).map((line) => ({ call, line: below(line) })),
    );
    const isListed = ({ call, line }: { readonly call: string; readonly line: string }) =>
      LISTED.some(({ calls, lines }) => calls.test(call) && lines.includes(line));
    expect(found.filter((each) => !isListed(each))).toEqual([]);
    // What no longer differs has to leave the list.
    const stale = LISTED.flatMap(({ calls, lines }) =>
      lines.filter((line) => !found.some((each) => each.line === line && calls.test(each.call))),
    );
    expect(stale).toEqual([]);
  });
});

describe('what counts as a difference', () => {
  it('is a field that one lacks, or one of another type; not another value', () => {
    const at = new Date(0);
    expect(differences({ a: 1, b: [{ c: at }] }, { a: 2, b: [{ c: new Date(1) }] })).toEqual([]);
    expect(differences({ a: 1, only: 'x' }, { a: '1', more: { deep: true } })).toEqual([
      'a: number, string',
      '+ more',
      '- only',
    ]);
    expect(differences({ refused: { One: true } }, { refused: { Other: true } })).toEqual([
      '- refused.One',
      '+ refused.Other',
    ]);
  });
});
