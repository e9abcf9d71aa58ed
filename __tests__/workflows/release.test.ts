import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findTool } from '../second-opinion/tool.ts';
import { makeRehearsal, QUICK_BUILD, type Rehearsal } from './rehearsal.ts';

// Without act these tests are skipped, and fail where stand-ins are refused (CI).
const act = findTool('act');
const root = join(import.meta.dirname, '..', '..');
const patienceMs = 400_000;
let rehearsal: Rehearsal | undefined;
afterEach(async () => rehearsal?.remove());

async function setUp(): Promise<Rehearsal> {
  rehearsal = await makeRehearsal(act ?? '');
  return rehearsal;
}

describe.skipIf(act === undefined)('a release, rehearsed with act', () => {
  it('is tested, drafted, tried out and published, and v1 and v1.2 follow at last', {
    timeout: patienceMs,
  }, async () => {
    const stage = await setUp();
    const before = await stage.released('1.1.0');
    const commit = stage.commit('1.2.0', { 'src/added.ts': "export const ADDED = 'unused';\n" });
    const run = await stage.pushTag('v1.2.0');
    expect(run.exitCode, run.log).toBe(0);
    expect(Object.values(run.jobs)).toEqual(['success', 'success', 'success', 'success']);
    expect(stage.testRuns()).toBe(1);
    expect(stage.tags()).toEqual({
      ...{ 'v1.1.0': before, 'v1.1': before },
      ...{ 'v1.2.0': commit, 'v1.2': commit, v1: commit },
    });
    const release = stage.releases().at(-1);
    expect(release).toMatchObject({
      tag_name: 'v1.2.0',
      draft: false,
      prerelease: false,
      make_latest: 'true',
    });
    expect(release?.body).toContain('## Changes\n\n- Release 1.2.0');
    expect(release?.body).toContain('`git log v1.1.0..v1.2.0`');
    const { 'deploy-guard-v1.2.0.tar.gz': archive = '', 'deploy-guard-v1.2.0.cdx.json': bill = '' } =
      release?.files ?? {};
    expect(archive.length).toBeGreaterThan(100_000);
    const { bomFormat, components } = JSON.parse(bill) as {
      bomFormat: string;
      components: readonly { readonly name: string }[];
    };
    expect(bomFormat).toBe('CycloneDX');
    expect(components.map(({ name }) => name)).toContain('@actions/core');
    expect(components.map(({ name }) => name)).not.toContain('vitest');
    expect(stage.attested()).toEqual(
      expect.arrayContaining([
        ...['deploy-guard-v1.2.0.tar.gz', 'deploy-guard-v1.2.0.cdx.json'],
        ...filesIn('dist'),
      ]),
    );
    expect(run.log).toContain('runs in dyno-agent-service, by one deployment, and one message says so.');
  });

  it('ends where dist/ is not what the source builds: nothing drafted, tagged or attested', {
    timeout: patienceMs,
  }, async () => {
    const stage = await setUp();
    const before = await stage.released('1.1.0');
    const built = readFileSync(join(root, 'dist', 'index.js'), 'utf8');
    stage.commit('1.2.0', { 'dist/index.js': `${built}// touched by hand\n` });
    const run = await stage.press('release.yml', { version: '1.2.0' });
    expect(run.exitCode).not.toBe(0);
    expect(run.log).toContain('dist/ is not what the source builds: index.js.');
    expect(run.jobs).toEqual({ 'Release/Test': 'success', 'Release/Draft': 'failure' });
    expect(stage.tags()).toEqual({ 'v1.1.0': before, 'v1.1': before, v1: before });
    expect(stage.releases().map(({ tag_name }) => tag_name)).toEqual(['v1.1.0']);
    expect(stage.attested()).toEqual([]);
  });

  it('stays a draft where the tagged action fails its smoke test', { timeout: patienceMs }, async () => {
    const stage = await setUp();
    const before = await stage.released('1.1.0');
    const commit = stage.commit('1.2.0', { ...QUICK_BUILD, 'dist/index.js': 'process.exit(0);\n' });
    const run = await stage.press('release.yml', { version: '1.2.0' });
    expect(run.exitCode).not.toBe(0);
    expect(run.log).toContain('The action does not keep its promise: its result is ""');
    expect(Object.values(run.jobs)).toEqual(['success', 'success', 'failure']);
    expect(stage.tags()).toEqual({ 'v1.1.0': before, 'v1.1': before, v1: before, 'v1.2.0': commit });
    expect(stage.releases().at(-1)).toMatchObject({ tag_name: 'v1.2.0', draft: true });
  });

  it('takes v1 no step back for a fix of an older line', { timeout: patienceMs }, async () => {
    const stage = await setUp();
    const old = await stage.released('1.1.0');
    const newest = await stage.released('1.2.3');
    const fix = stage.commit('1.1.1', QUICK_BUILD);
    const run = await stage.pushTag('v1.1.1');
    expect(run.exitCode, run.log).toBe(0);
    expect(stage.tags()).toEqual({
      ...{ 'v1.1.0': old, 'v1.1.1': fix, 'v1.1': fix },
      ...{ 'v1.2.3': newest, 'v1.2': newest, v1: newest },
    });
    expect(run.log).toContain('v1 stays at v1.2.3, which is newer than v1.1.1.');
    expect(stage.releases().at(-1)).toMatchObject({ tag_name: 'v1.1.1', draft: false, make_latest: 'false' });
  });

  it('leaves v1 and v1.2 alone as a pre-release', { timeout: patienceMs }, async () => {
    const stage = await setUp();
    const before = await stage.released('1.2.0');
    const commit = stage.commit('1.3.0-rc.1', QUICK_BUILD);
    const run = await stage.press('release.yml', { version: '1.3.0-rc.1' });
    expect(run.exitCode, run.log).toBe(0);
    expect(stage.tags()).toEqual({ 'v1.2.0': before, 'v1.2': before, v1: before, 'v1.3.0-rc.1': commit });
    expect(stage.releases().at(-1)).toMatchObject({ draft: false, prerelease: true, make_latest: 'false' });
  });

  it('does not begin where the package has another version', async () => {
    const stage = await setUp();
    stage.commit('1.1.9');
    const run = await stage.pushTag('v1.2.0');
    expect(run.exitCode).not.toBe(0);
    expect(run.log).toContain('package.json says 1.1.9, and v1.2.0 is to be released.');
    expect(run.jobs).toEqual({ 'Release/Test': 'failure' });
    expect(stage.testRuns()).toBe(0);
    expect(stage.releases()).toEqual([]);
  });

  it('does not begin where the reusable workflow would run the action of somebody else', async () => {
    const stage = await setUp();
    stage.commit('1.2.0', {
      '.github/workflows/deploy.yml': readFileSync(
        join(root, '.github', 'workflows', 'deploy.yml'),
        'utf8',
      ).replace(/[\w-]+(?=\/deploy-guard@v1 )/, 'somebody'),
    });
    const run = await stage.pushTag('v1.2.0');
    expect(run.exitCode).not.toBe(0);
    expect(run.log).toContain('deploy.yml runs somebody/deploy-guard@v1');
    expect(run.jobs).toEqual({ 'Release/Test': 'failure' });
    expect(stage.testRuns()).toBe(0);
  });

  it('is taken back by pointing v1 and v1.2 at the one before', async () => {
    const stage = await setUp();
    const good = await stage.released('1.2.0');
    const bad = await stage.released('1.2.1');
    expect(stage.tags()).toMatchObject({ v1: bad, 'v1.2': bad });
    const run = await stage.press('move-tags.yml', { release: 'v1.2.0' });
    expect(run.exitCode, run.log).toBe(0);
    expect(stage.tags()).toEqual({ 'v1.2.0': good, 'v1.2.1': bad, v1: good, 'v1.2': good });
    expect(stage.releases().map(({ tag_name, draft }) => [tag_name, draft])).toEqual([
      ['v1.2.0', false],
      ['v1.2.1', false],
    ]);
  });
});

