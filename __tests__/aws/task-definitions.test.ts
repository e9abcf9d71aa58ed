import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ECSClient, RegisterTaskDefinitionRequest$, TaskDefinition$ } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { READ_ONLY } from '../../src/aws/registrable.ts';
import { TaskDefinitions } from '../../src/aws/task-definitions.ts';

/** Names of a structure's members, and their schemas beside them: the fifth and sixth part of the SDK's own. */
const membersOf = (schema: readonly unknown[]): readonly (readonly [string, unknown])[] => {
  const [, , , , names, types] = schema;
  return (names as readonly string[]).map((name, i) => [name, (types as readonly unknown[])[i]]);
};

/** The simple types of the SDK's schemas: 0 string, 1 number, 2 boolean, 4 time; 64 a list of them, 128 a map. */
function simple(type: number): fc.Arbitrary<unknown> {
  if (type >= 128) return fc.dictionary(fc.string({ minLength: 1 }), simple(type - 128), { maxKeys: 3 });
  if (type >= 64) return fc.array(simple(type - 64), { maxLength: 3 });
  if (type === 1) return fc.integer();
  if (type === 2) return fc.boolean();
  if (type === 4) return fc.integer({ min: 0, max: 4_000_000_000 });
  return fc.string();
}

/** JSON of a schema's shape, each field of it there or not, and among them one that this SDK does not know. */
function shaped(schema: unknown): fc.Arbitrary<unknown> {
  if (typeof schema === 'function') return shaped((schema as () => unknown)());
  if (typeof schema === 'number') return simple(schema);
  if (!Array.isArray(schema)) throw new Error(`no schema: ${String(schema)}`);
  // A member with traits of its own.
  if (typeof schema[0] === 'function' || Array.isArray(schema[0])) return shaped(schema[0]);
  if (schema[0] === 1) return fc.array(shaped(schema[4]), { maxLength: 2 });
  if (schema[0] === 2) return fc.dictionary(fc.string({ minLength: 1 }), shaped(schema[5]), { maxKeys: 2 });
  if (schema[0] === 3) return structure(membersOf(schema));
  return simple(typeof schema[4] === 'number' ? schema[4] : 0);
}

function structure(members: readonly (readonly [string, unknown])[]): fc.Arbitrary<Record<string, unknown>> {
  const known = Object.fromEntries(members.map(([name, type]) => [name, shaped(type)]));
  return fc.record({ ...known, aFieldOfTheFuture: fc.jsonValue() }, { requiredKeys: [] });
}

let answer: unknown = {};
let registered: unknown;
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const isRegister = String(request.headers['x-amz-target']).endsWith('.RegisterTaskDefinition');
    if (isRegister) registered = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(
      JSON.stringify(isRegister ? { taskDefinition: { taskDefinitionArn: 'arn:x/app:2' } } : answer),
    );
  });
});
let definitions: TaskDefinitions;

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  definitions = new TaskDefinitions(
    new ECSClient({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    }),
  );
});
afterAll(() => server.close());

describe('TaskDefinitions', () => {
  const taken = new Set(membersOf(RegisterTaskDefinitionRequest$).map(([name]) => name));

  it("leaves out what DescribeTaskDefinition gives and RegisterTaskDefinition doesn't take, by the SDK's own model", () => {
    const given = membersOf(TaskDefinition$).map(([name]) => name);
    expect([...READ_ONLY].toSorted()).toEqual(given.filter((name) => !taken.has(name)).toSorted());
    // What is taken beside the task definition itself: the tags, which are read with it.
    expect([...taken].filter((name) => !given.includes(name))).toEqual(['tags']);
  });

  it('registers all else as it was read, whatever is in it', async () => {
    const tag = fc.record({ key: fc.string({ minLength: 1 }), value: fc.string() });
    const property = fc.asyncProperty(
      structure(membersOf(TaskDefinition$)),
      fc.array(tag, { maxLength: 3 }),
      async (fields, tags) => {
        answer = { taskDefinition: { ...fields, taskDefinitionArn: 'arn:x/app:1' }, tags };
        const { registrable } = await definitions.read('app:1');
        await definitions.register(registrable);
        const kept = Object.entries(fields).filter(([name, value]) => !READ_ONLY.has(name) && value !== null);
        // As JSON: -0 and the like are no difference there.
        const wanted = { ...Object.fromEntries(kept), ...(tags.length > 0 ? { tags } : {}) };
        expect(registered).toEqual(JSON.parse(JSON.stringify(wanted)));
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });
});
