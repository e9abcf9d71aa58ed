// Runs the Dockerfile rules, and hadolint where it is in PATH, on the Dockerfiles of hygiene-corpus.json:
//   node bench/hygiene-corpus.ts [--from https://github.com] [--into FOLDER]
// Repositories are fetched at the commits that it names. One line of JSON a Dockerfile goes to FOLDER/hits.jsonl, the
// numbers of docs/hygiene-comparison.md to standard output. `--from` may be any place that git can fetch from.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { dockerfileRules } from '../src/stages/hygiene/dockerfile/group.ts';
import type { Repository } from '../src/stages/hygiene/repository.ts';
import { Unread } from '../src/stages/hygiene/unread.ts';

/** A Dockerfile of the corpus; `context` is the folder that its COPYs are written for. */
interface Sample {
  readonly repository: string;
  readonly commit: string;
  readonly file: string;
  readonly context: string;
}

interface Named {
  readonly code: string;
  readonly line: number;
  readonly words: string;
}

const run = promisify(execFile);
const MOST = { maxBuffer: 64_000_000 };

const { values } = parseArgs({ options: { from: { type: 'string' }, into: { type: 'string' } } });
const from = values.from ?? 'https://github.com';
const into = values.into ?? (await mkdtemp(join(tmpdir(), 'hygiene-corpus-')));

async function fetchCommit({ repository, commit }: Sample): Promise<string> {
  const folder = join(into, repository);
  await mkdir(folder, { recursive: true });
  await run('git', ['init', '--quiet', '--bare', folder]);
  const has = await run('git', ['-C', folder, 'cat-file', '-e', commit]).catch(() => undefined);
  if (has === undefined) {
    await run('git', ['-C', folder, 'fetch', '--quiet', '--depth', '1', `${from}/${repository}`, commit]);
  }
  return folder;
}

async function repositoryAt(folder: string, { commit, file, context }: Sample): Promise<Repository> {
  const listed = await run('git', ['-C', folder, 'ls-tree', '-r', '-z', '--name-only', commit], MOST);
  const show = async (path: string) =>
    await run('git', ['-C', folder, 'show', `${commit}:${path}`], MOST).then(
      ({ stdout }) => stdout,
      () => undefined,
    );
  return {
    tracked: listed.stdout.split('\0').filter(Boolean).sort(),
    untracked: [],
    submodules: [],
    below: async () => ({ paths: [], left: [] }),
    isTooLarge: async () => false,
    unread: new Unread(),
    size: async () => undefined,
    read: show,
    facts: {
      context,
      dockerfile: file,
      target: undefined,
      workflow: undefined,
      rollout: 'force',
      latestTag: 'latest',
      waitMinutes: 30,
      environment: undefined,
    },
    containers: async () => undefined,
    builder: async () => 'buildkit',
  };
}

async function ownHits(repository: Repository): Promise<readonly Named[]> {
  const subject = await dockerfileRules.read(repository);
  if (subject === undefined) return [];
  return dockerfileRules.rules.flatMap((rule) =>
    rule.find(subject).map(({ where, title, level }) => ({
      code: rule.code,
      line: where.line ?? 0,
      words: `${level ?? rule.level}: ${title}`,
    })),
  );
}

async function hadolintHits(text: string): Promise<readonly Named[] | undefined> {
  const child = run('hadolint', ['--no-fail', '--format', 'json', '-'], MOST);
  child.child.stdin?.end(text);
  const answer = await child.catch(() => undefined);
  if (answer === undefined) return undefined;
  const found: readonly { code: string; line: number; level: string; message: string }[] = JSON.parse(
    answer.stdout,
  );
  return found.map(({ code, line, level, message }) => ({ code, line, words: `${level}: ${message}` }));
}

/** How many times a rule spoke, and of how many Dockerfiles. */
function table(title: string, all: readonly (readonly Named[])[]): string {
  const codes = [...new Set(all.flat().map(({ code }) => code))].sort();
  const rows = codes.map((code) => {
    const of = all.map((hits) => hits.filter((hit) => hit.code === code).length);
    return `| ${code} | ${of.reduce((sum, count) => sum + count, 0)} | ${of.filter((count) => count > 0).length} |`;
  });
  return [`| ${title} | hits | Dockerfiles |`, '| --- | --- | --- |', ...rows].join('\n');
}

const corpusFile = join(import.meta.dirname, 'hygiene-corpus.json');
const corpus: readonly Sample[] = JSON.parse(await readFile(corpusFile, 'utf8'));
const results: { sample: Sample; ours: readonly Named[]; hadolint: readonly Named[] | undefined }[] = [];
for (const sample of corpus) {
  const repository = await repositoryAt(await fetchCommit(sample), sample);
  const text = (await repository.read(sample.file)) ?? '';
  results.push({ sample, ours: await ownHits(repository), hadolint: await hadolintHits(text) });
}
await writeFile(join(into, 'hits.jsonl'), results.map((each) => `${JSON.stringify(each)}\n`).join(''));
const repositories = new Set(corpus.map(({ repository }) => repository)).size;
process.stdout.write(
  `${corpus.length} Dockerfiles of ${repositories} repositories; details in ${into}/hits.jsonl\n\n`,
);
process.stdout.write(
  `${table(
    'deploy-guard',
    results.map(({ ours }) => ours),
  )}\n\n`,
);
process.stdout.write(
  `${table(
    'hadolint',
    results.map(({ hadolint }) => hadolint ?? []),
  )}\n`,
);
