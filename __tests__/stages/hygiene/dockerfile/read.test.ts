import { describe, expect, it } from 'vitest';
import { readDockerfiles } from '../../../../src/stages/hygiene/dockerfile/read.ts';
import type { Example } from '../../../../src/stages/hygiene/rule.ts';
import { exampleRepository } from '../example-repository.ts';

const readExample = async (example: Omit<Example, 'name'>) =>
  await readDockerfiles(exampleRepository({ name: 'example', ...example }));

async function imageOf(text: string, facts: Example['facts'] = {}) {
  const read = await readExample({ files: { Dockerfile: text }, facts });
  return read?.files[0]?.final.image;
}

describe('which Dockerfiles are judged', () => {
  const files = {
    Dockerfile: 'FROM a:1\n',
    'web/Dockerfile': 'FROM b:1\n',
    'docker/api.Dockerfile': 'FROM c:1\n',
    'Dockerfile.dockerignore': '.git\n',
    'node_modules/x/Dockerfile': 'FROM d:1\n',
    'tests/Dockerfile': 'FROM e:1\n',
    'ui/Dockerfile.dev': 'FROM f:1\n',
    'docker/test.Dockerfile': 'FROM g:1\n',
  };

  it('the one that is deployed alone', async () => {
    const read = await readExample({ files, facts: { dockerfile: 'web/Dockerfile', context: 'web' } });
    expect(read?.files.map(({ file }) => file)).toEqual(['web/Dockerfile']);
  });

  it('all that are the repository’s own, where the run knows of none', async () => {
    const read = await readExample({ files, facts: { dockerfile: undefined } });
    expect(read?.files.map(({ file, context }) => [file, context])).toEqual([
      ['Dockerfile', '.'],
      ['docker/api.Dockerfile', 'docker'],
      ['web/Dockerfile', 'web'],
    ]);
  });

  it('none for Windows, for another frontend, or without the stage that is asked for', async () => {
    for (const text of [
      'FROM mcr.microsoft.com/windows/servercore:ltsc2022\n',
      'FROM python:3.13-windowsservercore AS build\nFROM a\nCOPY --from=build / /\n',
      '# syntax=example.com/other\nFROM a\n',
      'RUN no stage\n',
      '',
    ]) {
      expect(await readExample({ files: { Dockerfile: text } }), text).toBeUndefined();
    }
    expect(
      await readExample({ files: { Dockerfile: 'FROM a AS b\n' }, facts: { target: 'c' } }),
    ).toBeUndefined();
  });

  it('asks AWS only where there is a Dockerfile that is deployed', async () => {
    const unasked = exampleRepository({ name: 'x', files: { 'a/Dockerfile': 'FROM a\n' } });
    const containers = () => Promise.reject(new Error('asked'));
    expect(await readDockerfiles({ ...unasked, containers })).toBeDefined();
    const asked = exampleRepository({ name: 'x', files: { Dockerfile: 'FROM a\n' } });
    await expect(readDockerfiles({ ...asked, containers })).rejects.toThrow('asked');
  });
});

describe('what the deployed stage is made of', () => {
  it('fills in the defaults of ARG before the first FROM', async () => {
    expect(await imageOf('ARG V=3.13\nARG B=python\nFROM ${B}:${V}-slim\n')).toMatchObject({
      repository: 'python',
      tag: '3.13-slim',
    });
    expect(await imageOf('FROM node:${V:-22}\n')).toMatchObject({ tag: '22' });
    expect(await imageOf('ARG V\nFROM node:$V\n')).toBeUndefined();
    // An ARG of a stage does not reach a FROM.
    expect(await imageOf('FROM a\nARG V=1\nFROM node:$V\n')).toBeUndefined();
  });

  it('takes official images by their short names, and others with their registry and port', async () => {
    for (const name of ['python', 'docker.io/library/python', 'proxy.example.com:5000/hub/library/python']) {
      expect(await imageOf(`FROM ${name}:3\n`), name).toMatchObject({ repository: 'python', tag: '3' });
    }
    expect(await imageOf('FROM localhost:5000/python\n')).toMatchObject({
      repository: 'localhost:5000/python',
      tag: undefined,
    });
  });

  it('follows stages by name in any case, and by number in --from and target', async () => {
    const text =
      'FROM python:3.13 AS Base\nONBUILD RUN late\nFROM node:22 AS unused\nFROM base\nUSER app\nCOPY --from=2 / /\nCOPY --from=0 / /\n';
    const read = await readExample({ files: { Dockerfile: text } });
    const [dockerfile] = read?.files ?? [];
    expect(dockerfile?.final.image?.repository).toBe('python');
    expect(dockerfile?.final.lineage.map(({ keyword }) => keyword)).toEqual([
      'ONBUILD',
      'RUN',
      'USER',
      'COPY',
      'COPY',
    ]);
    expect(dockerfile?.stages.map(({ line }) => line)).toEqual([1, 4]);
    expect(await imageOf(text, { target: '1' })).toMatchObject({ repository: 'node' });
  });

  it('does not take a later stage of the same name for the base', async () => {
    expect(await imageOf('FROM node:22 AS a\nFROM python:3 AS python\nFROM python\n')).toMatchObject({
      repository: 'python',
      tag: '3',
    });
    expect(await imageOf('FROM python AS python\n')).toMatchObject({ repository: 'python', tag: undefined });
  });
});
