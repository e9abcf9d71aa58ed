import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InputName } from '../../../src/stages/inputs/schema.ts';
import { checkEngine } from '../../../src/stages/preflight/checks/engine.ts';
import { checkContext } from './check-context.ts';

let workspace = '';

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'workspace-'));
  await mkdir(join(workspace, 'app'));
  await mkdir(join(workspace, 'docker', 'Dockerfile'), { recursive: true });
  await writeFile(join(workspace, 'Dockerfile'), 'FROM scratch AS app\nARG a\n');
  await writeFile(join(workspace, 'empty.Dockerfile'), '# nothing yet\n');
  await writeFile(join(workspace, 'wide.Dockerfile'), Buffer.from('\uFEFFFROM scratch\n', 'utf16le'));
  await writeFile(join(workspace, 'marked.Dockerfile'), '\uFEFFfrom scratch\n');
  await writeFile(join(workspace, 'other.Dockerfile'), '#syntax=example/frontend\nbuild: all\n');
  await writeFile(join(workspace, 'blank.Dockerfile'), '\n'.repeat(300_000));
  await writeFile(join(workspace, 'app', 'prod.Dockerfile'), 'FROM scratch\n');
});
afterAll(() => rm(workspace, { recursive: true }));

const docker = { name: 'docker' as const, client: '28.2.2', server: '28.2.2', buildx: undefined };

async function codes(
  inputs: Partial<Record<InputName, string>>,
  version:
    | Awaited<ReturnType<typeof import('../../../src/docker/engine-version.ts').engineVersion>>
    | Error = docker,
) {
  const engineVersion = () => (version instanceof Error ? Promise.reject(version) : Promise.resolve(version));
  const { findings, passed } = await checkEngine(
    checkContext({ 'reuse-image': 'false', ...inputs }, {}, { workspace, ports: { engineVersion } }),
  );
  if (findings.length === 0) expect(passed).toBeDefined();
  return findings.map(({ code }) => code);
}

describe('checkEngine', () => {
  it.each<readonly [Partial<Record<InputName, string>>, readonly string[]]>([
    [{}, []],
    [{ context: 'app', file: 'app/prod.Dockerfile' }, []],
    [{ context: './app', file: './Dockerfile' }, []],
    [{ context: 'app' }, ['DG411']],
    [{ file: 'nothing' }, ['DG411']],
    [{ file: 'docker/Dockerfile' }, ['DG411']],
    [{ file: 'empty.Dockerfile' }, ['DG411']],
    [{ file: 'wide.Dockerfile' }, ['DG411']],
    [{ file: 'blank.Dockerfile' }, ['DG411']],
    [{ file: 'marked.Dockerfile' }, []],
    [{ file: 'other.Dockerfile' }, []],
    [{ context: 'nowhere' }, ['DG412']],
    [{ context: 'Dockerfile' }, ['DG412']],
    [{ context: 'https://github.com/acme/app.git#main' }, []],
  ])('%j gives %j', async (inputs, expected) => {
    expect(await codes(inputs)).toEqual(expected);
  });

  it('tells an engine that is not there from one that does not answer', async () => {
    expect(await codes({}, Object.assign(new Error('x'), { code: 'ENOENT' }))).toEqual(['DG401']);
    expect(await codes({}, Object.assign(new Error('x'), { code: 'EACCES' }))).toEqual(['DG401']);
    expect(await codes({}, { name: 'docker', unreachable: 'Cannot connect to the Docker daemon' })).toEqual([
      'DG402',
    ]);
  });

  it('reports the missing Dockerfile as well as the missing engine', async () => {
    expect(await codes({ file: 'nothing' }, { name: 'docker', unreachable: 'x' })).toEqual([
      'DG402',
      'DG411',
    ]);
  });

  it.each<InputName>([
    'platforms',
    'secrets',
    'secret-envs',
    'secret-files',
    'ssh',
    'build-contexts',
    'cache-from',
    'cache-to',
    'provenance',
    'sbom',
  ])('%s needs buildx, and says so before anything is built', async (name) => {
    const inputs = { [name]: name === 'platforms' ? 'linux/amd64' : 'a=b' };
    expect(await codes(inputs)).toEqual(['DG403']);
    expect(await codes(inputs, { ...docker, buildx: '0.30.0' })).toEqual([]);
  });

  it.each<InputName>(['build-args', 'labels', 'target', 'pull', 'no-cache'])(
    '%s needs no buildx',
    async (name) => {
      const values: Partial<Record<InputName, string>> = { target: 'app', pull: 'true', 'no-cache': 'true' };
      expect(await codes({ [name]: values[name] ?? 'a=b' })).toEqual([]);
    },
  );
});
