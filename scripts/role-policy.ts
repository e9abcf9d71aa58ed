// The policies of docs/iam.md, one for each mode, in the templates of docs/role/ that make the role.
import { stringify } from 'yaml';

type Json = string | readonly Json[] | { readonly [key: string]: Json };

interface Policy {
  readonly Version: string;
  readonly Statement: readonly { readonly [key: string]: Json }[];
}

/** What stands in the page for what each reader has to replace, in the order in which it is replaced. */
type Names = readonly (readonly [example: string, reference: string])[];

const TERRAFORM: Names = [
  ['arn:aws:', 'arn:${local.partition}:'],
  ['us-east-1', '${var.region}'],
  ['123456789012', '${local.account}'],
  ['/ecs/dyno-agent', '${var.log_group}'],
  ['dyno-agent-cluster', '${var.cluster}'],
  ['dyno-agent-service', '${var.service}'],
  ['repository/dyno-agent', 'repository/${var.ecr_repository}'],
  ['role/deploy-check', 'role/${var.role_name}'],
  ['role/deploy', 'role/${var.role_name}'],
];

const CLOUDFORMATION: Names = [
  ['arn:aws:', 'arn:${AWS::Partition}:'],
  ['us-east-1', '${AWS::Region}'],
  ['123456789012', '${AWS::AccountId}'],
  ['/ecs/dyno-agent', '${LogGroup}'],
  ['dyno-agent-cluster', '${Cluster}'],
  ['dyno-agent-service', '${Service}'],
  ['repository/dyno-agent', 'repository/${EcrRepository}'],
  ['role/deploy-check', 'role/${RoleName}'],
  ['role/deploy', 'role/${RoleName}'],
];

/** docs/role/main.tf with the policies of docs/iam.md. Throws where a marker is missing, there or in the page. */
export function withTerraformPolicies(template: string, page: string): string {
  const policies = Object.fromEntries(MODES.map((mode) => [mode, named(policyOf(mode, page), TERRAFORM)]));
  return between(template, `  policies = ${hcl(policies, '  ')}\n`);
}

/** docs/role/deploy-role.yml with the policies of docs/iam.md. Throws where a marker is missing, there or in the page. */
export function withCloudFormationPolicies(template: string, page: string): string {
  const [deploy, check, rollback] = MODES.map((mode) =>
    substituted(named(policyOf(mode, page), CLOUDFORMATION)),
  );
  if (!deploy || !check || !rollback) throw new Error('each mode has a policy');
  const policy = { 'Fn::If': ['Checks', check, { 'Fn::If': ['RollsBack', rollback, deploy] }] };
  // YAML 1.1, as AWS reads it: a date that is meant as text is quoted.
  const yaml = stringify(policy, { lineWidth: 0, version: '1.1', aliasDuplicateObjects: false });
  return between(template, yaml.replaceAll(/^(?=.)/gm, ' '.repeat(12)));
}

const MODES = ['deploy', 'check', 'rollback'] as const;

function policyOf(mode: string, page: string): Json {
  const [, block] = new RegExp(`<!-- policy: ${mode} -->\n\`\`\`json\n([\\s\\S]*?)\n\`\`\``).exec(page) ?? [];
  if (block === undefined) throw new Error(`docs/iam.md has no policy "${mode}"`);
  return JSON.parse(block) as Policy as unknown as Json;
}

/** The same with the reader's names in place of the example's, in keys and values. */
function named(value: Json, names: Names): Json {
  if (typeof value === 'string') {
    return names.reduce((text, [example, reference]) => text.replaceAll(example, reference), value);
  }
  if (isList(value)) return value.map((item) => named(item, names));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, named(item, names)]));
}

/** As CloudFormation puts names in: only what says `Fn::Sub` is looked through. */
function substituted(value: Json): Json {
  if (typeof value === 'string') return value.includes('${') ? { 'Fn::Sub': value } : value;
  if (isList(value)) return value.map(substituted);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substituted(item)]));
}

/** As `terraform fmt` lays it out: what fits a line is aligned with its neighbours that do. */
function hcl(value: Json, indent: string): string {
  if (typeof value === 'string') return JSON.stringify(value);
  const deeper = `${indent}  `;
  if (isList(value)) {
    return `[\n${value.map((item) => `${deeper}${hcl(item, deeper)},\n`).join('')}${indent}]`;
  }
  const entries = Object.entries(value).map(([key, item]) => {
    const name = /^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key);
    return { name, text: hcl(item, deeper) };
  });
  const isShort = (index: number) => entries[index] !== undefined && !entries[index].text.includes('\n');
  const width = (index: number): number => {
    if (!isShort(index)) return 0;
    let [from, to] = [index, index];
    while (isShort(from - 1)) from -= 1;
    while (isShort(to + 1)) to += 1;
    return Math.max(...entries.slice(from, to + 1).map(({ name }) => name.length));
  };
  const lines = entries.map(({ name, text }, index) => `${deeper}${name.padEnd(width(index))} = ${text}\n`);
  return `{\n${lines.join('')}${indent}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function between(template: string, text: string): string {
  const open = /^ *# The policies of docs\/iam\.md\.\n/m.exec(template);
  const from = open ? open.index + open[0].length : -1;
  const to = template.search(/^ *# end\n/m);
  if (from < 0 || to < from) throw new Error('the template does not say where the policy begins and ends');
  return template.slice(0, from) + text + template.slice(to);
}
