import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/finding.ts';
import { readConfig } from '../../../src/stages/inputs/read-config.ts';
import { INPUTS, type InputName } from '../../../src/stages/inputs/schema.ts';
import { secretsOf } from '../../../src/stages/inputs/secrets-of.ts';
import { ENOUGH, environmentOf } from './environment.ts';

const names = Object.keys(INPUTS) as InputName[];

/** Inputs whose value is, or may hold, a secret. */
const SECRET_INPUTS = [
  'aws-access-key-id',
  'aws-secret-access-key',
  'aws-session-token',
  'build-args',
  'secrets',
  'secret-envs',
  'secret-files',
  'http-proxy',
  'slack-webhook-url',
  'github-token',
  'required-secrets',
] as const satisfies readonly InputName[];

function read(inputs: Partial<Record<InputName, string>>, environment: Record<string, string> = {}) {
  return readConfig(environmentOf({ ...ENOUGH, ...inputs }, environment));
}

function textOf(findings: readonly Finding[]): string {
  return JSON.stringify(findings);
}

describe('readConfig', () => {
  it('has nothing to say about the least inputs', () => {
    expect(read({}).findings).toEqual([]);
  });

  it('gives the defaults of CONTRACT', () => {
    const { config } = read({});
    expect(config).toMatchObject({
      mode: 'deploy',
      region: 'us-east-1',
      allowedAccountIds: [],
      secretRules: [],
      image: { repository: 'dyno-agent', tag: undefined, latestTag: 'latest', extraTags: [], reuse: true },
      build: { context: '.', file: undefined, pull: false, noCache: false, buildArgs: [], platforms: [] },
      ecs: { cluster: 'default', services: ['dyno-agent-service'], waitMinutes: 30, failFast: true },
      healthChecks: { targets: [], timeoutMs: 60_000 },
      slack: { webhookUrl: undefined, notify: 'always' },
      credentials: {
        keys: undefined,
        role: undefined,
        chaining: false,
        durationSeconds: 3600,
        audience: 'sts.amazonaws.com',
      },
    });
  });

  it('names both required inputs where nothing is set', () => {
    const { findings } = readConfig({});
    expect(findings.map(({ code }) => code)).toEqual(['DG102', 'DG102']);
    expect(findings[0]?.title).toContain('`ecr-repository`');
    expect(findings[1]?.title).toContain('`service`');
  });

  it('reports a wrong value alone, not as a missing one too', () => {
    const { findings } = read({ service: 'two words', 'ecr-repository': 'UPPER' });
    expect(findings.map(({ code }) => code)).toEqual(['DG101', 'DG101']);
  });

  it('reports all problems together', () => {
    const { findings } = read({
      mode: 'x',
      'wait-for-minutes': 'long',
      service: 'a,a',
      'fail-fast': 'maybe',
    });
    const said = findings.map(({ title }) => /`([^`]+)`/.exec(title)?.[1]).sort();
    expect(said).toEqual(['fail-fast', 'mode', 'service', 'wait-for-minutes']);
  });

  it.each<readonly [string, Record<string, string>, string | undefined]>([
    ['the input', { AWS_REGION: 'eu-west-1' }, 'us-east-1'],
  ])('takes the region from %s first', (_, environment, region) => {
    expect(read({}, environment).config.region).toBe(region);
  });

  it.each([
    [{ AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' }, 'eu-west-1'],
    [{ AWS_DEFAULT_REGION: 'eu-west-2' }, 'eu-west-2'],
    [{ AWS_REGION: '  ', AWS_DEFAULT_REGION: 'eu-west-2' }, 'eu-west-2'],
    [{}, undefined],
  ])('takes the region of the environment %j', (environment: Record<string, string>, region) => {
    expect(read({ 'aws-region': '' }, environment).config.region).toBe(region);
  });

  it('takes the webhook of the input, else SLACK_WEBHOOK_URL', () => {
    const environment = { SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/E' };
    expect(read({}, environment).config.slack.webhookUrl).toBe('https://hooks.slack.com/services/E');
    const own = 'https://hooks.slack.com/services/I';
    expect(read({ 'slack-webhook-url': own }, environment).config.slack.webhookUrl).toBe(own);
    expect(read({ 'slack-webhook-url': '' }).config.slack.webhookUrl).toBeUndefined();
  });

  it.each([
    [{ HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'http://b:1' }, 'http://a:1'],
    [{ http_proxy: 'http://c:1' }, 'http://c:1'],
  ])('takes the proxy of the environment %j', (environment: Record<string, string>, proxy) => {
    expect(read({}, environment).config.proxy.http).toBe(proxy);
    expect(read({ 'http-proxy': 'http://own:1' }, environment).config.proxy.http).toBe('http://own:1');
  });

  it.each([
    ['dyno-agent', 'dyno-agent', undefined],
    ['team/dyno-agent', 'team/dyno-agent', undefined],
    [
      '123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app',
      'team/app',
      { host: '123456789012.dkr.ecr.us-east-1.amazonaws.com', accountId: '123456789012' },
    ],
    [
      '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/app',
      'app',
      { host: '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', accountId: '123456789012' },
    ],
    [
      '123456789012.dkr-ecr.us-east-1.on.aws/app',
      'app',
      { host: '123456789012.dkr-ecr.us-east-1.on.aws', accountId: '123456789012' },
    ],
    ['127.0.0.1:5000/app', 'app', { host: '127.0.0.1:5000', accountId: undefined }],
    ['localhost/app', 'app', { host: 'localhost', accountId: undefined }],
  ])('takes `ecr-repository: %s` apart', (given, repository, registry) => {
    expect(read({ 'ecr-repository': given }).config.image).toMatchObject({ repository, registry });
  });

  it.each([
    ['aws-access-key-id', 'aws-secret-access-key'],
    ['aws-secret-access-key', 'aws-access-key-id'],
  ] as const)('does not take %s without %s', (given, missing) => {
    const { config, findings } = read({ [given]: 'AKIAIOSFODNN7EXAMPLE' });
    expect(config.credentials.keys).toBeUndefined();
    expect(findings.map(({ code }) => code)).toEqual(['DG104']);
    expect(findings[0]?.title).toContain(`\`${missing}\` is empty`);
    expect(textOf(findings)).not.toContain('AKIAIOSFODNN7EXAMPLE');
  });

  it.each([
    [
      '\u001b[31mred\u0000',
      'Input `slack-notify` is one of `always`, `failure`, `success`, `never`, not `red`.',
    ],
    ['\u0000', 'Input `slack-notify` is one of `always`, `failure`, `success`, `never`.'],
  ])('shows the value %j without what acts on a terminal', (text, title) => {
    expect(read({ 'slack-notify': text }).findings.map((finding) => finding.title)).toEqual([title]);
  });

  it('can not be changed afterwards', () => {
    expect(Object.isFrozen(read({}).config)).toBe(true);
  });

  it('never throws, whatever the inputs and the environment hold', () => {
    const anyInputs = fc.record(
      Object.fromEntries(names.map((name) => [name, fc.string({ unit: 'binary', maxLength: 60 })])),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(anyInputs, fc.dictionary(fc.string(), fc.string()), (inputs, environment) => {
        const { config, findings } = readConfig(environmentOf(inputs, environment));
        secretsOf(config);
        for (const { code, title, fix } of findings) {
          expect(code).toMatch(/^DG1\d\d$/);
          expect(title).not.toContain('\n');
          expect(fix).not.toBe('');
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(names)('%s: a value that is not valid gives one DG101, which names the input', (name) => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const wrong = read({ [name]: text }).findings.filter(({ code }) => code === 'DG101');
        for (const { title } of wrong) expect(title).toContain(`\`${name}\``);
        expect(wrong.length).toBeLessThanOrEqual(name === 'health-check-urls' ? 40 : 1);
      }),
      { numRuns: 60 },
    );
  });

  it.each(SECRET_INPUTS)('%s: what it holds is never repeated', (name) => {
    const value = fc
      .string({ unit: 'grapheme-ascii', minLength: 3, maxLength: 30 })
      .map((text) => `Ω${text}Ω`);
    const written = fc.oneof(
      value,
      value.map((text) => `${text}\n=x\nA B C`),
      value.map((text) => `A_NAME ${text}`),
    );
    fc.assert(
      fc.property(written, (text) => {
        expect(textOf(read({ [name]: text }).findings)).not.toContain('Ω');
      }),
      { numRuns: 100 },
    );
  });

  it.each<Partial<Record<InputName, string>>>([
    { mode: 'rollback' },
    { rollout: 'pin' },
    { 'task-definition': 'dyno-agent:7' },
    { 'pre-deploy-command': 'migrate' },
    { 'on-failure': 'rollback' },
    { engine: 'podman' },
  ])('honours %j, and does not ignore it', (inputs) => {
    expect(read(inputs).findings).toEqual(read({}).findings);
    expect(JSON.stringify(read(inputs).config)).not.toBe(JSON.stringify(read({}).config));
  });
});

