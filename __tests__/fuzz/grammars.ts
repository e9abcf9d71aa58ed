import fc from 'fast-check';

/** A value that stands where secrets do, and nowhere else: no message may show it. */
export const MARKED = 'Zq7mXk9Lp2VtR4wB8sYc3nHd';

const oneOf = (...texts: readonly string[]) => fc.constantFrom(...texts);
/** Texts put together in order. */
const seq = (...parts: readonly (string | fc.Arbitrary<string>)[]) =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((all) => all.join(''));
const many = (part: fc.Arbitrary<string>, maxLength: number, by = '') =>
  fc.array(part, { maxLength }).map((all) => all.join(by));

const name = oneOf(
  'app',
  'api',
  'web',
  'db',
  'a',
  'A_B',
  'x-y',
  'worker.1',
  'ä',
  '__proto__',
  'constructor',
  'production',
  '',
);
const odd = oneOf(
  '',
  '${A}',
  '${A:-b}',
  '$A',
  '$$',
  '"a b"',
  "'c'",
  '`',
  '\\',
  '\u001b[31m',
  '::error::x',
  '*',
  '[',
  '{',
  '#',
  '~',
  '-1',
  '1e9',
  'null',
  'true',
  '\u2028',
  '\ufeff',
);
const image = oneOf(
  'python:3.13',
  'python:3.13-slim',
  'node',
  'postgres:latest',
  'scratch',
  'alpine@sha256:00',
  'a/b:c',
  '${BASE}',
  'grafana/grafana',
  'mcr.microsoft.com/windows:x',
  'redis',
  'ghcr.io/x/y:1',
  '$',
);

const program = oneOf(
  'pip install flask',
  'pip install -r requirements.txt',
  'apt-get update',
  'apt-get install -y curl gcc',
  'npm ci',
  'npm install',
  'apk add git',
  'npm run dev',
  'uvicorn main:app --reload',
  'flask run',
  'true',
  'cd /x',
  'exec gunicorn app',
  'sh -c "a; b"',
  'curl x | sh',
  'rm -rf /var/lib/apt/lists/*',
  'set -e',
  'useradd app',
  'pytest || true',
  'poetry install',
  'wget y',
);
const script = many(fc.oneof({ weight: 5, arbitrary: program }, odd), 5, ' && ');
const flag = oneOf(
  '',
  '',
  '',
  '--from=a ',
  '--from=0 ',
  '--chown=a:b ',
  '--mount=type=cache,target=/r ',
  '--mount=type=secret,id=x ',
  '--platform=$TARGETPLATFORM ',
  '--platform=linux/arm64 ',
  '--link ',
  '--interval=5s ',
  '--x ',
  '--',
);
const jsonWords = fc
  .array(fc.oneof(name, program, odd), { maxLength: 4 })
  .map((words) => JSON.stringify(words));
const newline = oneOf(
  '\n',
  '\n',
  '\n',
  '\r\n',
  ' \\\n',
  '\\\n\n# c\n',
  '\n\n',
  '\n# deploy-guard ignore=DG003 a reason\n',
  '\n# deploy-guard ignore=DG003\n',
);

const instruction = fc.oneof(
  seq('FROM ', flag, image, oneOf('', ' AS a', ' as b', ' AS', ' AS a b')),
  seq('RUN ', flag, script),
  seq('RUN <<', oneOf('EOF', '-EOF', '"EOF"', 'A <<B'), '\n', script, '\nEOF'),
  seq(oneOf('CMD ', 'ENTRYPOINT ', 'RUN ', 'SHELL ', 'HEALTHCHECK CMD '), jsonWords),
  seq(
    oneOf('CMD ', 'ENTRYPOINT ', 'HEALTHCHECK ', 'HEALTHCHECK NONE', 'HEALTHCHECK --interval=1s CMD '),
    script,
  ),
  seq(
    oneOf('COPY ', 'ADD '),
    flag,
    oneOf(
      '. .',
      'a b',
      'package.json /',
      '*.txt ./',
      '["a","b"]',
      'https://x/y /z',
      '<<EOF /f\nx\nEOF',
      '',
      '.',
    ),
    '',
  ),
  seq(
    oneOf('ENV ', 'ARG ', 'LABEL '),
    fc.oneof(
      seq(name, oneOf('=', ' ', ''), odd),
      fc.constant(`API_TOKEN=${MARKED}`),
      fc.constant(`DATABASE_URL=postgres://u:${MARKED}@db/x`),
    ),
  ),
  seq('ONBUILD ', oneOf('RUN x', 'COPY . .', 'ONBUILD RUN y', 'FROM x', '')),
  seq(
    oneOf('USER ', 'WORKDIR ', 'EXPOSE ', 'VOLUME ', 'STOPSIGNAL ', 'MAINTAINER ', '', 'XYZZY '),
    fc.oneof(name, odd, oneOf('root', '80', '8000/tcp', '0', '99999', '1-70000')),
  ),
);

