import { describe, expect, it } from 'vitest';
import { dockerfileRules } from '../../../../src/stages/hygiene/dockerfile/group.ts';
import { dockerignoreRules } from '../../../../src/stages/hygiene/dockerignore/group.ts';
import { groupOf } from '../../../../src/stages/hygiene/groups.ts';
import { exampleRepository } from '../example-repository.ts';

const groups = [groupOf(dockerfileRules), groupOf(dockerignoreRules)];

async function hits(files: Readonly<Record<string, string>>) {
  const applied = await Promise.all(
    groups.map((group) => group.apply(exampleRepository({ name: '', files }))),
  );
  return applied
    .flat()
    .flatMap(({ rule, find }) => find().map((hit) => ({ code: rule.code, fix: hit.fix ?? rule.fix })));
}

const of = (code: string, found: Awaited<ReturnType<typeof hits>>) =>
  found.filter((each) => each.code === code);

describe('what DG001 says to paste', () => {
  it.each([
    ['python:3.13-slim', 'python'],
    ['gcr.io/distroless/python3-debian12', 'python3'],
    ['node:22-alpine', 'node'],
    ['gcr.io/distroless/nodejs22-debian12', '/nodejs/bin/node'],
    ['oven/bun:1', 'bun'],
    ['ruby:3.4-slim', 'ruby'],
    ['php:8.4-cli-alpine', 'php'],
    ['php:8.4-fpm', 'php'],
    ['alpine:3.22', 'wget'],
    ['golang:1.25-alpine', 'wget'],
    ['nginx:1.29-alpine', 'wget'],
    ['nginx:1.29', 'curl'],
    ['eclipse-temurin:21-jre', 'curl'],
    ['amazonlinux:2023', 'curl'],
    ['debian:bookworm-slim', 'bash'],
    ['ubuntu:24.04', 'bash'],
    ['mcr.microsoft.com/dotnet/aspnet:9.0', 'bash'],
    ['gcr.io/distroless/static-debian12', '/server'],
    ['scratch', '/server'],
    ['example.com/base:1', 'curl'],
  ])('in an image of %s runs %s, which it has', async (base, program) => {
    const text = `FROM ${base}\nEXPOSE 8080\nENTRYPOINT ["/server"]\n`;
    const [found] = of('DG001', await hits({ Dockerfile: text }));
    const line = /^ *(HEALTHCHECK .*)$/m.exec(found?.fix ?? '')?.[1] ?? '';
    const words: unknown = JSON.parse(line.slice(line.indexOf('[')));
    expect(words).toEqual(expect.arrayContaining([program]));
    expect(Array.isArray(words) && words[0]).toBe(program);
    const after = await hits({ Dockerfile: `${text}${line}\n` });
    expect([...of('DG001', after), ...of('DG013', after)]).toEqual([]);
  });

  it('asks PHP-FPM on its own port', async () => {
    expect(of('DG001', await hits({ Dockerfile: 'FROM php:8.4-fpm\n' }))[0]?.fix).toContain(', 9000)');
  });

  it('knows an image that is named by a default made of others', async () => {
    const text = 'ARG V=bookworm\nARG D=${V}-slim\nARG IMAGE="debian:$D"\nFROM ${IMAGE}\n';
    expect(of('DG001', await hits({ Dockerfile: text }))[0]?.fix).toContain('CMD ["bash"');
    expect(of('DG008', await hits({ Dockerfile: text }))).toHaveLength(1);
  });

  it('is curl where the image installs it', async () => {
    const text = 'FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y curl\n';
    expect(of('DG001', await hits({ Dockerfile: text }))[0]?.fix).toContain('CMD ["curl"');
  });
});

describe('what DG010 says to paste', () => {
  it('leaves nothing for DG020 and DG024 to say', async () => {
    const files = { Dockerfile: 'FROM node:22-slim\nCOPY . .\n', 'web/package.json': '{}', 'web/a.py': '' };
    const [found] = of('DG010', await hits(files));
    expect(found?.fix).toMatch(/^Create \.dockerignore:/);
    const ignore = (found?.fix ?? '')
      .split('\n')
      .slice(1)
      .map((line) => line.trim())
      .join('\n');
    const untracked = { 'web/.env': 'API_TOKEN=9f8s7dKq2mVx41\n', 'web/node_modules/': '', '.git/': '' };
    const repository = exampleRepository({
      name: '',
      files: { ...files, '.dockerignore': ignore },
      untracked,
    });
    for (const group of groups) {
      const applied = await group.apply(repository);
      const codes = applied.flatMap(({ rule, find }) => find().map(() => rule.code));
      expect(codes.filter((code) => /DG0(10|2\d)/.test(code))).toEqual([]);
    }
  });

  it('keeps a tracked .env in the context, which the build may read', async () => {
    const files = { Dockerfile: 'FROM node:22-slim\nCOPY . .\n', '.env': 'NEXT_PUBLIC_A=1\n' };
    const [found] = of('DG010', await hits(files));
    expect(found?.fix).toContain('**/.env.local');
    expect(found?.fix).not.toMatch(/\*\*\/\.env$/m);
  });
});

describe('what DG020 says to paste', () => {
  it('leaves in a tracked .env without a secret, and out the one with', async () => {
    const files = { Dockerfile: 'FROM node:22-slim\nCOPY . .\n', 'web/.env': 'NEXT_PUBLIC_A=1\n' };
    const untracked = { 'api/.env': 'API_TOKEN=9f8s7dKq2mVx41\n' };
    const fixes = async (more: Readonly<Record<string, string>>) => {
      const repository = exampleRepository({ name: '', files: { ...files, ...more }, untracked });
      const applied = await groupOf(dockerignoreRules).apply(repository);
      return applied.flatMap(({ rule, find }) => (rule.code === 'DG020' ? find().map(({ fix }) => fix) : []));
    };
    expect(await fixes({})).toEqual(['Create `.dockerignore`:\n```text\napi/.env\n```']);
    expect(await fixes({ '.dockerignore': 'api/.env\n' })).toEqual([]);
  });
});

describe('what DG015 says to write', () => {
  it.each([
    ['CMD ["fastapi", "dev", "app.py"]', 'fastapi run'],
    ['CMD ["uvicorn", "app:app", "--reload"]', 'Leave `--reload` out.'],
    ['CMD ["npx", "vite"]', 'FROM nginx'],
    ['CMD ["npm", "run", "dev"]', 'Start what the framework has for production'],
  ])('%s', async (command, expected) => {
    const [found] = of('DG015', await hits({ Dockerfile: `FROM debian:12-slim\n${command}\n` }));
    expect(found?.fix).toContain(expected);
  });
});

describe('what DG011 says to write', () => {
  it.each([
    ['CMD alembic upgrade head && uvicorn app:app', '`alembic upgrade head && exec uvicorn app:app`'],
    ['CMD ["sh", "-c", "java $JAVA_OPTS -jar app.jar"]', '`exec java $JAVA_OPTS -jar app.jar`'],
    ['CMD ["sh", "-c", "npm run a && npm start"]', 'before the last `npm`.'],
    ['CMD uvicorn app:app', '["uvicorn", "app:app"]'],
  ])('%s', async (command, expected) => {
    const [found] = of('DG011', await hits({ Dockerfile: `FROM debian:12-slim\n${command}\n` }));
    expect(found?.fix).toContain(expected);
  });
});
