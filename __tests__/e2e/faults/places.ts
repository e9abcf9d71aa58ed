import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { success } from '../../../sandbox/scenarios/success.ts';
import { type DeployOptions, engineAccess } from '../deploy.ts';
import { type Case, SHORT_PUSH } from './matrix.ts';

/**
 * Addresses at which there is nobody to talk to: a port that was closed just now, a server that speaks no TLS, and one
 * that nobody vouches for.
 */
async function addresses(): Promise<Readonly<Record<string, URL>>> {
  const closed = createServer();
  const mute = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  const port = async (server: Server) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  };
  const unknown = createTlsServer(selfSigned(), (_, response) => response.writeHead(200).end('{}'));
  const [refusing, plain, selfSignedPort] = [await port(closed), await port(mute), await port(unknown)];
  await new Promise((resolve) => closed.close(resolve));
  mute.unref();
  unknown.unref();
  return {
    'connection refused': new URL(`http://127.0.0.1:${refusing}/`),
    'no such host': new URL('https://deploy-guard.invalid/'),
    'no TLS': new URL(`https://127.0.0.1:${plain}/`),
    'self-signed TLS': new URL(`https://127.0.0.1:${selfSignedPort}/`),
  };
}

/** A certificate for this machine that its own key has signed. */
function selfSigned(): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-guard-certificate-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject];
  execFileSync('openssl', made, { stdio: 'ignore' });
  const pair = { key: readFileSync(key), cert: readFileSync(cert) };
  rmSync(folder, { recursive: true });
  return pair;
}

const ways: Readonly<Record<string, (url: URL) => DeployOptions>> = {
  sts: (url) => ({ env: { AWS_ENDPOINT_URL_STS: url.href } }),
  ecr: (url) => ({ env: { AWS_ENDPOINT_URL_ECR: url.href } }),
  ecs: (url) => ({ env: { AWS_ENDPOINT_URL_ECS: url.href } }),
  logs: (url) => ({ env: { AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: url.href } }),
  registry: (url) => ({ scenario: { ...success, world: { ...success.world, registryHost: url.host } } }),
  slack: (url) => ({ inputs: { 'slack-webhook-url': `${url.href}services/T000/B000/XXXX` } }),
  iam: (url) => ({ env: { AWS_ENDPOINT_URL_IAM: url.href } }),
  'health URL': (url) => ({
    inputs: { 'health-check-urls': url.href, 'health-check-timeout-seconds': '2' },
  }),
  github: (url) => ({ inputs: { environment: 'production' }, env: { GITHUB_API_URL: `${url.href}api/v3` } }),
};

/** What a `docker` does that fails in the middle of a push. */
const engineFaults: Readonly<Record<string, string>> = {
  'says 0 and pushes nothing': 'exit 0',
  'killed in the push': 'kill -9 $$',
  'daemon gone in the push':
    'echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?" >&2; exit 1',
  'hangs in the push': 'exec sleep 600',
  'disk full in the push': 'echo "write /var/lib/docker/tmp/x: no space left on device" >&2; exit 1',
};

/** A folder whose `docker` is the real one, but for its push. */
function faultyDocker(push: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-guard-faulty-docker-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'docker');
  const script = `#!/bin/sh\nif [ "$1" = push ]; then ${push}; fi\nPATH=\${PATH#*faulty-docker-*:}\nexec docker "$@"\n`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  return folder;
}

/** Runs in which a whole service is out of reach, or the container engine fails under way. */
export async function places(): Promise<readonly Case[]> {
  const urls = Object.entries(await addresses());
  const unreachable = Object.entries(ways).flatMap(([row, way]) =>
    urls.map(([column, url]) => ({ group: 'places', row, column, faulty: row, options: way(url) })),
  );
  const engine = Object.entries(engineFaults).map(([column, push]) => ({
    group: 'engine',
    row: 'docker',
    column,
    faulty: 'docker',
    options: { run: { path: [faultyDocker(push), ...engineAccess.path] }, env: SHORT_PUSH },
  }));
  return [...unreachable, ...engine];
}
