import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Docker } from '../../../src/docker/docker.ts';
import { Failure } from '../../../src/finding.ts';
import { RegistryRepository } from '../../../src/registry/registry.ts';
import { createAgents } from '../../../src/runner/http.ts';
import { buildAndPush } from '../../../src/stages/image/image.ts';
import { makeDockerHome } from '../../docker/user-folder.ts';
import { startRegistry } from '../../sandbox/registry/registry-server.ts';
import { checkContext } from '../preflight/check-context.ts';
import { RUN } from '../report/reports.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** Builds and pushes with a `docker` that acts by `script` (a shell's case on its words); `pushed`: what the registry then has. */
async function run(script: string, options: { readonly pushed?: boolean; readonly buildx?: string } = {}) {
  const under = await startRegistry();
  closing.push(() => under.close());
  const home = await makeDockerHome(undefined);
  closing.push(() => home.remove());
  under.store.createRepository('app');
  const image =
    options.pushed === false ? undefined : under.store.seedImage('app', ['v1'], { marker: 'built' });
  const file = join(home.bin, 'docker');
  const steps = script.replaceAll('DIGEST', image?.digest ?? '').replaceAll('URI', `${under.host}/app`);
  await writeFile(file, `#!/bin/sh\necho "$*" >> '${home.own}/calls'\ncase "$*" in\n${steps}\nesac\n`);
  await chmod(file, 0o755);
  const signal = new AbortController().signal;
  const environment = { PATH: `${home.bin}${delimiter}${process.env['PATH'] ?? ''}`, HOME: home.user };
  const docker = await Docker.create(
    { workspace: home.own, environment, privateFolder: home.own, signal },
    under.host,
    options.buildx !== undefined,
  );
  const [username = '', password = ''] = Buffer.from(under.tokens.issue().authorizationToken, 'base64')
    .toString('utf8')
    .split(':');
  const endpoint = new URL(under.url);
  const output: string[] = [];
  const result = await buildAndPush(
    {
      config: checkContext({ 'image-tag': 'v1' }).config,
      run: RUN,
      sha: RUN.sha,
      tag: 'v1',
      repository: {
        name: 'app',
        uri: `${under.host}/app`,
        registryId: '123456789012',
        mutability: 'MUTABLE',
        mutabilityExclusions: [],
      },
      login: { username, password, endpoint },
    },
    {
      engine: docker,
      registry: new RegistryRepository(
        { endpoint, username, password },
        'app',
        createAgents({ http: undefined, no: undefined }),
        signal,
      ),
      onOutput: (lines: readonly string[]) => void output.push(...lines),
      onPush: () => void output.push('(pushing)'),
    },
  ).catch((error: unknown) => error);
  const calls = (await readFile(join(home.own, 'calls'), 'utf8')).trim().split('\n');
  return { result, calls, output, image, findings: result instanceof Failure ? result.findings : [] };
}

describe('buildAndPush', () => {
  it('logs in, builds, pushes, and gives the image as the registry has it', async () => {
    const { result, calls, image, output } = await run(
      'build*) echo built; echo noise >&2;; push*) echo pushed;; image*) echo \'["URI@DIGEST"]\';;',
    );
    expect(result).toMatchObject({
      tag: 'v1',
      digest: image?.digest,
      reused: false,
      childDigests: [],
      layers: { count: 1 },
    });
    expect(calls.map((call) => call.split(' ')[0])).toEqual(['login', 'build', 'push', 'image']);
    expect(calls[1]).toContain('--label deploy-guard.inputs=sha256:');
    expect(calls[1]).toContain(`--label org.opencontainers.image.revision=${RUN.sha}`);
    expect(output).toEqual(expect.arrayContaining(['built', 'noise', 'pushed']));
  });

  it('pushes once, with the build, where there is buildx', async () => {
    const { result, calls } = await run('x) ;;', { buildx: '0.30.0' });
    expect(result).toMatchObject({ tag: 'v1' });
    expect(calls.map((call) => call.split(' ').slice(0, 3).join(' '))).toEqual([
      'login --username AWS',
      'buildx build --push',
    ]);
  });

  it.each([
    [
      'a login that is refused',
      'login*) echo "Error response from daemon: 401" >&2; exit 1;;',
      'DG421',
      'login',
      /could not log in/,
    ],
    [
      'a build that fails',
      'build*) echo "Step 3/9"; echo "ERROR: COPY failed: no such file" >&2; exit 1;;',
      'DG431',
      'build',
      /built: COPY failed: no such file\.$/,
    ],
    [
      'a push that fails',
      'push*) echo "denied: not authorized" >&2; exit 1;;',
      'DG441',
      'push',
      /denied: not authorized\.$/,
    ],
  ])("tells %s in docker's own words, and stops there", async (_, script, code, last, title) => {
    const { findings, calls } = await run(script);
    expect(findings.map((finding) => finding.code)).toEqual([code]);
    expect(findings[0]?.title).toMatch(title);
    expect(calls.at(-1)?.startsWith(last)).toBe(true);
  });

  it("quotes the failing step's own output, and not what the classic builder says of itself", async () => {
    const { findings } = await run(
      'build*) echo "Step 4/9 : RUN pip install"; echo "No matching distribution found for torqe";' +
        ' echo "DEPRECATED: The legacy builder is deprecated" >&2;' +
        ' echo "            Install the buildx component to build images with BuildKit:" >&2;' +
        ' echo "The command returned a non-zero code: 1" >&2; exit 1;;',
    );
    expect(findings[0]?.detail).toContain('No matching distribution found for torqe');
    expect(findings[0]?.detail).toContain('returned a non-zero code: 1');
    expect(findings[0]?.detail).not.toContain('DEPRECATED');
    expect(findings[0]?.detail).not.toContain('buildx component');
  });

  it("takes BuildKit's wrappers off the cause", async () => {
    const { findings } = await run(
      'buildx*) echo "ERROR: failed to build: failed to solve: failed to compute cache key: /x not found" >&2; exit 1;;',
      { buildx: '0.30.0' },
    );
    expect(findings[0]?.title).toBe(
      'The image could not be built: failed to compute cache key: /x not found.',
    );
  });

  it('tells a push that fails within a buildx build from a build that fails', async () => {
    const script =
      'buildx*) echo "ERROR: failed to push host/app:v1: unexpected status from PUT request: 403 Forbidden" >&2; exit 1;;';
    expect((await run(script, { buildx: '0.30.0' })).findings.map(({ code }) => code)).toEqual(['DG441']);
  });

  it('does not believe a push that left nothing', async () => {
    expect((await run('x) ;;', { pushed: false })).findings.map(({ code }) => code)).toEqual(['DG451']);
  });

  it('notices that another image stands under the tag than was pushed', async () => {
    const script = `image*) echo '["URI@sha256:${'1'.repeat(64)}"]';;`;
    expect((await run(script)).findings.map(({ code }) => code)).toEqual(['DG452']);
  });

  it('notices it with buildx, which writes down what it pushed', async () => {
    const script = `buildx*) for word; do case "$before" in --metadata-file) echo '{"containerimage.digest":"sha256:${'1'.repeat(64)}"}' > "$word";; esac; before=$word; done;;`;
    expect((await run(script, { buildx: '0.30.0' })).findings.map(({ code }) => code)).toEqual(['DG452']);
  });

  it('does not trip over digests of other repositories', async () => {
    const script = `image*) echo '["other/app@sha256:${'1'.repeat(64)}"]';;`;
    expect((await run(script)).result).toMatchObject({ tag: 'v1' });
  });
});
