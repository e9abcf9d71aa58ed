import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Builder, findBuildx, isBuildxForAll } from '../../sandbox/engine/buildx.ts';
import { type Scenario, startSandbox } from '../../sandbox/sandbox.ts';
import { findScenario } from '../../sandbox/scenarios/index.ts';
import { argumentsWith, hasStaticShell, registryText, SHELL_BASE, shellWorkspace, sumOf } from './busybox.ts';
import { changes, type Deployed, type DeployOptions, deploy, deployInto } from './deploy.ts';

// Real buildx and BuildKit. Without them these tests are skipped, and fail where stand-ins are refused (CI).
const buildx = findBuildx();
const configs = new Map((['docker', 'buildkit'] as const).map((name) => [name, buildx?.makeConfig(name)]));
afterAll(() => {
  for (const config of configs.values()) config?.remove();
});
const configOf = (builder: Builder) => ({ DOCKER_CONFIG: configs.get(builder)?.folder ?? '' });

/** Deploys with a builder; `env` goes on top of what makes docker use it. */
async function deployBy(builder: Builder, options: DeployOptions = {}): Promise<Deployed> {
  return await deploy({ speed: 150, ...options, env: { ...configOf(builder), ...options.env } });
}

/** The pushed image as the registry has it. */
function pushed({ run, truth }: Deployed) {
  const digest = run.outputs['image-digest'];
  const image = truth.images['dyno-agent']?.find((each) => each.digest === digest);
  const index = JSON.parse(image?.body.toString() ?? '{}') as {
    readonly manifests?: readonly {
      readonly digest: string;
      readonly platform: { readonly os: string; readonly architecture: string };
      readonly annotations?: Readonly<Record<string, string>>;
    }[];
  };
  const manifests = index.manifests ?? [];
  return {
    image,
    platforms: manifests
      .filter(({ platform }) => platform.os !== 'unknown')
      .map(({ platform }) => `${platform.os}/${platform.architecture}`)
      .sort(),
    attestations: manifests.filter(
      ({ annotations }) => annotations?.['vnd.docker.reference.type'] === 'attestation-manifest',
    ).length,
    digests: manifests.map(({ digest: each }) => each),
  };
}

function expectDeployed(deployed: Deployed): void {
  const { run, truth, sha } = deployed;
  expect(run.outputs['result'], run.log).toBe('succeeded');
  expect([...(pushed(deployed).image?.tags ?? [])].sort()).toEqual([sha, 'latest'].sort());
  expect(truth.updateServiceCalls).toHaveLength(1);
  expect(run.filesLeft()).toEqual([]);
  expect(run.orphans).toEqual([]);
}

