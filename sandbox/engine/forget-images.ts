import { spawnSync } from 'node:child_process';

/** Removes docker's images of a sandbox's registry: they carry the port of one that is gone. */
export function forgetImages(registryHost: string): void {
  const reference = `reference=${registryHost}/*`;
  const listed = spawnSync('docker', ['image', 'ls', '--quiet', '--filter', reference], { encoding: 'utf8' });
  const ids = [...new Set((listed.stdout ?? '').split('\n').filter((id) => id !== ''))];
  if (ids.length > 0) spawnSync('docker', ['image', 'rm', '--force', ...ids], { stdio: 'ignore' });
}
