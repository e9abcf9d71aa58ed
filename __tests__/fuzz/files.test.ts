import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { Docker } from '../../src/docker/docker.ts';
import { parseDockerfile } from '../../src/docker/dockerfile.ts';
import { parseDockerignore } from '../../src/docker/dockerignore.ts';
import { Failure, type Finding } from '../../src/finding.ts';
import { readRunContext } from '../../src/github/run-context.ts';
import { isDigest } from '../../src/registry/manifest.ts';
import { readRunState } from '../../src/runner/run-state.ts';
import { pinImage } from '../../src/stages/deploy/pinned-image.ts';
import { readTaskDefinitionFile } from '../../src/stages/deploy/task-definition-file.ts';
import { readConfig } from '../../src/stages/inputs/read-config.ts';
import { dockerfileProblems } from '../../src/stages/preflight/build-files.ts';
import { annotationsOf } from '../../src/stages/report/annotations.ts';
import { endingLines } from '../../src/stages/report/log.ts';
import { outputsOf } from '../../src/stages/report/outputs.ts';
import { reportFromState } from '../../src/stages/report/report-from-state.ts';
import { slackMessage } from '../../src/stages/report/slack-message.ts';
import { renderSummary } from '../../src/stages/report/summary.ts';
import { ENOUGH, environmentOf } from '../stages/inputs/environment.ts';
import { RUN } from '../stages/report/reports.ts';
import { CONTROLS, inTime, LONGEST_MS, runsOf } from './campaign.ts';
import { dockerfileText, ignoreText, MARKED } from './grammars.ts';
import { jsonText, oddly } from './json.ts';
import { mutated } from './mutations.ts';

