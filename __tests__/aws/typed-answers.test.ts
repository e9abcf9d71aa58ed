import { Readable } from 'node:stream';
import {
  DescribeServicesCommand,
  type DescribeServicesCommandOutput,
  ECSClient,
  type Service,
} from '@aws-sdk/client-ecs';
import { HttpResponse } from '@smithy/core/transport';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withTypedAnswers } from '../../src/aws/typed-answers.ts';

/** What the SDK makes of an answer with this JSON. */
async function answerOf(json: string): Promise<DescribeServicesCommandOutput> {
  const client = withTypedAnswers(
    new ECSClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIA', secretAccessKey: 'x' },
      maxAttempts: 1,
      requestHandler: {
        handle: () =>
          Promise.resolve({
            response: new HttpResponse({
              statusCode: 200,
              headers: { 'content-type': 'application/x-amz-json-1.1' },
              body: Readable.from([Buffer.from(json)]),
            }),
          }),
      },
    }),
  );
  return await client.send(new DescribeServicesCommand({ services: ['a'] }));
}

async function serviceOf(json: string): Promise<Service | undefined> {
  return (await answerOf(`{"services":[${json}]}`)).services?.[0];
}

describe('an answer', () => {
  it('of the documented types comes as it is', async () => {
    const service = await serviceOf(
      '{"serviceName":"a","desiredCount":2,"enableExecuteCommand":false,"createdAt":1767225600.5,"events":[{"message":"m"}],"tags":[],"networkConfiguration":{"awsvpcConfiguration":{"subnets":["s"]}}}',
    );
    expect(service).toEqual({
      serviceName: 'a',
      desiredCount: 2,
      enableExecuteCommand: false,
      createdAt: new Date('2026-01-01T00:00:00.500Z'),
      events: [{ message: 'm' }],
      tags: [],
      networkConfiguration: { awsvpcConfiguration: { subnets: ['s'] } },
    });
    expect((await answerOf('{"services":[]}')).$metadata.httpStatusCode).toBe(200);
  });

  it.each([
    ['a number for a text', '{"serviceName":17}'],
    ['an object for a text', '{"status":{"a":1}}'],
    ['a number over all numbers', '{"desiredCount":1e308}'],
    ['digits that no number holds', '{"desiredCount":123456789012345678901234567890}'],
    ['a text for a number', '{"desiredCount":"two"}'],
    ['a text for a truth', '{"enableExecuteCommand":"yes"}'],
    ['a text for a list', '{"events":"none"}'],
    ['nothing for a list', '{"events":null}'],
    ['a date after all dates', '{"createdAt":1e13}'],
  ])('with %s has it left out', async (_, json) => {
    const service = await serviceOf(json).catch((error: unknown) => error);
    if (service instanceof Error) expect(service.name).not.toMatch(/^(Range|Reference)Error$/);
    else expect(service).toEqual({});
  });

  it('has no entry of another type in a list', async () => {
    const service = await serviceOf('{"events":[null,{"message":"m"},3,"x"]}');
    expect(service).toEqual({ events: [{ message: 'm' }] });
  });

  it('is what its type says or none, whatever comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.json(), async (one, other) => {
        const json = `{"serviceName":${one},"desiredCount":${other},"events":${one},"deployments":[${other}]}`;
        const service = await serviceOf(json).catch(() => undefined);
        if (service === undefined) return;
        const { serviceName = '', desiredCount = 0, events = [], deployments = [] } = service;
        expect(typeof serviceName).toBe('string');
        expect(Number.isFinite(desiredCount)).toBe(true);
        expect([Array.isArray(events), Array.isArray(deployments)]).toEqual([true, true]);
        for (const entry of [...events, ...deployments]) expect(entry).toBeTypeOf('object');
        expect(() => JSON.stringify(service)).not.toThrow();
      }),
    );
  });
});
