import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../sandbox/sandbox.ts';
import { changes, deploy } from './deploy.ts';
import { type Refusal, refused } from './refusal.ts';

const ROLE = { 'role-to-assume': 'arn:aws:iam::123456789012:role/deploy', 'role-chaining': 'true' } as const;
const NO_KEYS = {
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_EC2_METADATA_DISABLED: 'true',
} as const;
const SESSION = {
  AWS_ACCESS_KEY_ID: 'ASIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
} as const;

const homes: string[] = [];
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true });
});

/** The variables that lead the SDK to shared files of these texts. */
function sharedFiles(config: string, credentials = ''): Readonly<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-guard-aws-'));
  homes.push(folder);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config'), config);
  writeFileSync(join(folder, 'credentials'), credentials);
  return {
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
  };
}

function refuse(operation: string, code: string, message: string, status = 403): Fault {
  return { service: 'sts', operation, kind: 'refuse', error: { code, message, status } };
}

const refusals: readonly Refusal[] = [
  {
    name: 'a region of the environment that is none',
    inputs: { 'aws-region': '' },
    env: { AWS_REGION: 'US-EAST-1' },
    codes: ['DG101'],
    says: ['The variable AWS_REGION is not a region', '– identity   not checked: the region is not valid'],
  },
  {
    name: 'a session that lasts half a second',
    inputs: { ...ROLE, 'role-duration-seconds': '1800.5' },
    codes: ['DG101'],
    says: ['`role-duration-seconds` is a whole number of seconds'],
  },
  {
    name: 'a session token in quotes',
    env: { ...SESSION, AWS_SESSION_TOKEN: '"IQoJb3JpZ2luX2VjEXAMPLE"' },
    codes: ['DG126'],
    says: ['AWS_SESSION_TOKEN stands in quotes'],
    never: ['IQoJb3JpZ2luX2VjEXAMPLE'],
  },
  {
    name: 'a session token of another session',
    env: { ...SESSION, AWS_SESSION_TOKEN: 'IQoJb3JpZ2luX2VjEXAMPLE' },
    codes: ['DG202'],
    says: ['together with its session token'],
  },
  {
    name: 'a profile with a key that AWS does not know',
    env: {
      ...NO_KEYS,
      AWS_PROFILE: 'production',
      ...sharedFiles(
        '[profile production]\n',
        `[production]\naws_access_key_id=AKIAIOSFODNN7EXAMPLE\naws_secret_access_key=${SESSION.AWS_SECRET_ACCESS_KEY}\n`,
      ),
    },
    codes: ['DG202'],
    says: ['the access key that AWS_PROFILE leads to', 'the credentials of the profile production'],
  },
  {
    name: 'credentials that have expired',
    sandbox: { faults: [refuse('GetCallerIdentity', 'ExpiredToken', 'The security token is expired')] },
    codes: ['DG204'],
    says: ['with `role-to-assume` this action gets them itself'],
  },
  {
    name: 'credentials that have expired, for a role by chaining',
    inputs: ROLE,
    sandbox: { faults: [refuse('AssumeRole', 'ExpiredToken', 'The security token is expired')] },
    codes: ['DG204'],
    says: ['or assume the role by OIDC'],
  },
  {
    name: 'a clock that is wrong, and no time in the answers to go by',
    sandbox: {
      faults: [
        refuse(
          'GetCallerIdentity',
          'SignatureDoesNotMatch',
          'Signature expired: 20260115T100500Z is now earlier than 20260115T102000Z (20260115T102500Z - 5 min.)',
        ),
      ],
    },
    codes: ['DG212'],
    says: ['timedatectl set-ntp true'],
  },
  {
    name: 'a refusal that nobody expects',
    sandbox: { faults: [refuse('GetCallerIdentity', 'InvalidAction', 'Something new', 400)] },
    codes: ['DG213'],
    says: ['AWS refused to say whose credentials these are (InvalidAction', 'AWS said: Something new'],
  },
  {
    name: 'STS out of order',
    sandbox: { faults: [{ service: 'sts', operation: 'GetCallerIdentity', kind: '500' }] },
    codes: ['DG209'],
    says: ['gives no usable answer'],
    never: ["can't be reached"],
  },
  {
    name: 'an address of ~/.aws/config in the clear',
    env: { AWS_ENDPOINT_URL: undefined, ...sharedFiles('[default]\nendpoint_url = http://10.1.2.3\n') },
    codes: ['DG105'],
    says: ['`endpoint_url` of the profile default'],
  },
  {
    name: 'an address of one service in ~/.aws/config in the clear',
    env: {
      AWS_ENDPOINT_URL: undefined,
      ...sharedFiles(
        '[default]\nservices = own\n[services own]\necs =\n  endpoint_url = http://ecs.example.com\n',
      ),
    },
    codes: ['DG105'],
    says: ['`endpoint_url` of the profile default'],
  },
];

