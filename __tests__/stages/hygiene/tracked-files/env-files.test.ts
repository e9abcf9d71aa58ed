import { describe, expect, it } from 'vitest';
import { trackedEnvFiles } from '../../../../src/stages/hygiene/tracked-files/env-files.ts';
import { readTrackedFiles } from '../../../../src/stages/hygiene/tracked-files/subject.ts';
import { exampleRepository } from '../example-repository.ts';

const SYMFONY = (text: string) =>
  `###> symfony/framework-bundle ###\n${text}\n###< symfony/framework-bundle ###\n`;

/** The level and the line of each finding about one tracked file. */
async function levels(path: string, text: string): Promise<readonly string[]> {
  const subject = await readTrackedFiles(exampleRepository({ name: '', files: { [path]: text } }));
  return trackedEnvFiles
    .find(subject)
    .map(({ level = trackedEnvFiles.level, where: { line } }) => `${level}${line ? `:${line}` : ''}`);
}

describe('a tracked file of environment variables', () => {
  it.each([
    ['.env', 'PORT=1\nAPI_TOKEN=9f8s7dKq2mVx41\n', 'error:2'],
    ['.env.production', 'DATABASE_URL=postgres://app:k2Vq9mZr7p@db/app\n', 'error:1'],
    ['.env', 'SMTP_PASS=k2Vq9mZr7p\n', 'error:1'],
    ['.env', 'OPENAI_KEY=9f8s7dKq2mVx41Zr7pT4\n', 'error:1'],
    ['.env', `${SYMFONY('APP_ENV=dev')}STRIPE_SECRET=9f8s7dKq2mVx41Zr7pT4\n`, 'error:4'],
    ['.env', SYMFONY('APP_SECRET=2ca64f8d83b9e89f5f19d672841d6bb8'), 'warning:2'],
    ['.env', SYMFONY('APP_SECRET=2ca64f8d83b9e89f5f19d672841d6bb8').replaceAll('\n', '\r\n'), 'warning:2'],
    ['.env', 'SECRET_KEY=changethis\n', 'warning:1'],
    ['.env.local', 'DB_PASSWORD=abc\n', 'warning:1'],
    ['.env', 'PORT=3000\n', 'note'],
    ['.env', '', 'note'],
    ['.env', 'API_TOKEN=\nDB_PASSWORD=""\nUSE_TOKEN=true\n', 'note'],
    ['.env', 'API_TOKEN=$TOKEN\nDB_PASSWORD=op://vault/db\nSECRET_KEY="encrypted:BDb7t3"\n', 'note'],
    ['.env', SYMFONY('APP_SECRET=ThisTokenIsNotSoSecretChangeIt'), 'note'],
    ['.env', 'NEXT_PUBLIC_API_KEY=pub9f8s7dKq2mVx\nREACT_APP_TOKEN=9f8s7dKq2mVx41\n', 'note'],
    ['.env', 'CACHE_KEY=v1\nAPP_KEY=\nSORT_KEY=name\n', 'note'],
  ])('%s with %j: %s', async (path, text, level) => {
    expect(await levels(path, text)).toEqual([level]);
  });

  it.each([
    ['.env.development', 'SECRET_KEY=changethis\n'],
    ['.env.example', 'API_TOKEN=9f8s7dKq2mVx41\n'],
    ['.env.dist', 'API_TOKEN=9f8s7dKq2mVx41\n'],
    ['.env.template', 'API_TOKEN=9f8s7dKq2mVx41\n'],
    ['docker/local.env', 'PORT=8000\n'],
    ['.env', 'PORT=1\0\n'],
  ])('%s with %j is left alone', async (path, text) => {
    expect(await levels(path, text)).toEqual([]);
  });
});
