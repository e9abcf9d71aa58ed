import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findContainersTool } from '../../sandbox/engine/containers.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { argumentsWith, hasStaticShell, registryText, SHELL_BASE, shellWorkspace, sumOf } from './busybox.ts';
import { changes, type Deployed, type DeployOptions, deploy, deployInto } from './deploy.ts';

// Real podman and buildah. Without them these tests are skipped, and fail where stand-ins are refused (CI).
const tools = { podman: findContainersTool('podman'), buildah: findContainersTool('buildah') };
const folders: string[] = [];
afterAll(() => {
  for (const tool of Object.values(tools)) tool?.remove();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A PATH with every program of this machine but some. */
function pathWithout(programs: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'path-'));
  folders.push(folder);
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((each) => !each.includes('node_modules'));
  for (const each of path.filter(existsSync))
    for (const name of readdirSync(each)) {
      const link = join(folder, name);
      if (!programs.includes(name) && !existsSync(link)) symlinkSync(join(each, name), link);
    }
  return folder;
}

/** Processes of a step of ours, in whatever container, that sleep so long. */
function sleepers(seconds: string): readonly string[] {
  return argumentsWith([`sleep ${seconds}`]).filter((line) => line.startsWith('sleep '));
}

describe.each(['podman', 'buildah'] as const)('%s', (name) => {
  const tool = tools[name];
  const deployBy = async (options: DeployOptions = {}): Promise<Deployed> =>
    await deploy({
      speed: 150,
      ...options,
      inputs: { engine: name, ...options.inputs },
      env: { ...tool?.env, ...options.env },
    });

  describe.skipIf(tool === undefined)('the real one', () => {
    it('builds and pushes, and is named with its version', async () => {
      const { run, truth, sha } = await deployBy();
      expect(run.outputs['result'], run.log).toBe('succeeded');
      expect(run.log).toMatch(new RegExp(`✓ engine {5}${name} \\d+\\.\\d+\\.\\d+; context`));
      const digest = run.outputs['image-digest'] ?? '';
      const image = truth.images['dyno-agent']?.find((each) => each.digest === digest);
      expect([...(image?.tags ?? [])].sort()).toEqual([sha, 'latest'].sort());
      expect(image?.mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json');
      expect(truth.runningDigests).toEqual({ 'dyno-agent-service': [digest] });
      expect(run.filesLeft()).toEqual([]);
      expect(run.orphans).toEqual([]);
    });

    it("keeps a Dockerfile's HEALTHCHECK, and takes Dockerfile where there is a Containerfile too", async () => {
      const files = {
        Dockerfile: 'FROM scratch\nCOPY app.txt /app\nHEALTHCHECK CMD ["/app"]\nCMD ["/app"]\n',
        Containerfile: 'FROM nowhere.invalid/nothing\n',
      };
      const deployed = await deployBy({ files });
      expect(deployed.run.outputs['result'], deployed.run.log).toBe('succeeded');
      expect(registryText(deployed)).toContain('"Healthcheck"');
    });

    it('builds an index whose images are each for their platform', async () => {
      const { run, truth } = await deployBy({ inputs: { platforms: 'linux/amd64,linux/arm64' } });
      expect(run.outputs['result'], run.log).toBe('succeeded');
      const index = truth.images['dyno-agent']?.find(({ digest }) => digest === run.outputs['image-digest']);
      const { manifests } = JSON.parse(index?.body.toString() ?? '{}') as {
        manifests: readonly { digest: string; platform: { architecture: string } }[];
      };
      expect(manifests.map(({ platform }) => platform.architecture).sort()).toEqual(['amd64', 'arm64']);
      expect(new Set(manifests.map(({ digest }) => digest)).size).toBe(2);
    });

    it('writes a cache into the registry, and uses it', async () => {
      const sandbox = await startSandbox({ scenario: 'success', speed: 150 });
      const cache = `type=registry,ref=${sandbox.registryHost}/dyno-agent`;
      const folder = mkdtempSync(join(tmpdir(), 'registries-'));
      folders.push(folder);
      const registries = join(folder, 'registries.conf');
      writeFileSync(registries, `[[registry]]\nlocation = "${sandbox.registryHost}"\ninsecure = true\n`);
      const options = {
        inputs: { engine: name, 'cache-from': cache, 'cache-to': cache, 'reuse-image': 'false' },
        env: { ...tool?.env, CONTAINERS_REGISTRIES_CONF: registries },
        files: {
          Dockerfile: 'FROM scratch\nCOPY base.txt /base\nCOPY app.txt /app\nCMD ["/app"]\n',
          'base.txt': `cached ${name} ${Date.now()}\n`,
        },
      };
      try {
        const first = await deployInto(sandbox, options);
        expect(first.run.outputs['result'], first.run.log).toBe('succeeded');
        expect(first.run.log).toMatch(/--> Pushing cache/);
        const second = await deployInto(sandbox, options);
        expect(second.run.outputs['result'], second.run.log).toBe('succeeded');
        expect(second.run.log).toMatch(/Using cache|Cache pulled/);
      } finally {
        await sandbox.close();
      }
    });

    it.each<readonly [Record<string, string>, string]>([
      [{ provenance: 'mode=max' }, 'provenance'],
      [{ sbom: 'true' }, 'sbom'],
      [{ 'cache-from': 'type=gha' }, 'cache-from'],
      [{ 'cache-to': 'type=registry,ref=example.com/app:cache' }, 'cache-to'],
    ])('is refused %j before anything is built', async (inputs, input) => {
      const deployed = await deployBy({ inputs });
      expect(deployed.run.outputs).toMatchObject({ result: 'failed', 'failure-code': 'DG404' });
      expect(deployed.run.outputs['failure-reason']).toContain(`\`${input}\``);
      expect(deployed.run.outputs['failure-reason']).toContain(name);
      expect(changes(deployed)).toEqual([]);
    });

    it('tells a build that fails in its own words', async () => {
      const files = { Dockerfile: 'FROM scratch\nCOPY nothing.txt /\nCMD ["/x"]\n' };
      const { run } = await deployBy({ files });
      expect(run.outputs).toMatchObject({ result: 'failed', 'failure-code': 'DG431' });
      expect(run.outputs['failure-reason']).toMatch(/nothing\.txt/);
    });
  });

  describe.skipIf(tool === undefined || !hasStaticShell())('with a step that runs', () => {
    const value = (id: string) => `Q8-${name}-${id}-value`;

    it('gives it the secrets, and nobody else', async () => {
      const dockerfile = `${SHELL_BASE}ARG PASSWORD\nRUN --mount=type=secret,id=one --mount=type=secret,id=two for id in one two; do echo "sum of $id: $(sha256sum </run/secrets/$id)"; done; echo "sum of argument: $(printf %s "$PASSWORD" | sha256sum)"; echo waiting; sleep 1\nCMD ["/bin/sh"]\n`;
      const seen: string[] = [];
      const deployed = await deployBy({
        workspace: shellWorkspace({ Dockerfile: dockerfile }),
        env: { SECOND: value('two') },
        inputs: {
          // A step that had the same words before is not run again, whatever its secrets are.
          'no-cache': 'true',
          secrets: `one=${value('one')}`,
          'secret-envs': 'two=SECOND',
          'build-args': `PASSWORD=${value('argument')}`,
        },
        run: {
          onLogLine: (line) => {
            if (line.includes('waiting')) seen.push(...argumentsWith(['Q8-', `${name} build`]));
          },
        },
      });
      expect(deployed.run.outputs['result'], deployed.run.log).toBe('succeeded');
      for (const id of ['one', 'two']) {
        expect(deployed.run.log).toContain(`sum of ${id}: ${sumOf(value(id))}`);
        expect(registryText(deployed)).not.toContain(value(id));
      }
      expect(deployed.run.log).toContain(`sum of argument: ${sumOf(value('argument'))}`);
      expect(seen.some((line) => line.includes('--build-arg PASSWORD '))).toBe(true);
      expect(seen.filter((line) => line.includes('Q8-'))).toEqual([]);
      expect(deployed.run.leaks([value('one'), value('two')])).toEqual([]);
    });

    it.each(['github', 'SIGKILL'] as const)('leaves no process when it is ended by %s', async (signals) => {
      // A time that no other process sleeps.
      const seconds = `${100_000 + (process.pid % 50_000)}${name === 'podman' ? 1 : 2}${signals === 'github' ? 1 : 2}`;
      const dockerfile = `${SHELL_BASE}RUN sleep ${seconds} & while :; do echo tick; sleep 1; done\nCMD ["/bin/sh"]\n`;
      let seen: readonly string[] = [];
      const { run, truth } = await deployBy({
        workspace: shellWorkspace({ Dockerfile: dockerfile }),
        run: {
          cancelAfter: {
            signals,
            when: () => {
              if (seen.length === 0) seen = sleepers(seconds);
              return seen.length > 0;
            },
          },
        },
      });
      expect(seen, run.log).toHaveLength(1);
      expect(sleepers(seconds)).toEqual([]);
      expect(run.orphans).toEqual([]);
      expect(run.outputs['result'] ?? 'cancelled').toBe('cancelled');
      expect(truth.updateServiceCalls).toEqual([]);
      expect(truth.slackRequests).toBe(1);
    });
  });

  describe.skipIf(tool === undefined)('where there is no docker', () => {
    it('is taken by itself', async () => {
      const others = ['docker', 'podman', 'buildah', 'nerdctl'].filter((each) => each !== name);
      const { run } = await deployBy({
        inputs: { engine: undefined },
        env: { PATH: pathWithout(others) },
      });
      expect(run.outputs['result'], run.log).toBe('succeeded');
      expect(run.log).toMatch(new RegExp(`✓ engine {5}${name} `));
    });
  });
});

describe('no engine at all', () => {
  const env = { PATH: pathWithout(['docker', 'podman', 'buildah', 'nerdctl']) };

  it('is a preflight error that names them', async () => {
    const deployed = await deploy({ env, run: { path: [] } });
    expect(deployed.run.outputs).toMatchObject({ result: 'failed', 'failure-code': 'DG401' });
    expect(deployed.run.outputs['failure-reason']).toContain('no podman, buildah or nerdctl either');
    expect(changes(deployed)).toEqual([]);
  });

  it.each(['podman', 'nerdctl'])('is one that names the %s that was asked for', async (engine) => {
    const deployed = await deploy({ env, inputs: { engine }, run: { path: [] } });
    expect(deployed.run.outputs['failure-reason']).toContain(`There is no \`${engine}\` on this runner`);
    expect(changes(deployed)).toEqual([]);
  });
});