/** The files of a folder of this repository, with their paths from its root. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)));
}

/** In whose queue a workflow's run stands, with the expressions of that group put in for what they come to. */
function groupOf(name: string, values: Readonly<Record<string, string>>): string {
  const text = readFileSync(join(root, '.github', 'workflows', name), 'utf8');
  const { concurrency } = parse(text) as { concurrency: { group: string; 'cancel-in-progress': boolean } };
  expect(concurrency['cancel-in-progress']).toBe(false);
  return concurrency.group.replaceAll(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
    const value = values[expression];
    if (value === undefined) throw new Error(`what does ${expression} come to?`);
    return value;
  });
}

describe('the queues of releases', () => {
  const TAG = "github.event_name == 'push' && github.ref_name || format('v{0}', inputs.version)";

  it('hold up no other release, and nobody who takes one back', () => {
    const groups = [
      groupOf('release.yml', { [TAG]: 'v1.2.0' }),
      groupOf('release.yml', { [TAG]: 'v1.1.4' }),
      groupOf('move-tags.yml', { 'inputs.release': 'v1.2.0' }),
      groupOf('move-tags.yml', { 'inputs.release': 'v2.0.3' }),
    ];
    expect(new Set(groups).size).toBe(groups.length);
  });
});

describe.skipIf(act === undefined)('CI, rehearsed with act', () => {
  it.each([
    ['', 'success', 0],
    ['exit 3\n', 'failure', 1],
  ])('is what .ci/run says (%j)', async (more, ending, exitCode) => {
    const stage = await setUp();
    stage.commit('1.2.0', { '.ci/run': `echo tested >> "$REHEARSED/tests"\n${more}` });
    const run = await stage.pushMain();
    expect(run.exitCode, run.log).toBe(exitCode);
    expect(Object.values(run.jobs)).toEqual([ending]);
    expect(stage.testRuns()).toBe(1);
  });
});