/** A Dockerfile, mostly one that docker would build. */
export const dockerfileText = fc
  .tuple(
    oneOf(
      '',
      '',
      '# syntax=docker/dockerfile:1\n',
      '# escape=`\n',
      '#syntax=x/y\n',
      'ARG BASE=python:3.13\n',
    ),
    oneOf('FROM python:3.13 AS a\n', 'FROM node\n', ''),
    fc.array(fc.tuple(instruction, newline), { maxLength: 14 }),
  )
  .map(([head, from, lines]) => head + from + lines.map(([text, end]) => text + end).join(''));

/** A .dockerignore or a .gitignore. */
export const ignoreText = many(
  fc.oneof(
    oneOf(
      '.git',
      '*',
      '!app',
      '**/*.pyc',
      '.env*',
      '# c',
      '',
      '/',
      '..',
      '../x',
      '!',
      '!!a',
      '[a-z]',
      '[z-a]',
      '[',
      'a\\',
      '**',
      '**/**',
      'a/**/b',
      '*a*a*a*b',
      '?',
    ),
    name,
    odd,
  ),
  12,
  '\n',
);

const reference = oneOf(
  'var.a',
  'local.a',
  'local.b',
  'var.env',
  'aws_ecs_cluster.main.id',
  'each.key',
  'data.x.y.z',
  'module.m.out',
  'local.a[0]',
  'local.b["x"]',
  'var.a.b.c',
  'local.a[*].x',
);
const expression: fc.Arbitrary<string> = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      oneOf(
        '1',
        'true',
        'null',
        '"x"',
        '"production"',
        '0',
        '-1',
        '1e309',
        '"MUTABLE"',
        '"IMMUTABLE"',
        '7',
        '""',
        `"${MARKED}"`,
      ),
      reference,
      odd.map((text) => JSON.stringify(text)),
    ),
    seq('"', oneOf('a', '', '$${x}', '%{ if true }'), '${', tie('expression'), '}"'),
    seq('[', many(tie('expression'), 3, ', '), oneOf(']', ',]')),
    seq('{ a = ', tie('expression'), oneOf(', ', '\n'), '(local.a) = 1 }'),
    seq(
      oneOf('concat', 'merge', 'lookup', 'lower', 'tonumber', 'jsonencode', 'nosuch', '__proto__'),
      '(',
      many(tie('expression'), 3, ', '),
      oneOf(')', '...)'),
    ),
    seq(tie('expression'), oneOf(' == ', ' + ', ' && ', ' ? 1 : ', ' / ', ' % '), tie('expression')),
    seq('(', tie('expression'), ')'),
    seq('!', tie('expression')),
    seq('[for x in ', tie('expression'), ' : x if x != ""]'),
    seq('<<EOT\n', tie('expression'), '\nEOT\n'),
  ),
})).expression;
const ARGUMENTS = [
  'name',
  'count',
  'for_each',
  'desired_count',
  'image_tag_mutability',
  'multi_az',
  'backup_retention_period',
  'storage_encrypted',
  'password',
  'default',
  'sensitive',
  'type',
  'version',
  'required_version',
  'source',
  'tags',
  'deregistration_delay',
  'skip_final_snapshot',
  'identifier',
  'policy',
  'value',
  'minimum',
  'a',
  'b',
  'env',
];
const argument = seq(oneOf(...ARGUMENTS), ' = ', expression, '\n');
const nested = seq(
  oneOf(
    'lifecycle',
    'deployment_circuit_breaker',
    'health_check',
    'default_tags',
    'required_providers',
    'backend "s3"',
    'dynamic "health_check"',
    'setting',
  ),
  ' {\n',
  many(argument, 3),
  '}\n',
);
const block = seq(
  fc.oneof(
    seq(
      'resource "',
      oneOf(
        'aws_db_instance',
        'aws_ecr_repository',
        'aws_ecs_service',
        'aws_lb_target_group',
        'aws_rds_cluster',
        'aws_ecs_cluster',
        'aws_ecr_lifecycle_policy',
        'aws_appautoscaling_target',
        'aws_x',
      ),
      '" "',
      name,
      '"',
    ),
    seq(
      oneOf('variable', 'output', 'provider', 'module'),
      ' "',
      oneOf('a', 'b', 'env', 'db_password', 'aws', '__proto__'),
      '"',
    ),
    oneOf('locals', 'terraform', 'moved', 'check "x"'),
  ),
  oneOf(' {\n', ' {\n', ' {'),
  many(fc.oneof({ weight: 4, arbitrary: argument }, nested), 5),
  oneOf('}\n', '}\n', '}\n', '}', ''),
);