describe('secretsOf', () => {
  it('knows every secret that the configuration holds', () => {
    const { config } = read(
      {
        'aws-access-key-id': 'AKIAIOSFODNN7EXAMPLE',
        'aws-secret-access-key': 'the-key',
        'aws-session-token': 'the-token',
        'slack-webhook-url': 'https://hooks.slack.com/services/T/B/X',
        secrets: 'npm=the-npm-token',
        'secret-envs': 'pip=PIP_TOKEN',
        'required-secrets': 'JWT_SECRET',
        'github-token': 'ghs_1',
        'http-proxy': 'http://me:p%40ss@proxy:3128',
      },
      {
        PIP_TOKEN: 'the-pip-token',
        JWT_SECRET: 'the-jwt',
        AWS_SECRET_ACCESS_KEY: 'env-key',
        AWS_SESSION_TOKEN: 'env-token',
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'the-request-token',
        ACTIONS_RUNTIME_TOKEN: 'the-runtime-token',
        GITHUB_TOKEN: 'ghp_2',
        GH_TOKEN: 'ghp_3',
        AWS_CONTAINER_AUTHORIZATION_TOKEN: 'the-container-token',
      },
    );
    expect([...secretsOf(config)].sort()).toEqual(
      expect.arrayContaining([
        'the-key',
        'the-token',
        'https://hooks.slack.com/services/T/B/X',
        '/services/T/B/X',
        'the-request-token',
        'the-runtime-token',
        'ghp_2',
        'ghp_3',
        'the-container-token',
        'the-npm-token',
        'the-pip-token',
        'the-jwt',
        'ghs_1',
        'p@ss',
        'env-key',
        'env-token',
      ]),
    );
  });

  it('bears a proxy password that is not percent-encoded', () => {
    const { config } = read({ 'http-proxy': 'http://me:100%@proxy:3128' });
    expect(secretsOf(config)).toContain('100%');
  });

  it('knows the tokens in the query of a health-check URL, and leaves the rest of it readable', () => {
    const { config } = read({
      'health-check-urls':
        'https://a.example/health?verbose=detailed&key=true&access_token=q7Rz%2B2mV9x&code=Tm9wYXNz&sig=a%zz9xKp4 ~ ok',
    });
    const secrets = secretsOf(config);
    expect(secrets).toEqual(expect.arrayContaining(['q7Rz%2B2mV9x', 'q7Rz+2mV9x', 'Tm9wYXNz', 'a%zz9xKp4']));
    for (const word of ['detailed', 'true']) expect(secrets).not.toContain(word);
  });

  it('knows the password in a health-check URL, and repeats none of a line that is not valid', () => {
    const { config } = read({ 'health-check-urls': 'https://me:s3cret-pass@a.example/health = 200' });
    expect(secretsOf(config)).toContain('s3cret-pass');
    const { findings } = read({ 'health-check-urls': 'https://me:s3cret-pass@a.example/health = good' });
    expect(textOf(findings)).toContain('DG101');
    expect(textOf(findings)).not.toContain('s3cret-pass');
  });

  it('takes no word of the log for the secret path of a webhook', () => {
    const { config } = read({ 'slack-webhook-url': 'https://hooks.slack.com/services' });
    expect(secretsOf(config)).toEqual(['https://hooks.slack.com/services']);
  });

  it('leaves out what is unset or blank', () => {
    const { config } = read({ 'required-secrets': 'A\nB\nC' }, { A: '', B: '  \n' });
    expect(secretsOf(config)).toEqual([]);
  });
});
