// Runs a script with the Node 24 that the lock file names, installing the packages first where they are
// missing or stale. Plain JavaScript without imports from node_modules: it is what runs on a fresh clone.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const installedLock = join(root, 'node_modules', '.installed-lock.json');

function installIfStale() {
  const wanted = readFileSync(join(root, 'package-lock.json'), 'utf8');
  if (existsSync(installedLock) && readFileSync(installedLock, 'utf8') === wanted) return;
  process.stderr.write('Installing packages (npm ci)...\n');
  // No package's own script is needed: all that is native comes ready made.
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const install = spawnSync(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (install.status !== 0) {
    process.stderr.write('npm ci failed: see above.\n');
    process.exit(1);
  }
  writeFileSync(installedLock, wanted);
}

function node24() {
  const own = process.execPath;
  const candidates = [
    `node-${process.platform}-${process.arch}`,
    `node-bin-${process.platform}-${process.arch}`,
  ].map((name) =>
    join(
      root,
      'node_modules',
      name.replace('win32', 'win'),
      'bin',
      process.platform === 'win32' ? 'node.exe' : 'node',
    ),
  );
  const found = candidates.find((path) => existsSync(path));
  if (found) return found;
  if (Number(process.versions.node.split('.')[0]) >= 24) return own;
  process.stderr.write(
    `This needs Node 24: there is no packaged one for ${process.platform}-${process.arch}, and ${process.version} runs this. Install Node 24 and run it again.\n`,
  );
  process.exit(1);
}

installIfStale();
const child = spawn(node24(), process.argv.slice(2), { stdio: 'inherit', cwd: root });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
