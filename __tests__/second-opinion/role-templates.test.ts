import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateOpenIDConnectProviderCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { fileText, root } from '../docs/source-codes.ts';
import { query, startMoto } from './moto.ts';
import { findTool } from './tool.ts';

// What docs/getting-started.md lets people hand to AWS. Without the tools of .ci/tools this is skipped, and fails where
// stand-ins are refused (CI).
const cfnLint = findTool('deploy-guard-cfn-lint');
const moto = findTool('deploy-guard-moto');
const path = join(root, 'docs', 'role', 'deploy-role.yml');
const template = fileText('docs/role/deploy-role.yml');

function lint(file: string) {
  const { status, stdout, stderr, error } = spawnSync(cfnLint ?? '', ['--include-checks', 'I', '--', file], {
    encoding: 'utf8',
  });
  if (error) throw error;
  return { status, text: `${stdout}${stderr}` };
}

describe.skipIf(cfnLint === undefined)('cfn-lint', () => {
  it('has nothing to say about docs/role/deploy-role.yml', () => {
    expect(lint(path)).toEqual({ status: 0, text: '' });
  });

  it('finds what is wrong, so that its silence says something', () => {
    const folder = mkdtempSync(join(tmpdir(), 'deploy-guard-cfn-'));
    const file = join(folder, 'wrong.yaml');
    writeFileSync(file, template.replace('ClientIdList:', 'ClientIds:'));
    const found = lint(file);
    rmSync(folder, { recursive: true });
    expect(found.status).not.toBe(0);
    expect(found.text).toContain('ClientIds');
  });
});

const policyOf = (name: string): unknown =>
  JSON.parse(
    new RegExp(`<!-- policy: ${name} -->\n\`\`\`json\n([\\s\\S]*?)\n\`\`\``).exec(
      fileText('docs/iam.md'),
    )?.[1] ?? '',
  );
// moto keeps a policy that a stack brings as Python writes it; none here has an apostrophe.
const documentOf = (encoded: string | undefined): unknown =>
  JSON.parse(decodeURIComponent(encoded ?? '').replaceAll("'", '"'));

describe.skipIf(moto === undefined)('moto, given docs/role/deploy-role.yml', () => {
  it.each([
    ['deploy', 'deploy'],
    ['check', 'deploy-check'],
    ['rollback', 'deploy'],
  ])('makes the role of docs/iam.md for %s', async (mode, role) => {
    const { url, close } = await startMoto(moto ?? '');
    const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
    const iam = new IAMClient({ region: 'us-east-1', endpoint: url, credentials, maxAttempts: 1 });
    try {
      // moto's CloudFormation makes no such provider: here it is there already.
      await iam.send(
        new CreateOpenIDConnectProviderCommand({
          Url: 'https://token.actions.githubusercontent.com',
          ClientIDList: ['sts.amazonaws.com'],
        }),
      );
      const given = {
        GitHubSubject: 'repo:acme/dyno-agent:environment:production',
        EcrRepository: 'dyno-agent',
        Cluster: 'dyno-agent-cluster',
        Service: 'dyno-agent-service',
        LogGroup: '/ecs/dyno-agent',
        CreateProvider: 'false',
        Mode: mode,
        RoleName: role,
      };
      const parameters = Object.entries(given).flatMap(([key, value], index) => [
        [`Parameters.member.${index + 1}.ParameterKey`, key],
        [`Parameters.member.${index + 1}.ParameterValue`, value],
      ]);
      const about = { Version: '2010-05-15', StackName: 'deploy-guard-role' };
      await query(url, 'cloudformation', {
        Action: 'CreateStack',
        ...about,
        TemplateBody: template,
        'Capabilities.member.1': 'CAPABILITY_NAMED_IAM',
        ...(Object.fromEntries(parameters) as Record<string, string>),
      });
      const stack = await query(url, 'cloudformation', { Action: 'DescribeStacks', ...about });
      expect(stack).toContain(`<OutputValue>arn:aws:iam::123456789012:role/${role}</OutputValue>`);
      const { Role } = await iam.send(new GetRoleCommand({ RoleName: role }));
      expect(documentOf(Role?.AssumeRolePolicyDocument)).toEqual(policyOf('trust'));
      const { PolicyDocument } = await iam.send(
        new GetRolePolicyCommand({ RoleName: role, PolicyName: 'deploy' }),
      );
      expect(documentOf(PolicyDocument)).toEqual(policyOf(mode));
    } finally {
      iam.destroy();
      await close();
    }
  });
});

// Nothing here installs Terraform: it is asked where it is.
describe.skipIf(spawnSync('terraform', ['version']).error !== undefined)('terraform fmt', () => {
  it.each(['docs/role', 'examples/fastapi/infra'])('would change nothing in %s', (folder) => {
    const { status, stdout } = spawnSync('terraform', ['fmt', '-check', '-diff', '-recursive', folder], {
      cwd: root,
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});
