import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkRelease } from '../../../scripts/release/check.ts';
import { gitHubReleases } from '../../../scripts/release/github-releases.ts';
import { moveTags } from '../../../scripts/release/move-tags.ts';
import { notesOf } from '../../../scripts/release/notes.ts';
import { isNewest } from '../../../scripts/release/publish.ts';
import { remoteTags } from '../../../scripts/release/remote-tags.ts';
import { checkReusableAction } from '../../../scripts/release/reusable-action.ts';
import { broken } from '../../../scripts/release/smoke.ts';
import { versionOf } from '../../../scripts/release/version.ts';
import { type BareRepository, makeBareRepository } from './bare-repository.ts';
import { RELEASES_TOKEN, type ReleasesApi, startReleasesApi } from './releases-api.ts';

// Real repositories and real git; GitHub's releases are a stand-in.
let repository: BareRepository;
let api: ReleasesApi;
beforeEach(async () => {
  repository = makeBareRepository();
  api = await startReleasesApi();
});
afterEach(async () => {
  repository.remove();
  await api.close();
});

const packageOf = (version: string) => ({ 'package.json': JSON.stringify({ version }) });
const github = () =>
  gitHubReleases({
    GITHUB_API_URL: api.url,
    GITHUB_REPOSITORY: 'acme/deploy-guard',
    GITHUB_TOKEN: RELEASES_TOKEN,
  });
const tagsHere = () => remoteTags(repository.clone, undefined);

/** A commit that is tagged and published. */
function released(tag: string): string {
  const commit = repository.commit(packageOf(tag.slice(1)), `Release ${tag}`);
  repository.git('push', '--quiet', 'origin', `${commit}:refs/tags/${tag}`);
  api.publish(tag);
  return commit;
}

describe('moveTags, in a real repository', () => {
  it('moves v1 and v1.2 with a release, and back again', async () => {
    const first = released('v1.2.0');
    await moveTags('v1.2.0', false, tagsHere(), github());
    const second = released('v1.2.1');
    expect(await moveTags('v1.2.1', false, tagsHere(), github())).toEqual([
      `v1 is v1.2.1 (${second.slice(0, 7)}; was ${first.slice(0, 7)}).`,
      `v1.2 is v1.2.1 (${second.slice(0, 7)}; was ${first.slice(0, 7)}).`,
    ]);
    expect(repository.tags()).toMatchObject({ v1: second, 'v1.2': second });
    await moveTags('v1.2.0', true, tagsHere(), github());
    expect(repository.tags()).toEqual({ 'v1.2.0': first, 'v1.2.1': second, v1: first, 'v1.2': first });
  });

  it('finds the commit of an annotated tag, and one that the checkout has not', async () => {
    const first = released('v1.2.0');
    repository.git('tag', '--annotate', 'v1.2.1', '-m', 'A note');
    repository.git('push', '--quiet', 'origin', 'v1.2.1');
    api.publish('v1.2.1');
    await moveTags('v1.2.1', false, tagsHere(), github());
    expect(repository.tags()).toMatchObject({ v1: first, 'v1.2': first });
    const second = released('v1.2.2');
    const shallow = join(repository.clone, '..', 'shallow');
    repository.git('clone', '--quiet', '--depth=1', `file://${repository.url}`, shallow);
    await moveTags('v1.2.2', false, remoteTags(shallow, undefined), github());
    expect(repository.tags()).toMatchObject({ v1: second });
    await moveTags('v1.2.1', true, remoteTags(shallow, undefined), github());
    expect(repository.tags()).toMatchObject({ v1: first, 'v1.2': first });
  });

  it('moves v1 and v1.2 where somebody made them annotated tags', async () => {
    const first = released('v1.2.0');
    for (const tag of ['v1', 'v1.2']) {
      repository.git('tag', '--annotate', tag, '-m', 'By hand', first);
      repository.git('push', '--quiet', 'origin', tag);
    }
    const second = released('v1.2.1');
    expect(await moveTags('v1.2.1', false, tagsHere(), github())).toEqual([
      `v1 is v1.2.1 (${second.slice(0, 7)}; was ${first.slice(0, 7)}).`,
      `v1.2 is v1.2.1 (${second.slice(0, 7)}; was ${first.slice(0, 7)}).`,
    ]);
    expect(repository.tags()).toMatchObject({ v1: second, 'v1.2': second });
  });

  it('moves nothing for what is a draft or no release at all', async () => {
    const commit = released('v1.2.0');
    await moveTags('v1.2.0', false, tagsHere(), github());
    const next = repository.commit(packageOf('1.2.1'), 'Next');
    tagsHere().make('v1.2.1', next);
    await github().draft({ tag: 'v1.2.1', commit: next, notes: '', isPreRelease: false, files: [] });
    await expect(moveTags('v1.2.1', true, tagsHere(), github())).rejects.toThrow('v1.2.1 is not published');
    expect(repository.tags()).toMatchObject({ v1: commit, 'v1.2': commit });
  });

  it('moves both or none where somebody else has moved one meanwhile', async () => {
    const first = released('v1.2.0');
    await moveTags('v1.2.0', false, tagsHere(), github());
    const second = released('v1.2.1');
    const others = released('v1.2.2');
    const tags = tagsHere();
    const raced = {
      ...tags,
      read: () => {
        const seen = tags.read();
        repository.git('push', '--quiet', '--force', 'origin', `${others}:refs/tags/v1`);
        return seen;
      },
    };
    await expect(moveTags('v1.2.1', false, raced, github())).rejects.toThrow('somebody else moved it');
    expect(repository.tags()).toMatchObject({ v1: others, 'v1.2': first });
    expect(second).not.toBe(others);
  });

  it("never replaces a release's own tag", () => {
    const first = released('v1.2.0');
    const other = repository.commit({}, 'Other');
    expect(() => tagsHere().make('v1.2.0', other)).toThrow('git push');
    expect(repository.tags()).toEqual({ 'v1.2.0': first });
  });

  it("says what to do where the workflow's own token may not move them", async () => {
    const first = released('v1.2.0');
    await moveTags('v1.2.0', false, tagsHere(), github());
    released('v1.2.1');
    // As GitHub refuses it.
    writeFileSync(
      join(repository.url, 'hooks', 'pre-receive'),
      '#!/bin/sh\necho "refusing to allow a GitHub App to create or update workflow \\`.github/workflows/ci.yml\\` without \\`workflows\\` permission" >&2\nexit 1\n',
      { mode: 0o755 },
    );
    const refused = moveTags('v1.2.1', false, remoteTags(repository.clone, 'ghs_secret'), github());
    await expect(refused).rejects.toThrow('into the secret RELEASE_TOKEN of the environment release');
    await expect(refused).rejects.not.toThrow('ghs_secret');
    expect(repository.tags()).toMatchObject({ v1: first, 'v1.2': first });
  });

  it('says what is wrong where the server is gone', () => {
    released('v1.2.0');
    rmSync(repository.url, { recursive: true });
    expect(() => tagsHere().read()).toThrow('`git ls-remote` failed:');
  });
});

