import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { READ_ONLY } from '../../../src/aws/registrable.ts';
import { Failure } from '../../../src/finding.ts';
import { readTaskDefinitionFile } from '../../../src/stages/deploy/task-definition-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'task-definition-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function titleOf(text: string): Promise<string> {
  writeFileSync(join(folder, 'task.json'), text);
  const failure = await readTaskDefinitionFile(folder, 'task.json').catch((error: unknown) => error);
  if (!(failure instanceof Failure)) throw new Error('it was read');
  expect(failure.findings.map(({ code }) => code)).toEqual(['DG528']);
  return failure.findings[0].title;
}

describe('readTaskDefinitionFile', () => {
  it('reads what describe-task-definition prints', async () => {
    const taskDefinition = { family: 'app\u001b[31m', containerDefinitions: [{ name: 'web' }, null] };
    writeFileSync(join(folder, 'task.json'), JSON.stringify({ taskDefinition }));
    const { name, containers } = await readTaskDefinitionFile(folder, 'task.json');
    expect(name).toBe('app (task.json)');
    expect(containers).toEqual([{ name: 'web' }]);
  });

  it('leaves out what a description has and a registration does not take', async () => {
    const kept = { family: 'app', containerDefinitions: [{ name: 'web' }], cpu: '256' };
    const described = {
      ...kept,
      ...Object.fromEntries([...READ_ONLY].map((name) => [name, 1])),
      memory: null,
    };
    for (const text of [described, { taskDefinition: described, tags: [] }]) {
      writeFileSync(join(folder, 'task.json'), JSON.stringify(text));
      const { registrable } = await readTaskDefinitionFile(folder, 'task.json');
      expect(registrable).toEqual(kept);
    }
  });

  it('keeps the tags of a whole description', async () => {
    const tags = [{ key: 'team', value: 'dyno' }];
    const taskDefinition = { family: 'app', containerDefinitions: [{ name: 'web' }] };
    for (const text of [
      { taskDefinition, tags },
      { ...taskDefinition, tags },
    ]) {
      writeFileSync(join(folder, 'task.json'), JSON.stringify(text));
      expect(await readTaskDefinitionFile(folder, 'task.json')).toMatchObject({
        isTagged: true,
        registrable: { tags },
      });
    }
  });

  it.each([
    ['', 'Unexpected end of JSON input'],
    ['{"a": 1', "Expected ',' or '}' after property value in JSON at position 7 (line 1 column 8)"],
  ])('says what is wrong with %j', async (text, wrong) => {
    expect(await titleOf(text)).toBe(
      `\`task-definition: task.json\` can't be used: it is no JSON: ${wrong}.`,
    );
  });

  it('quotes nothing of the file', async () => {
    for (const text of ['S3cr3t', '{"password": S3cr3t}', '[1, "S3cr3t"\n\u001b[31m', '"S3cr3t" "S3cr3t"']) {
      expect(await titleOf(text)).not.toMatch(/S3cr|[\u0000-\u001f]/);
    }
  });

  it('takes no file that is larger than any, and no device', async () => {
    expect(await titleOf(' '.repeat(1_000_001))).toContain('it is larger than 1 MB');
    symlinkSync('/dev/zero', join(folder, 'zero.json'));
    await expect(readTaskDefinitionFile(folder, 'zero.json')).rejects.toThrow('it is not a file');
    await expect(readTaskDefinitionFile(folder, '.')).rejects.toThrow('it is not a file');
  });
});
