import { familyOf, lacks } from './base-images.ts';
import { mayBring } from './packages.ts';
import type { Stage } from './stages.ts';

/** The port that an image like it listens on, where nothing says another: PHP-FPM's own, or the one most use. */
export function likelyPort({ image }: Stage): number {
  return image?.repository === 'php' && (image.tag ?? '').includes('fpm') ? 9000 : 8000;
}

/**
 * A command that asks whether an application answers on a port, of programs that its image has; undefined where it is
 * known to have none for that.
 */
export function probeOf(stage: Stage, port: number): readonly string[] | undefined {
  const url = `http://localhost:${port}/health`;
  const { image, lineage } = stage;
  const repository = image?.repository ?? '';
  const own = ofLanguage(repository, image?.tag ?? '', url, port);
  if (own !== undefined) return own;
  const curl = ['curl', '-fsS', '-o', '/dev/null', url];
  if (image === undefined || !lacks('curl', image) || mayBring('curl', lineage)) {
    return image && familyOf(image) === 'alpine' ? wget(url) : curl;
  }
  if (!lacks('wget', image)) return wget(url);
  const family = familyOf(image);
  if (family === 'distroless' || family === 'scratch') return undefined;
  // Without either, bash can still open a connection.
  return ['bash', '-c', `exec 3<>/dev/tcp/127.0.0.1/${port}`];
}

const wget = (url: string) => ['wget', '-q', '--spider', url];

function ofLanguage(
  repository: string,
  tag: string,
  url: string,
  port: number,
): readonly string[] | undefined {
  const python = ['-c', `import urllib.request; urllib.request.urlopen('${url}', timeout=2)`];
  const node = ['-e', `fetch('${url}').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`];
  if (repository === 'python') return ['python', ...python];
  if (/(^|\/)distroless\/python3/.test(repository)) return ['python3', ...python];
  if (repository === 'node') return ['node', ...node];
  if (/(^|\/)distroless\/nodejs/.test(repository)) return ['/nodejs/bin/node', ...node];
  if (repository === 'oven/bun') return ['bun', ...node];
  if (repository === 'ruby') {
    return ['ruby', '-rnet/http', '-e', `exit Net::HTTP.get_response(URI('${url}')).is_a?(Net::HTTPSuccess)`];
  }
  if (repository !== 'php') return undefined;
  // PHP-FPM speaks FastCGI, not HTTP.
  return tag.includes('fpm')
    ? ['php', '-r', `exit(@fsockopen('127.0.0.1', ${port}) ? 0 : 1);`]
    : ['php', '-r', `exit(@file_get_contents('${url}') === false ? 1 : 0);`];
}