describe('checkRelease', () => {
  it('lets a new version pass, tagged here already or not', async () => {
    const commit = repository.commit(packageOf('1.2.0'), 'One');
    await checkRelease('v1.2.0', repository.clone, github(), undefined);
    tagsHere().make('v1.2.0', commit);
    await checkRelease('v1.2.0', repository.clone, github(), undefined);
  });

  it.each([
    ['v1.2', '1.2.0', 'v1.2 is no release'],
    ['v1.2.1', '1.2.0', 'package.json says 1.2.0, and v1.2.1 is to be released'],
  ])('stops %s of a package at %s', async (tag, version, words) => {
    repository.commit(packageOf(version), 'One');
    await expect(checkRelease(tag, repository.clone, github(), undefined)).rejects.toThrow(words);
  });

  /** A commit on a branch of its own at the server; the clone has it checked out, as one commit and no branch. */
  function checkedOut(branch: string, version: string): string {
    const main = repository.commit(packageOf('0.9.0'), 'Main');
    repository.commit(packageOf(version), 'On a branch');
    repository.git('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
    repository.git('push', '--quiet', '--force', 'origin', `${main}:refs/heads/main`);
    const checkout = join(repository.clone, '..', 'checkout');
    repository.git(
      'clone',
      '--quiet',
      '--depth=1',
      `--branch=${branch}`,
      `file://${repository.url}`,
      checkout,
    );
    repository.git('-C', checkout, 'checkout', '--quiet', '--detach');
    return checkout;
  }

  it.each([
    ['release/1.2', '1.2.0'],
    ['release/1', '1.2.0-rc.1'],
  ])('lets %s pass for v%s', async (branch, version) => {
    await checkRelease(`v${version}`, checkedOut(branch, version), github(), undefined);
  });

  it.each([
    ['someones-branch', '1.2.0'],
    ['release/1.1', '1.2.0'],
    ['release/1.2.0', '1.2.0'],
    ['team/release/1.2', '1.2.0'],
  ])('stops %s for v%s', async (branch, version) => {
    const checkout = checkedOut(branch, version);
    await expect(checkRelease(`v${version}`, checkout, github(), undefined)).rejects.toThrow(
      'is on none of the branches that v1.2.0 may be released from: main, release/1, release/1.2.',
    );
  });

  it('lets what main has left behind pass', async () => {
    repository.commit(packageOf('1.2.0'), 'One');
    const checkout = join(repository.clone, '..', 'checkout');
    repository.git('clone', '--quiet', '--depth=1', `file://${repository.url}`, checkout);
    repository.commit(packageOf('1.3.0'), 'Two');
    await checkRelease('v1.2.0', checkout, github(), undefined);
  });

  it('stops a number that stands for another commit, or is published', async () => {
    released('v1.2.0');
    await expect(checkRelease('v1.2.0', repository.clone, github(), undefined)).rejects.toThrow(
      'v1.2.0 is published already',
    );
    repository.commit({}, 'Another');
    await expect(checkRelease('v1.2.0', repository.clone, github(), undefined)).rejects.toThrow(
      'v1.2.0 is a tag already',
    );
  });
});

describe('checkReusableAction', () => {
  const version = { major: 1, minor: 2, patch: 0 };
  const root = join(import.meta.dirname, '..', '..', '..');
  const own = /uses: (\S+\/\S+)@v1 .*\n\s+id: deploy\n/.exec(
    readFileSync(join(root, '.github', 'workflows', 'deploy.yml'), 'utf8'),
  )?.[1];

  it('lets the reusable workflow pass in the repository whose action it runs', () => {
    checkReusableAction(version, root, own ?? '');
    checkReusableAction(version, root, own?.toUpperCase() ?? '');
  });

  it.each([
    [version, 'acme/other', 'acme/other@v1'],
    [{ ...version, major: 2 }, own ?? '', `${own}@v2`],
    [{ ...version, major: 0 }, own ?? '', `${own}@v0`],
  ])('stops it where it would run another (%o, %s)', (given, repository, wanted) => {
    expect(() => checkReusableAction(given, root, repository)).toThrow(
      `deploy.yml runs ${own}@v1, and would be released beside ${wanted}. Write ${wanted} there`,
    );
  });
});

describe('a draft', () => {
  const draft = (notes: string) =>
    github().draft({
      tag: 'v1.2.0',
      commit: 'abc',
      notes,
      isPreRelease: false,
      files: [join(import.meta.dirname, 'releases-api.ts')],
    });

  it('takes the place of an earlier draft, and of no published release', async () => {
    await draft('first');
    await draft('second');
    expect(api.releases()).toMatchObject([{ tag_name: 'v1.2.0', draft: true, body: 'second' }]);
    expect(Object.keys(api.releases()[0]?.files ?? {})).toEqual(['releases-api.ts']);
    const [made] = await github().list();
    if (made) await github().publish(made, true);
    await expect(draft('third')).rejects.toThrow('v1.2.0 is published already');
    expect(api.releases()).toMatchObject([{ draft: false, body: 'second', make_latest: 'true' }]);
  });

  it('says what GitHub answered where it refuses', async () => {
    const refused = gitHubReleases({ GITHUB_API_URL: api.url, GITHUB_REPOSITORY: 'acme/deploy-guard' });
    await expect(refused.list()).rejects.toThrow('answered 401: {"message":"Bad credentials"}');
  });
});

it.each([
  ['v1.2.0', ['v1.1.9', 'v1.3.0-rc.1', 'next'], true],
  ['v1.1.9', ['v1.2.0'], false],
  ['v1.3.0-rc.1', ['v1.2.0'], false],
  ['v1.2.0', [], true],
])('isNewest: %s among %j is %s', (tag, names, wanted) => {
  const others = names.map((tag_name, id) => ({ id, tag_name, draft: false, upload_url: '' }));
  const version = versionOf(tag);
  expect(version && isNewest(version, others)).toBe(wanted);
});

it('makes the notes from the commits of a real history', () => {
  released('v1.1.0');
  repository.git('fetch', '--quiet', '--tags', 'origin');
  repository.commit({ 'src/a.ts': '1' }, 'Say why a task stopped');
  repository.commit({ 'src/a.ts': '2' }, 'Fix: ask once');
  repository.commit({ 'docs/a.md': '1' }, 'Tell of costs');
  const lines = notesOf(repository.clone, 'v1.2.0').replaceAll(/\([0-9a-f]{7}\)/g, '(…)');
  expect(lines).toContain('## Changes\n\n- Say why a task stopped (…)\n\n## Fixes\n\n- Ask once (…)\n');
  expect(lines).toContain('Tests, docs and tools: 1</summary>\n\n- Tell of costs (…)');
  expect(lines).toContain('`git log v1.1.0..v1.2.0`');
});

describe('broken', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const good = {
    runningDigests: { 'dyno-agent-service': [digest] },
    deploymentsStarted: [{}],
    slackMessages: [{}],
  } as unknown as Parameters<typeof broken>[0];

  it('has nothing to say about a deploy that keeps its promise', () => {
    expect(broken(good, 'succeeded', digest)).toEqual([]);
  });

  it.each([
    ['no outputs at all', good, '', '', 2],
    ['another digest', good, 'succeeded', digest.replace('a', 'b'), 1],
    ['two deployments', { ...good, deploymentsStarted: [{}, {}] }, 'succeeded', digest, 1],
    ['no message', { ...good, slackMessages: [] }, 'succeeded', digest, 1],
    ['nothing running', { ...good, runningDigests: {} }, 'succeeded', digest, 1],
  ])('tells of %s', (_, truth, result, named, count) => {
    expect(broken(truth as Parameters<typeof broken>[0], result, named)).toHaveLength(count);
  });
});