/** Terraform, mostly valid. */
export const hclText = many(
  fc.oneof(
    { weight: 8, arbitrary: block },
    oneOf('# c\n', '/* c */\n', '\n', '// deploy-guard ignore=DG040 why not\n'),
  ),
  6,
);

/** A file of values for Terraform. */
export const valuesText = many(seq(oneOf('a', 'b', 'env', 'db_password'), ' = ', expression, '\n'), 5);

/** Terraform in JSON. */
export const hclJsonText = fc
  .record(
    {
      resource: fc.dictionary(oneOf('aws_ecr_repository', 'aws_db_instance', 'x'), fc.jsonValue()),
      variable: fc.jsonValue(),
      locals: fc.jsonValue(),
      output: fc.jsonValue(),
      module: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  .map((json) => JSON.stringify(json, undefined, 1));

const scalar = fc.oneof(
  name,
  odd.map((text) => JSON.stringify(text)),
  oneOf(
    '~',
    '80',
    '"8000:80"',
    '127.0.0.1:1:1',
    '1.5',
    'no',
    '0o7',
    '2020-01-01',
    '*x',
    '!!str 1',
    '|\n          a\n',
    `"${MARKED}"`,
  ),
);
const flow = fc.oneof(
  scalar,
  many(scalar, 3, ', ').map((items) => `[${items}]`),
  many(seq(name, ': ', scalar), 3, ', ').map((items) => `{${items}}`),
  fc.constant('*x'),
);
const serviceKey = fc.oneof(
  seq('image: ', image),
  seq(
    oneOf(
      'build',
      'ports',
      'environment',
      'depends_on',
      'healthcheck',
      'env_file',
      'volumes',
      'extends',
      'network_mode',
      'expose',
      'command',
      'secrets',
    ),
    ': ',
    flow,
  ),
  oneOf(
    'build: .',
    'build: {context: .., dockerfile: Dockerfile, target: a}',
    'ports: ["5432:5432"]',
    'depends_on: [db]',
    'depends_on: {db: {condition: service_healthy}}',
    'healthcheck: {disable: true}',
    '<<: *x',
    '<<: [*x, *x]',
  ),
  seq(
    'environment: {POSTGRES_PASSWORD: ',
    oneOf('postgres', '${P:-postgres}', '${P}'),
    `, JWT_SECRET: ${MARKED}, URL: "postgres://u:${MARKED}@db.example.com/x"}`,
  ),
);

/** A Compose file. */
export const composeText = seq(
  oneOf('', '', 'x-x: &x {image: redis, ports: [1]}\n', 'x: &x\n  <<: *x\n', 'version: "3"\n', '---\n'),
  'services:\n',
  many(
    seq(
      oneOf('  db:\n', '  app:\n', '  &x y:\n', '  "a\\nb":\n', '  ? [q]\n  :\n', '  "\\e[31m": &x\n'),
      many(
        serviceKey.map((key) => `    ${key}\n`),
        6,
      ),
    ),
    5,
  ),
  oneOf('', 'volumes: {}\n', '...\n', '---\na: b\n'),
);

const step = fc.oneof(
  seq(
    '- uses: ',
    oneOf(
      'acme/deploy-guard@v1',
      'actions/checkout@v5',
      './',
      './.github/actions/x',
      'a/b@0123456789abcdef0123456789abcdef01234567',
      'docker://x',
      '',
    ),
  ),
  seq(
    '- run: ',
    fc.oneof(
      script.map((text) => JSON.stringify(text)),
      script.map((text) => `|\n          ${text}\n          flake8 || true`),
      oneOf('', '~', '[a]'),
    ),
  ),
  oneOf(
    '- {}',
    '- ~',
    '- x',
    '- *s',
    '- {name: a, run: "npm test | tee x", continue-on-error: true, id: t}',
    '- uses: aws-actions/configure-aws-credentials@v4\n        with: {aws-access-key-id: x}',
  ),
);
const jobKey = fc.oneof(
  oneOf(
    'runs-on: ubuntu-latest',
    'needs: [a, b]',
    'needs: a',
    'needs: 7',
    'permissions: write-all',
    'permissions: {}',
    'concurrency: {group: x, cancel-in-progress: true}',
    'timeout-minutes: 5',
    'timeout-minutes: "x"',
    'uses: ./.github/workflows/deploy.yml',
    'uses: ./.github/workflows/ci.yml',
    'uses: acme/deploy-guard/.github/workflows/deploy.yml@v1',
    'secrets: inherit',
    'continue-on-error: true',
    'services: {db: {image: postgres}}',
    'env: {A: b}',
    'strategy: {matrix: {a: [1]}}',
    'if: ${{ github.ref }}',
  ),
  seq(oneOf('with', 'env', 'services', 'runs-on', 'steps', 'needs', 'defaults'), ': ', flow),
);
const job = seq(
  '  ',
  oneOf('a', 'b', 'deploy', 'c d', '"x\\ny"', '7'),
  ':\n',
  many(
    jobKey.map((key) => `    ${key}\n`),
    4,
  ),
  oneOf('    steps:\n', '    steps: &s\n', ''),
  many(
    step.map((text) => `      ${text}\n`),
    4,
  ),
);

/** A workflow of GitHub Actions. */
export const workflowText = seq(
  oneOf(
    'on: push\n',
    'on: [pull_request, push]\n',
    'on:\n  workflow_call:\n',
    'on: {workflow_run: {workflows: [ci]}}\n',
    'name: ci\non: merge_group\n',
    '"on": 1\n',
  ),
  oneOf(
    '',
    'permissions: {contents: read}\n',
    'env: {A: b}\n',
    'defaults: {run: {shell: bash}}\n',
    'concurrency: x\n',
  ),
  'jobs:\n',
  many(job, 4),
  oneOf('', '  z:\n    steps:\n      - uses: acme/deploy-guard@v1\n'),
);

/** A file of environment variables. */
export const environmentText = many(
  fc.oneof(
    seq(
      oneOf('', 'export ', ' '),
      oneOf('API_TOKEN', 'PORT', 'SECRET_KEY', 'DATABASE_URL', 'APP_KEY', 'X_FILE', 'a.b', '1A'),
      oneOf('=', ' = ', ': ', ''),
      fc.oneof(odd, oneOf(MARKED, `"${MARKED}"`, `postgres://u:${MARKED}@h/x`, 'changeme', 'postgres', '')),
      oneOf('', ' # c', '   '),
    ),
    oneOf('# c', '', '###> symfony/framework-bundle ###', `-----BEGIN PRIVATE KEY-----`),
  ),
  10,
  '\n',
);
