import { describe, expect, it } from 'vitest';
import { readInstructions } from '../../../../src/stages/hygiene/dockerfile/instructions.ts';

async function commandsOf(text: string) {
  const instructions = (await readInstructions(text)) ?? [];
  return instructions.flatMap(({ commands }) => commands.map(({ words, line }) => [line, words.join(' ')]));
}

describe('reading instructions', () => {
  it('joins continued lines, leaves out comments and empty lines, and keeps each command’s line', async () => {
    const text =
      'FROM a\nRUN set -e; \\\n  # not this\n\n  apt-get update && \\  \n  apt-get install -y \\\n    curl\n';
    expect(await commandsOf(text)).toEqual([
      [2, 'set -e'],
      [5, 'apt-get update'],
      [6, 'apt-get install -y curl'],
    ]);
  });

  it('continues lines by the character that # escape= names', async () => {
    const text = '# escape=`\nFROM a\nRUN one `\n  two\nRUN three\n';
    expect(await commandsOf(text)).toEqual([
      [3, 'one two'],
      [5, 'three'],
    ]);
  });

  it('runs heredocs that a shell gets, and not those that are data or another language', async () => {
    const run = 'FROM a\nRUN <<EOF\none\ntwo three\nEOF\nRUN bash -e <<-"X"\n\tfour\n\tX\nRUN after\n';
    expect(await commandsOf(run)).toEqual([
      [3, 'one'],
      [4, 'two three'],
      [6, 'bash -e <<-X'],
      [7, 'four'],
      [9, 'after'],
    ]);
    const data =
      'FROM a\nRUN cat <<EOF > /x\npip install a\nEOF\nRUN <<EOF\n#!/usr/bin/env python3\npip = 1\nEOF\n';
    expect(await commandsOf(data)).toEqual([[2, 'cat <<EOF > /x']]);
    const copy = await readInstructions('FROM a\nCOPY <<one <<two /x/\nFROM b\none\nRUN c\ntwo\nUSER d\n');
    expect(copy?.map(({ keyword }) => keyword)).toEqual(['FROM', 'COPY', 'USER']);
  });

  it('reads JSON arrays as docker does: single quotes are shell form', async () => {
    const [, json, shell, check] =
      (await readInstructions(
        'FROM a\nCMD ["/app", "a b"]\nENTRYPOINT [\'/app\']\nHEALTHCHECK --interval=3s CMD ["curl", "x"]\n',
      )) ?? [];
    expect(json?.json).toEqual(['/app', 'a b']);
    expect(shell?.json).toBeUndefined();
    expect(check?.json).toEqual(['curl', 'x']);
    expect(check?.flags).toEqual([{ name: 'interval', value: '3s' }]);
  });

  it('takes the values of ENV and ARG with their own lines', async () => {
    const [, env, old, arg] =
      (await readInstructions('FROM a\nENV A=1 \\\n  B="two words"\nENV C three four\nARG D\n')) ?? [];
    expect(env?.assignments).toEqual([
      { name: 'A', value: '1', line: 2 },
      { name: 'B', value: 'two words', line: 3 },
    ]);
    expect(old?.assignments).toEqual([{ name: 'C', value: 'three four', line: 4 }]);
    expect(arg?.assignments).toEqual([{ name: 'D', value: undefined, line: 5 }]);
  });

  it('takes a mark of the byte order for none of it, as docker does', async () => {
    const [from] = (await readInstructions('\ufeff# made by an editor\nFROM a\n')) ?? [];
    expect(from).toMatchObject({ keyword: 'FROM', line: 2 });
    expect(await readInstructions('\ufeff# syntax=example.com/buildpack:1\nFROM a\n')).toBeUndefined();
  });

  it('leaves other frontends alone, and knows docker’s own by all its names', async () => {
    expect(await readInstructions('# syntax=example.com/buildpack:1\nFROM a\n')).toBeUndefined();
    for (const own of ['docker/dockerfile:1', 'docker.io/docker/dockerfile-upstream:master-labs']) {
      expect(await readInstructions(`# syntax=${own}\nFROM a\n`)).toHaveLength(1);
    }
  });
});
