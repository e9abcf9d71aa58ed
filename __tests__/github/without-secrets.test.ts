import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readRunContext } from '../../src/github/run-context.ts';

const folder = mkdtempSync(join(tmpdir(), 'event-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function withoutSecrets(event: string, actor: string, head: unknown) {
  const path = join(folder, 'event.json');
  writeFileSync(path, JSON.stringify({ pull_request: { head: { repo: head } } }));
  const run = await readRunContext({
    GITHUB_REPOSITORY: 'acme/app',
    GITHUB_EVENT_NAME: event,
    GITHUB_ACTOR: actor,
    GITHUB_EVENT_PATH: path,
  });
  return run.withoutSecrets;
}

const OWN = { full_name: 'acme/app' };
const FORK = { full_name: 'mallory/app' };

describe('runs that get no secrets', () => {
  it.each<readonly [string, string, unknown, string | undefined]>([
    ['push', 'octo', undefined, undefined],
    ['pull_request', 'octo', OWN, undefined],
    ['pull_request', 'octo', FORK, 'fork'],
    ['pull_request_review', 'octo', FORK, 'fork'],
    ['pull_request_review_comment', 'octo', FORK, 'fork'],
    // It runs in the repository's own name.
    ['pull_request_target', 'octo', FORK, undefined],
    ['pull_request', 'dependabot[bot]', OWN, 'dependabot'],
    ['push', 'dependabot[bot]', undefined, 'dependabot'],
    // The fork was deleted, or the event has another shape.
    ['pull_request', 'octo', null, undefined],
    ['pull_request', 'octo', { full_name: 7 }, undefined],
  ])('%s by %s from %j: %s', async (event, actor, head, expected) => {
    expect(await withoutSecrets(event, actor, head)).toBe(expected);
  });
});