const folder = mkdtempSync(join(tmpdir(), 'fuzz-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Puts a text there for what reads a file, and gives its path. */
function written(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

function expectFindings(findings: readonly Finding[]): void {
  for (const { title, detail = '', fix } of findings) {
    expect([title, detail, fix].join('\n')).not.toMatch(CONTROLS);
    expect(title).not.toMatch(/\n/);
  }
}

describe('any', { timeout: LONGEST_MS }, () => {
  it('Dockerfile is taken apart, or is none', async () => {
    const { build } = readConfig(environmentOf({ ...ENOUGH, target: 'a', 'build-args': 'X=1' })).config;
    const texts = mutated(dockerfileText, ['FROM a AS b\nRUN x\n', 'ARG A=1\nFROM $A\n']);
    const property = fc.asyncProperty(texts, async (text) => {
      const file = await inTime(() => parseDockerfile(text));
      const lines = text.split('\n').length;
      for (const { line } of file?.stages ?? []) expect(line >= 1 && line <= lines).toBe(true);
      for (const target of [undefined, 'a', '0', '__proto__', '99'])
        await inTime(() => file?.platformOf(target));
      if (file) expect(dockerfileProblems(build, file, '/w/Dockerfile', '/w').length).toBeLessThan(4);
    });
    await fc.assert(property, runsOf(150));
  });

  it('.dockerignore says of any path whether it is sent, and the same each time', async () => {
    const path = fc.stringMatching(/^[a-z.*[\]\\/ -]{1,40}$/);
    const property = fc.asyncProperty(mutated(ignoreText, ['a/**/b\n!c\n']), path, async (text, one) => {
      const sent = await inTime(() => parseDockerignore(text).isSent(one));
      expect(parseDockerignore(text).isSent(one)).toBe(sent);
    });
    await fc.assert(property, runsOf(200));
  });

  it('task definition is read, or refused without a word of it', async () => {
    const container = {
      name: 'web',
      image: 'a',
      essential: true,
      environment: [{ name: 'A', value: MARKED }],
      secrets: [{ name: 'B', valueFrom: 'arn:x' }],
      logConfiguration: { options: { 'awslogs-group': 'g' } },
    };
    const definition = {
      family: 'app',
      containerDefinitions: [container],
      cpu: '256',
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
      executionRoleArn: 'arn:aws:iam::123456789012:role/x',
      taskRoleArn: 'arn:aws:iam::123456789012:role/y',
      tags: [],
    };
    const texts = mutated(
      fc.oneof(jsonText(definition), jsonText({ taskDefinition: definition, tags: [] })),
      [JSON.stringify(definition)],
    );
    const property = fc.asyncProperty(texts, async (text) => {
      written('task.json', text);
      const read = await inTime(() => readTaskDefinitionFile(folder, 'task.json')).catch(
        (error: unknown) => error,
      );
      if (read instanceof Failure) {
        expectFindings(read.findings);
        expect(JSON.stringify(read.findings)).not.toContain(MARKED.slice(0, 8));
      } else if (read instanceof Error) throw read;
      else
        pinImage(
          (read as Awaited<ReturnType<typeof readTaskDefinitionFile>>).registrable,
          ['web'],
          'r/a@sha256:0',
        );
    });
    await fc.assert(property, runsOf(150));
  });

  it('event of GitHub gives a run', async () => {
    const event = {
      head_commit: { message: 'Fix\n\nmore' },
      pull_request: { head: { repo: { full_name: 'a/b' } } },
      repository: {},
    };
    const property = fc.asyncProperty(
      jsonText(event),
      fc.constantFrom('push', 'pull_request', 'x'),
      async (text, name) => {
        const environment = {
          GITHUB_EVENT_PATH: written('event.json', text),
          GITHUB_EVENT_NAME: name,
          GITHUB_REPOSITORY: 'a/b',
        };
        const { headline = '', withoutSecrets } = await readRunContext(environment);
        expect(headline).not.toContain('\n');
        expect([undefined, 'fork', 'dependabot']).toContain(withoutSecrets);
      },
    );
    await fc.assert(property, runsOf(150));
  });

  it("metadata of docker's build gives a digest or none", async () => {
    const settings = {
      workspace: folder,
      environment: { DOCKER_CONFIG: folder },
      privateFolder: folder,
      signal: new AbortController().signal,
    };
    const docker = await Docker.create(settings, 'registry.example', true);
    const shape = {
      'containerimage.digest': `sha256:${'a'.repeat(64)}`,
      'containerimage.descriptor': {},
      'buildx.build.ref': 'x',
    };
    const property = fc.asyncProperty(jsonText(shape), async (text) => {
      written('build-metadata.json', text);
      const digest = await docker.pushedDigest('r/a:1');
      expect(digest === undefined || isDigest(digest)).toBe(true);
    });
    await fc.assert(property, runsOf(200));
  });

  it('saved state is one or none, and what it says can be told', async () => {
    const state = {
      version: 1,
      told: 'no',
      revision: 3,
      stage: 'rollout',
      startedAtMs: 1_767_225_600_000,
      changed: true,
      unanswered: ['web'],
      ended: { result: 'failed', totalMs: 5, code: 'DG601', title: 'x', fix: 'y' },
      cause: { code: 'DG601', title: 'x', fix: 'y' },
      undo: { asked: ['web'], begun: [{ service: 'web', deploymentId: 'ecs-svc/1' }], over: false },
      oneOffTask: { task: 'arn:x', command: 'migrate', isStopped: false },
      deployments: [{ service: 'web', deploymentId: 'ecs-svc/1', finished: false }],
      movedTags: ['latest'],
      cancelled: false,
      github: { id: 7, over: false },
      accountId: '123456789012',
      commit: { sha: 'a'.repeat(40), subject: 'Fix' },
    };
    const { config } = readConfig(environmentOf(ENOUGH));
    const numbers = fc.constantFrom(0, -1, 1e308, -1e308, 8.64e15, 8.65e15, 1e-300);
    const odd = fc.record(
      {
        startedAtMs: numbers,
        ended: fc.option(fc.record({ result: fc.constant('failed'), totalMs: numbers })),
      },
      { requiredKeys: [] },
    );
    const saved = fc.oneof(
      jsonText(state),
      fc
        .tuple(oddly(state), odd)
        .map(([one, other]) => JSON.stringify(typeof one === 'object' ? { ...one, ...other } : one)),
    );
    const property = fc.asyncProperty(fc.option(saved), fc.option(saved), async (one, late) => {
      const environment = { STATE_run: one ?? undefined, STATE_run_late: late ?? undefined };
      await inTime(() => {
        const read = readRunState(environment);
        const report = reportFromState(read, config, RUN, read?.commit);
        const told = [
          endingLines(report).join('\n'),
          renderSummary(report),
          JSON.stringify(slackMessage(report)),
          JSON.stringify(outputsOf(report)),
        ];
        for (const text of told) expect(text).not.toMatch(/NaN|Invalid Date|undefined/);
        expect(annotationsOf(report).length).toBeGreaterThanOrEqual(0);
      });
    });
    await fc.assert(property, runsOf(150));
  });
});
