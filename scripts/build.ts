// Builds dist/: tsc into build/, then ncc into one folder for main and one for post. With --check, fails where
// dist/ as it stands differs from what is built. With --quick, leaves out what takes most of the time and changes nothing
// of what it does: `npm run dev` does.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { minify } from 'terser';
import { eagerModules } from './eager-modules.ts';
import { licences } from './licences.ts';

const root = join(import.meta.dirname, '..');
const check = process.argv.includes('--check');
const quick = process.argv.includes('--quick');
const dist = join(root, 'dist');
// Built beside it and then put in its place: a build that fails, or is under way, leaves dist/ as it was.
const out = check ? mkdtempSync(join(tmpdir(), 'deploy-guard-dist-')) : `${dist}.new`;

function node(script: string, ...args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', script), ...args], {
    cwd: root,
    // The compiler reports on standard output, ncc its progress: both are for whoever runs this.
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) process.exit(1);
}

async function build(): Promise<void> {
  rmSync(join(root, 'build'), { recursive: true, force: true });
  rmSync(out, { recursive: true, force: true });
  node('typescript/bin/tsc', '-p', 'tsconfig.build.json');
  // ncc resolves the package type of what it is given: the compiled files are ES modules.
  writeFileSync(join(root, 'build', 'package.json'), '{ "type": "module" }\n');
  for (const [entry, folder] of [
    ['main.js', out],
    ['post.js', join(out, 'post')],
  ] as const) {
    node('@vercel/ncc/dist/ncc/cli.js', 'build', join('build', entry), '-o', folder, '--no-cache', '--quiet');
  }
  const scripts = quick ? [] : filesIn(out).filter((file) => file.endsWith('.js'));
  for (const path of scripts) await minifyFile(join(out, path));
  writeFileSync(join(out, 'licenses.txt'), licences(root));
}

/**
 * Not by ncc, which leaves its chunks as they are: a run parses what it loads before it can ask AWS anything. Names
 * stay, for the stack of a bug and for errors that are told apart by them.
 */
async function minifyFile(path: string): Promise<void> {
  const { code = '' } = await minify(readFileSync(path, 'utf8'), {
    module: true,
    ecma: 2020,
    keep_classnames: true,
    keep_fnames: true,
    format: { comments: false },
  });
  writeFileSync(path, eagerModules(code));
}

function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

/** Paths in which two folders differ. */
function differences(a: string, b: string): readonly string[] {
  const paths = [...new Set([...filesIn(a), ...filesIn(b)])];
  return paths.filter((path) => {
    const [left, right] = [join(a, path), join(b, path)];
    return !existsSync(left) || !existsSync(right) || !readFileSync(left).equals(readFileSync(right));
  });
}

await build();
if (check) {
  const different = differences(out, join(root, 'dist'));
  rmSync(out, { recursive: true, force: true });
  if (different.length > 0) {
    process.stderr.write(
      `dist/ is not what the source builds: ${different.join(', ')}. Run \`npm run build\` and commit dist/.\n`,
    );
    process.exit(1);
  }
  process.stdout.write('dist/ is what the source builds.\n');
} else {
  rmSync(dist, { recursive: true, force: true });
  renameSync(out, dist);
  const files = filesIn(dist).map(
    (path) => `${relative(root, join(dist, path))} ${(statSync(join(dist, path)).size / 1000).toFixed(0)} kB`,
  );
  process.stdout.write(`${files.join('\n')}\n`);
}