describe.concurrent.each(refusals)('$name', (refusal) => {
  it('is refused with its code and fix before anything is built or changed', async ({ expect }) => {
    await refused(refusal, expect);
  });
});

describe('an account that is not allowed', () => {
  it('is the one problem, whatever that account lacks', async () => {
    await refused(
      {
        name: 'another account',
        inputs: {
          'allowed-account-ids': '210987654321',
          cluster: 'elsewhere',
          'ecr-repository': 'elsewhere',
        },
        codes: ['DG205'],
        says: ['– service    not checked: the account is not an allowed one'],
      },
      expect,
    );
  });
});

describe('a profile with a role', () => {
  it('that may not be assumed is told as that', async () => {
    const env: Record<string, string | undefined> = { ...NO_KEYS, AWS_PROFILE: 'production' };
    const { run } = await deploy({
      inputs: { mode: 'check' },
      env,
      before: (sandbox) => {
        const { AWS_ACCESS_KEY_ID: id = '', AWS_SECRET_ACCESS_KEY: secret = '' } = sandbox.env();
        const config =
          '[profile production]\nrole_arn=arn:aws:iam::123456789012:role/nobody\nsource_profile=base\n';
        const keys = `[base]\naws_access_key_id=${id}\naws_secret_access_key=${secret}\n`;
        Object.assign(env, sharedFiles(config, keys));
      },
    });
    expect(run.outputs['failure-code'], run.log).toBe('DG218');
    expect(run.log).toContain('AWS refuses the credentials of its role (sts:AssumeRole is denied)');
  });
});

describe('a run whose clock is wrong', () => {
  it('goes by the time of AWS, with every service', async () => {
    const preload = `data:text/javascript,${encodeURIComponent(
      'const D=Date;const by=-20*60000;globalThis.Date=class extends D{constructor(...a){a.length?super(...a):super(D.now()+by)}static now(){return D.now()+by}};',
    )}`;
    const deployed = await deploy({
      inputs: { mode: 'check' },
      env: { NODE_OPTIONS: `--import=${preload}` },
    });
    expect(deployed.run.outputs['result'], deployed.run.log).toBe('checked');
    expect(deployed.run.log).not.toContain('DG548');
    expect(changes(deployed)).toEqual([]);
  });
});

describe('container credentials', () => {
  let server: Server;
  let answer: () => { readonly status: number; readonly body: object };
  beforeAll(async () => {
    server = createServer((_, response) => {
      const { status, body } = answer();
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  const inContainer = async (inMinutes: number, inputs: Readonly<Record<string, string>> = {}) => {
    const { port } = server.address() as AddressInfo;
    return await deploy({
      inputs: { mode: 'check', ...inputs },
      env: { ...NO_KEYS, AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/credentials` },
      speed: 1,
      before: async (sandbox) => {
        const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } =
          sandbox.env();
        const client = new STSClient({
          region: 'us-east-1',
          endpoint: sandbox.url,
          credentials: { accessKeyId, secretAccessKey },
        });
        const { Credentials } = await client.send(
          new AssumeRoleCommand({ RoleArn: ROLE['role-to-assume'], RoleSessionName: 'container' }),
        );
        client.destroy();
        const body = {
          AccessKeyId: Credentials?.AccessKeyId,
          SecretAccessKey: Credentials?.SecretAccessKey,
          Token: Credentials?.SessionToken,
          Expiration: new Date(Date.now() + inMinutes * 60_000).toISOString(),
        };
        answer = () => ({ status: 200, body });
      },
    });
  };

  it('are used, and said to end too soon where they do', async () => {
    const { run } = await inContainer(120);
    expect(run.outputs['result'], run.log).toBe('checked');
    expect(run.log).not.toContain('DG211');
    const soon = await inContainer(20);
    expect(soon.run.log).toMatch(/DG211 The credentials expire in (19|20) min, before the 30 min/);
  });

  it('that a role is chained to are watched for their end, not the session that they give', async () => {
    const { run } = await inContainer(20, { ...ROLE, 'wait-for-minutes': '90' });
    expect(run.outputs['result'], run.log).toBe('checked');
    expect(run.log).toMatch(
      /DG211 The credentials that the role is assumed with expire in (19|20) min: the role can be renewed with them for (59|60) min in all, and `wait-for-minutes` is 90/,
    );
    const short = await inContainer(20, { ...ROLE, 'wait-for-minutes': '30' });
    expect(short.run.log).not.toContain('DG211');
  });

  it('that are not there are told by their address', async () => {
    answer = () => ({ status: 404, body: {} });
    const { port } = server.address() as AddressInfo;
    await refused(
      {
        name: 'no container credentials',
        env: { ...NO_KEYS, AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/nothing` },
        codes: ['DG218'],
        says: [`the container credentials at http://127.0.0.1:${port}/nothing`],
      },
      expect,
    );
  });
});
