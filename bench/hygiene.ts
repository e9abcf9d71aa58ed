import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openCheckout, type RepositoryFacts } from '../src/stages/hygiene/checkout.ts';
import { examine } from '../src/stages/hygiene/examine.ts';
import { groups } from '../src/stages/hygiene/groups.ts';
import { median, table } from './table.ts';

const ROUNDS = 7;
const FILES = 10_000;

/** What is known of the deploy in the bench's repository. */
const FACTS: RepositoryFacts = {
  facts: {
    context: '.',
    dockerfile: 'Dockerfile',
    target: undefined,
    workflow: '.github/workflows/deploy0.yml',
    rollout: 'force',
    latestTag: 'latest',
    waitMinutes: 30,
    environment: undefined,
  },
  containers: async () => undefined,
  builder: async () => 'buildkit',
};

/**
 * All rules on a repository of 10,000 files, against what can't be spared: `git ls-files` and reading every file once.
 * CPU time of this process, so that a busy machine changes little.
 */
export async function benchHygiene(): Promise<string> {
  const folder = makeRepository();
  const reading: number[] = [];
  const rules: number[] = [];
  let found = 0;
  for (let round = 0; round <= ROUNDS; round += 1) {
    const read = cpuOf(() => readAll(folder));
    const before = process.cpuUsage();
    found = await examineAll(folder);
    const whole = msSince(before);
    // The first round warms the file cache and compiles.
    if (round === 0) continue;
    reading.push(read);
    rules.push(whole);
  }
  rmSync(folder, { recursive: true });
  const [floor, ours] = [median(reading), median(rules)];
  return table(
    ['', 'median of CPU time', 'ratio'],
    [
      [`git ls-files, and reading ${FILES} files`, `${floor.toFixed(0)} ms`, '1.0'],
      [`the whole of hygiene (${found} findings)`, `${ours.toFixed(0)} ms`, (ours / floor).toFixed(1)],
    ],
  );
}

async function examineAll(folder: string): Promise<number> {
  const repository = await openCheckout(folder, process.env, () => FACTS);
  if (repository === undefined) throw new Error('no checkout');
  const { findings } = await examine(repository, groups, { ignore: [], timeoutMs: 60_000 });
  const broken = findings.find(({ code }) => code === 'DG099');
  if (broken) throw new Error(broken.title);
  return findings.length;
}

function readAll(folder: string): void {
  const listed = execFileSync('git', ['-C', folder, 'ls-files', '-z'], {
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  });
  for (const path of listed.split('\0').filter(Boolean)) readFileSync(join(folder, path), 'utf8');
}

function cpuOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return msSince(before);
}

function msSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** A service as large ones are: mostly code, some Terraform, workflows and compose files, and a lock file. */
function makeRepository(): string {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-guard-hygiene-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const code = Array.from(
    { length: 120 },
    (_, line) =>
      `def f${line}(request, token=None):\n    return request.get("https://api.example.org/v1/${line}", headers={"x": token})\n`,
  ).join('\n');
  write(
    'Dockerfile',
    'FROM python:3.13 AS build\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nFROM python:3.13-slim\nCOPY --from=build /app /app\nCMD ["python", "-m", "app"]\n',
  );
  write('.dockerignore', '.git\n');
  write(
    'package-lock.json',
    `{${Array.from({ length: 8_000 }, (_, at) => `"p${at}": "sha512-${'aZ09+/'.repeat(10)}"`).join(',\n')}}`,
  );
  for (let at = 0; at < 100; at += 1) write(`infra/m${at}/main.tf`, terraform(at));
  for (let at = 0; at < 30; at += 1) write(`.github/workflows/deploy${at}.yml`, workflow(at));
  for (let at = 0; at < 10; at += 1)
    write(`compose/${at}/docker-compose.yml`, 'services:\n  db:\n    image: postgres:16\n');
  for (let at = 143; at < FILES; at += 1) write(`src/p${at % 97}/m${at}.py`, code);
  const git = (...args: readonly string[]) => execFileSync('git', ['-C', folder, ...args]);
  git('init', '--quiet');
  git('add', '--all');
  return folder;
}

function terraform(at: number): string {
  return Array.from(
    { length: 4 },
    (_, each) =>
      `resource "aws_db_instance" "db${at}_${each}" {\n  identifier = "db-${each}"\n  engine = "postgres"\n  tags = { Name = "x", Owner = var.owner }\n  password = var.password\n}\n`,
  ).join('\n');
}

function workflow(at: number): string {
  const steps = Array.from({ length: 20 }, (_, step) => `      - run: echo ${step}\n`).join('');
  return `name: Deploy ${at}\non: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v5\n${steps}      - uses: org/deploy-guard@v1\n        with:\n          service: a\n`;
}

if (import.meta.main) process.stdout.write(`${await benchHygiene()}\n`);
