import { describe, expect, it } from 'vitest';
import { withCloudFormationPolicies, withTerraformPolicies } from '../../scripts/role-policy.ts';
import { evaluate, unknown, type Value } from '../../src/stages/hygiene/terraform/evaluate.ts';
import { loadHclReader } from '../../src/stages/hygiene/terraform/hcl/parser.ts';
import { fileText } from './source-codes.ts';

const read = await loadHclReader();

/** What a reader of docs/iam.md would put in place of nothing: the example's own names. */
const EXAMPLE: Readonly<Record<string, string>> = {
  'local.partition': 'aws',
  'local.account': '123456789012',
  'var.region': 'us-east-1',
  'var.ecr_repository': 'dyno-agent',
  'var.cluster': 'dyno-agent-cluster',
  'var.service': 'dyno-agent-service',
  'var.log_group': '/ecs/dyno-agent',
  'var.role_name': 'deploy',
};

/** As JSON has it. */
const plain = (value: Value): unknown => {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
  return Array.isArray(value) ? value.map(plain) : value;
};

describe('docs/role/main.tf', () => {
  it.each(['deploy', 'check', 'rollback'])('has the policy of docs/iam.md for %s', (mode) => {
    const block =
      new RegExp(`<!-- policy: ${mode} -->\n\`\`\`json\n([\\s\\S]*?)\n\`\`\``).exec(
        fileText('docs/iam.md'),
      )?.[1] ?? '';
    const { blocks } = read(fileText('docs/role/main.tf'), () => true);
    const policies = blocks.find(({ type }) => type === 'locals')?.arguments.get('policies')?.value;
    const names = { ...EXAMPLE, 'var.role_name': mode === 'check' ? 'deploy-check' : 'deploy' };
    const value =
      policies &&
      evaluate(policies, (root, name) => new Map(Object.entries(names)).get(`${root}.${name}`) ?? unknown);
    expect((plain(value ?? unknown) as Record<string, unknown>)[mode]).toEqual(JSON.parse(block));
  });
});

it('throws where a template does not say where the policy goes, or the page has none', () => {
  const page = fileText('docs/iam.md');
  expect(() => withTerraformPolicies('locals {}\n', page)).toThrow('does not say where');
  expect(() => withCloudFormationPolicies(fileText('docs/role/deploy-role.yml'), '')).toThrow('no policy');
});