describe.skipIf(buildx === undefined)('with a real buildx', () => {
  it.each(['docker', 'buildkit'] as const)('builds and pushes by the builder %s', async (builder) => {
    const deployed = await deployBy(builder);
    expectDeployed(deployed);
    expect(deployed.run.log).toMatch(/✓ engine {5}docker \S+.*, buildx \d+\.\d+/);
    expect(deployed.truth.runningDigests).toEqual({
      'dyno-agent-service': [deployed.run.outputs['image-digest']],
    });
  });

  it("leaves the user's folder of builders as it was, and no login in it", async () => {
    const { run } = await deployBy('buildkit');
    expect(run.outputs['result']).toBe('succeeded');
    expect(readFileSync(join(configOf('buildkit').DOCKER_CONFIG, 'config.json'), 'utf8')).toBe('{}');
  });

  it('pushes an index of two platforms, without emulation', async () => {
    const files = {
      Dockerfile: 'FROM scratch\nARG TARGETARCH\nCOPY $TARGETARCH.txt /arch\nCMD ["/arch"]\n',
      'amd64.txt': 'a',
      'arm64.txt': 'b',
    };
    const deployed = await deployBy('buildkit', { files, inputs: { platforms: 'linux/amd64,linux/arm64' } });
    expectDeployed(deployed);
    expect(pushed(deployed).platforms).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it.each<readonly [Record<string, string>, number, RegExp | undefined]>([
    [{ provenance: 'mode=max' }, 1, /slsa\.dev\/provenance/],
    [{ provenance: 'true', platforms: 'linux/amd64,linux/arm64' }, 2, /slsa\.dev\/provenance/],
    [{ provenance: 'false' }, 0, undefined],
  ])('attests with %j', async (inputs, attestations, statement) => {
    const deployed = await deployBy('buildkit', { inputs });
    expectDeployed(deployed);
    expect(pushed(deployed).attestations).toBe(attestations);
    if (statement) expect(registryText(deployed)).toMatch(statement);
    else expect(registryText(deployed)).not.toMatch(/slsa\.dev/);
  });

  it.each<readonly [NonNullable<NonNullable<Scenario['world']>['taskDigest']>]>([['index'], ['platform']])(
    'is green where tasks report the digest of the %s',
    async (taskDigest) => {
      const success = findScenario('success');
      const scenario = { ...success, world: { ...success.world, taskDigest } };
      const deployed = await deployBy('buildkit', { scenario, inputs: { provenance: 'mode=max' } });
      expectDeployed(deployed);
      expect(deployed.run.log).toContain('all 2 tasks run');
      expect(deployed.run.log).not.toMatch(/DG63\d/);
    },
  );

  it('uses an index again, and builds again for other platforms', async () => {
    const sandbox = await startSandbox({ scenario: 'success', speed: 60 });
    try {
      const files = { 'app.txt': 'the same index\n' };
      const again = { files, env: configOf('buildkit'), inputs: { platforms: 'linux/amd64' } };
      const first = await deployInto(sandbox, again);
      const second = await deployInto(sandbox, again);
      expect(second.run.outputs).toMatchObject({
        result: 'succeeded',
        'image-reused': 'true',
        'image-digest': first.run.outputs['image-digest'],
      });
      const third = await deployInto(sandbox, { ...again, inputs: { platforms: 'linux/amd64,linux/arm64' } });
      expect(third.run.outputs).toMatchObject({ result: 'succeeded', 'image-reused': 'false' });
      expect(pushed(third).platforms).toEqual(['linux/amd64', 'linux/arm64']);
    } finally {
      await sandbox.close();
    }
  });
});

describe.skipIf(buildx === undefined || !hasStaticShell())('an SBOM', () => {
  it('is made by the generator that is named, and attested', async () => {
    const sandbox = await startSandbox({ scenario: 'success', speed: 150 });
    const document = {
      _type: 'https://in-toto.io/Statement/v0.1',
      predicateType: 'https://spdx.dev/Document',
      predicate: {
        spdxVersion: 'SPDX-2.3',
        SPDXID: 'SPDXRef-DOCUMENT',
        name: 'found-by-the-generator',
        documentNamespace: 'https://example.com/sbom',
        dataLicense: 'CC0-1.0',
        creationInfo: { creators: ['Tool: sandbox'], created: '2026-01-15T10:05:00Z' },
        packages: [],
      },
    };
    const scanner = shellWorkspace({
      Dockerfile: `${SHELL_BASE}COPY scan.sh sbom.json /\nENTRYPOINT ["/bin/sh", "/scan.sh"]\n`,
      'scan.sh': 'cat /sbom.json > "$BUILDKIT_SCAN_DESTINATION/sbom.spdx.json"\n',
      'sbom.json': JSON.stringify(document),
    });
    const env = configOf('buildkit');
    try {
      const generator = { inputs: { 'image-tag': 'scanner' }, env };
      const made = await deployInto(sandbox, generator, scanner);
      expect(made.run.outputs['result'], made.run.log).toBe('succeeded');
      const sbom = `generator=${sandbox.registryHost}/dyno-agent:scanner`;
      const deployed = await deployInto(sandbox, { inputs: { sbom }, env });
      expect(deployed.run.outputs['result'], deployed.run.log).toBe('succeeded');
      expect(pushed(deployed).attestations).toBe(1);
      expect(registryText(deployed)).toContain('"name":"found-by-the-generator"');
    } finally {
      await sandbox.close();
    }
  });
});

describe.skipIf(buildx === undefined)('a build cache', () => {
  it.each([
    ['in the image itself', 'type=inline', 'type=registry,ref=IMAGE:latest'],
    ['in the registry', 'type=registry,ref=IMAGE:cache,mode=max', 'type=registry,ref=IMAGE:cache'],
  ])('%s is written by one run and used by the next', async (_, to, from) => {
    const sandbox = await startSandbox({ scenario: 'success', speed: 60 });
    const image = `${sandbox.registryHost}/dyno-agent`;
    const cache = {
      'cache-to': to.replace('IMAGE', image),
      'cache-from': from.replace('IMAGE', image),
      'reuse-image': 'false',
    };
    // What BuildKit has on this machine must not be what is found: a text of this test's own, and another file on top.
    const marker = `cached ${Date.now()}\n`;
    const files = {
      Dockerfile: 'FROM scratch\nCOPY base.txt /base\nCOPY app.txt /app\nCMD ["/app"]\n',
      'base.txt': marker,
    };
    try {
      const first = await deployInto(sandbox, { files, env: configOf('buildkit'), inputs: cache });
      expect(first.run.outputs['result'], first.run.log).toBe('succeeded');
      const second = await deployInto(sandbox, { files, env: configOf('buildkit'), inputs: cache });
      expect(second.run.outputs['result'], second.run.log).toBe('succeeded');
      expect(second.run.log).toMatch(/importing cache manifest from 127/);
      expect(second.run.log).toMatch(/CACHED/);
    } finally {
      await sandbox.close();
    }
  });
});

describe.skipIf(buildx === undefined || !hasStaticShell())('build secrets', () => {
  const values = {
    one: 'Q7-first-secret-value\n\nQ7-its-last-line, in "quotes"',
    two: 'Q7-second-secret-value',
    three: 'Q7-third-secret-value',
  };
  const dockerfile = [
    SHELL_BASE,
    'ARG PASSWORD\n',
    'RUN --mount=type=secret,id=one --mount=type=secret,id=two --mount=type=secret,id=three ',
    'for id in one two three; do echo "sum of $id: $(sha256sum </run/secrets/$id)"; done; ',
    'echo "sum of argument: $(printf %s "$PASSWORD" | sha256sum)"; echo waiting; sleep 1\n',
    'CMD ["/bin/sh"]\n',
  ].join('');

  it.each(['docker', 'buildkit'] as const)(
    'reach the step, and no argument, log or image, by the builder %s',
    async (builder) => {
      const workspace = shellWorkspace({ Dockerfile: dockerfile });
      const outside = mkdtempSync(join(tmpdir(), 'secret-file-'));
      onTestFinished(() => rmSync(outside, { recursive: true }));
      const file = join(outside, 'three');
      writeFileSync(file, values.three);
      const seen: string[] = [];
      const deployed = await deployBy(builder, {
        workspace,
        env: { SECOND: values.two },
        inputs: {
          'no-cache': 'true',
          // As docker/build-push-action takes a secret of several lines.
          secrets: `"one=${values.one.replaceAll('"', '""')}"`,
          'secret-envs': 'two=SECOND',
          'secret-files': `"three=${file}"`,
          'build-args': 'PASSWORD=Q7-build-argument',
        },
        run: {
          onLogLine: (line) => {
            if (line.includes('waiting')) seen.push(...argumentsWith(['Q7-', 'docker-buildx']));
          },
        },
      });
      expect(deployed.run.outputs['result'], deployed.run.log).toBe('succeeded');
      for (const [id, value] of Object.entries(values))
        expect(deployed.run.log).toContain(`sum of ${id}: ${sumOf(value)}`);
      expect(deployed.run.log).toContain(`sum of argument: ${sumOf('Q7-build-argument')}`);
      // The build was looked at while it ran, and there was something to see.
      expect(seen.some((line) => line.includes('--build-arg PASSWORD '))).toBe(true);
      expect(seen.filter((line) => line.includes('Q7-'))).toEqual([]);
      expect(deployed.run.leaks(Object.values(values))).toEqual([]);
      for (const line of Object.values(values).flatMap((value) => value.split('\n').filter(Boolean)))
        expect(registryText(deployed)).not.toContain(line);
    },
  );
});

describe.skipIf(buildx === undefined)("docker's own builder", () => {
  it.each<readonly [Record<string, string>, string]>([
    [{ platforms: 'linux/amd64,linux/arm64' }, 'platforms'],
    [{ 'cache-to': 'type=gha' }, 'cache-to'],
    [{ provenance: 'mode=max', sbom: 'true' }, 'sbom'],
  ])('is refused %j before anything is built', async (inputs, name) => {
    const deployed = await deployBy('docker', { inputs });
    expect(deployed.run.outputs).toMatchObject({ result: 'failed', 'failure-code': 'DG404' });
    expect(deployed.run.outputs['failure-reason']).toContain(`\`${name}\``);
    expect(deployed.run.log).toContain('docker/setup-buildx-action');
    expect(changes(deployed)).toEqual([]);
  });
});

// The same machine without buildx: these runs have no configuration that names the plugin.
describe.skipIf(isBuildxForAll())('without buildx', () => {
  it.each<Record<string, string>>([
    { platforms: 'linux/amd64' },
    { secrets: 'one=value' },
    { 'secret-envs': 'one=HOME', 'secret-files': 'two=app.txt' },
    { 'cache-from': 'type=gha', 'cache-to': 'type=gha' },
    { provenance: 'true' },
    { sbom: 'true' },
  ])('%j is a preflight error', async (inputs) => {
    const deployed = await deploy({ inputs });
    expect(deployed.run.outputs).toMatchObject({ result: 'failed', 'failure-code': 'DG403' });
    for (const name of Object.keys(inputs))
      expect(deployed.run.outputs['failure-reason']).toContain(`\`${name}\``);
    expect(changes(deployed)).toEqual([]);
  });

  it('the classic build still works', async () => {
    const deployed = await deploy({ inputs: { provenance: 'false', sbom: 'false' } });
    expectDeployed(deployed);
    expect(deployed.run.log).toContain('classic builder (no buildx)');
    expect(pushed(deployed).platforms).toEqual([]);
  });
});
