import fc from 'fast-check';
import { INPUTS, type InputName } from '../../src/stages/inputs/schema.ts';
import { hostileText } from '../stages/report/hostile-text.ts';

/** Values that are right for some input, so that what hangs on several of them is reached. */
const RIGHT: Partial<Readonly<Record<InputName, readonly string[]>>> = {
  mode: ['deploy', 'check', 'rollback'],
  'aws-region': ['us-east-1', 'cn-north-1', 'eu-west-9', 'us-gov-west-1'],
  'role-to-assume': ['arn:aws:iam::123456789012:role/deploy', 'arn:aws-cn:iam::123456789012:role/a/b'],
  'role-chaining': ['true', 'FALSE'],
  'role-duration-seconds': ['900', '43200', '3600.5'],
  'http-proxy': ['proxy:3128', 'http://u:p%zz@proxy', 'http://[::1]:1'],
  'no-proxy': ['*', 'localhost,.example'],
  'allowed-account-ids': ['123456789012', '12345'],
  'required-secrets': [
    'JWT_SECRET min=32 unique',
    'A\nB strong',
    'A min=-1',
    'A min=9e9',
    '__proto__',
    'A A',
  ],
  'ecr-repository': [
    'dyno-agent',
    '123456789012.dkr.ecr.us-east-1.amazonaws.com/dyno-agent',
    'localhost/app',
    'a//b',
  ],
  'image-tag': ['v1', `sha256:${'a'.repeat(64)}`, 'a'.repeat(40), '.x'],
  'latest-tag': ['false', 'latest', 'stable'],
  'extra-tags': ['v1\nv2', 'latest', 'v1,v1'],
  context: ['.', '..', '/', 'app', 'https://github.com/a/b.git', '-', './app/../..'],
  file: ['Dockerfile', '../Dockerfile', '/dev/zero', 'app', '', 'compose.yaml'],
  target: ['a', '0', '__proto__'],
  'build-args': ['A=1\nB=2', '=x', 'A'],
  labels: ['a=b', 'deploy-guard.inputs=x'],
  platforms: ['linux/amd64', 'linux/amd64,linux/arm64', 'windows', 'linux/'],
  secrets: ['id=x', 'a=b\na=c'],
  'secret-envs': ['a=JWT_SECRET', 'a=__proto__'],
  'secret-files': ['a=.env', 'a=/dev/zero', 'a=/nowhere'],
  engine: ['docker', 'podman', 'nerdctl'],
  cluster: [
    'default',
    'arn:aws:ecs:us-east-1:123456789012:cluster/main',
    'arn:aws:ecs:eu-west-1:999999999999:cluster/x',
  ],
  service: ['web', 'web,api', 'arn:aws:ecs:us-east-1:123456789012:service/main/web', 'web,web'],
  rollout: ['force', 'pin'],
  'task-definition': [
    'app:7',
    'task.json',
    'compose.yaml.json',
    '/dev/null.json',
    'arn:aws:ecs:us-east-1:1:task-definition/x:1',
  ],
  'container-name': ['web', '__proto__'],
  'pre-deploy-command': ['alembic upgrade head', '["a","b"]', '[1]', '"', '[]', "sh -c 'a"],
  'wait-for-minutes': ['0', '1440', '0.001', '-1'],
  'on-failure': ['rollback', 'report'],
  'health-check-urls': [
    'https://a.example = 200-299 ~ ok',
    'http://127.0.0.1:1/',
    'https://a = 500-100',
    'x y',
    `https://a ~ ${'\t'.repeat(9_000)}`,
  ],
  'health-check-timeout-seconds': ['1', '3600', '0'],
  hygiene: ['fail', 'off', 'warn'],
  'hygiene-ignore': ['DG008 # why', 'DG025 a/**', 'DG999', 'DG001 [z-a]', '**'],
  'sarif-file': ['out.sarif', '../out.sarif', '/tmp', '.git/x', 'a/b/c.sarif'],
  'slack-notify': ['never', 'always'],
  environment: ['production', '::error::x'],
  'environment-url': ['https://x.example', 'javascript:1'],
};

const names = Object.keys(INPUTS) as InputName[];

const valueFor = (name: InputName) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('', ...(RIGHT[name] ?? ['x'])) },
    { weight: 1, arbitrary: hostileText },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '${{ x }}',
        '__proto__',
        '[',
        '9'.repeat(400),
        'a'.repeat(100_000),
        '\n'.repeat(50_000),
        'a,'.repeat(40_000),
        '= \n'.repeat(20_000),
      ),
    },
  );

type Inputs = Partial<Record<InputName, string>>;

/** What a workflow gives for inputs: a few that may be odd, or nearly all there are. */
export const oddInputs: fc.Arbitrary<Inputs> = fc
  .oneof(fc.subarray(names, { minLength: 1, maxLength: 4 }), fc.subarray(names, { minLength: 30 }))
  .chain((some) => fc.record(Object.fromEntries(some.map((name) => [name, valueFor(name)]))));
