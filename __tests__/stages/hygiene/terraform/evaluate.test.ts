import { describe, expect, it } from 'vitest';
import { evaluate, unknown, type Value } from '../../../../src/stages/hygiene/terraform/evaluate.ts';
import { type Folder, valueIn } from '../../../../src/stages/hygiene/terraform/folder.ts';
import { readFolders } from '../../../../src/stages/hygiene/terraform/folders.ts';
import { loadHclReader } from '../../../../src/stages/hygiene/terraform/hcl/parser.ts';
import { exampleRepository } from '../example-repository.ts';

const read = await loadHclReader();

const KNOWN: Readonly<Record<string, Value>> = {
  'var.env': 'prod',
  'var.flag': true,
  'var.map': new Map<string, Value>([
    ['prod', 2],
    ['dev', 1],
  ]),
  'var.list': ['a', unknown],
};

function valueOfText(text: string): Value {
  const value = read(`x = ${text}\n`, () => true).arguments[0]?.value;
  if (value === undefined) throw new Error(`not read: ${text}`);
  return evaluate(value, (root, name) => KNOWN[`${root}.${name}`] ?? unknown);
}

describe('the value of an expression', () => {
  it.each<[string, Value]>([
    ['var.env', 'prod'],
    ['"app-${var.env}-${1 + 1}"', 'app-prod-2'],
    ['"${var.flag}"', true],
    ['"${var.missing}-x"', unknown],
    ['var.env == "prod" ? 7 : 0', 7],
    ['var.missing ? 7 : 0', unknown],
    ['var.missing && false', false],
    ['var.missing || true', true],
    ['var.missing && true', unknown],
    ['!var.flag', false],
    ['null == null', true],
    ['var.env != null', true],
    ['var.missing == null', unknown],
    ['"1" == 1', true],
    ['3 > 2', true],
    ['-2', -2],
    ['var.map[var.env]', 2],
    ['var.map.dev', 1],
    ['var.map.test', unknown],
    ['lookup(var.map, "test", 9)', 9],
    ['var.list[0]', 'a'],
    ['var.list[1]', unknown],
    ['lower("PROD")', 'prod'],
    ['merge({ a = 1 }, { b = 2 }).b', 2],
    ['concat([1], [2])', [1, 2]],
    ['file("x")', unknown],
    ['[for x in var.list : x]', unknown],
    ['constructor("x")', unknown],
    ['data.aws_region.current.name', unknown],
  ])('%s', (text, expected) => {
    expect(valueOfText(text)).toEqual(expected);
  });
});

async function folderOf(files: Readonly<Record<string, string>>, path: string): Promise<Folder> {
  const folders = await readFolders(exampleRepository({ name: '', files }));
  const found = folders?.find((folder) => folder.path === path);
  if (found === undefined) throw new Error(`no folder ${path}`);
  return found;
}

const asked = (root: string, name: string) => ({ kind: 'reference' as const, path: [root, name] });

describe('variables and locals', () => {
  it.each<[string, Record<string, string>, Value]>([
    ['the default', { 'a.tf': 'variable "x" {\n  default = 1\n}\n' }, 1],
    ['none', { 'a.tf': 'variable "x" {\n}\n' }, unknown],
    [
      'terraform.tfvars over the default',
      { 'a.tf': 'variable "x" {\n  default = 1\n}\n', 'terraform.tfvars': 'x = 2\n' },
      2,
    ],
    [
      '*.auto.tfvars over terraform.tfvars',
      { 'a.tf': 'variable "x" {\n}\n', 'z.auto.tfvars': 'x = 3\n', 'terraform.tfvars': 'x = 2\n' },
      3,
    ],
    ['in JSON', { 'a.tf': 'variable "x" {\n}\n', 'terraform.tfvars.json': '{ "x": 4 }' }, 4],
    [
      'a file for -var-file that says otherwise',
      { 'a.tf': 'variable "x" {\n  default = 1\n}\n', 'prod.tfvars': 'x = 2\n' },
      unknown,
    ],
    [
      'a file for -var-file that says the same',
      { 'a.tf': 'variable "x" {\n  default = 1\n}\n', 'prod.tfvars': 'x = 1\n' },
      1,
    ],
    ['one that refers to itself', { 'a.tf': 'variable "x" {\n  default = var.x\n}\n' }, unknown],
    ['a module for others', { 'a.tf': 'variable "x" {\n  default = 1\n}\nvariable "y" {\n}\n' }, unknown],
    [
      'the same with a provider: Terraform is run here',
      { 'a.tf': 'variable "x" {\n  default = 1\n}\nvariable "y" {\n}\nprovider "aws" {\n}\n' },
      1,
    ],
  ])('%s', async (_, files, expected) => {
    expect(valueIn(await folderOf(files, '.'), asked('var', 'x'))).toEqual(expected);
  });

  it('come from the one caller of a module, through another module too', async () => {
    const files = {
      'main.tf':
        'locals {\n  days = 7\n}\nmodule "a" {\n  source = "./modules/a"\n  n      = local.days\n}\n',
      'modules/a/main.tf': 'variable "n" {\n}\nmodule "b" {\n  source = "../b/"\n  x      = var.n\n}\n',
      'modules/b/main.tf': 'variable "x" {\n  default = 0\n}\n',
    };
    expect(valueIn(await folderOf(files, 'modules/b'), asked('var', 'x'))).toBe(7);
  });

  it('are not known where two callers differ', async () => {
    const files = {
      'main.tf': 'module "a" {\n  source = "./m"\n  x      = 1\n}\nmodule "b" {\n  source = "./m"\n}\n',
      'm/main.tf': 'variable "x" {\n  default = 2\n}\n',
    };
    expect(valueIn(await folderOf(files, 'm'), asked('var', 'x'))).toBe(unknown);
  });

  it('take an override file for the last word', async () => {
    const files = {
      'main.tf': 'variable "x" {\n  default = 1\n}\n',
      'override.tf': 'variable "x" {\n  default = 2\n}\n',
    };
    expect(valueIn(await folderOf(files, '.'), asked('var', 'x'))).toBe(2);
  });
});

describe('hostile values', () => {
  const chain = (length: number, next: (index: number) => string) =>
    `locals {\n  a0 = "x"\n${Array.from({ length }, (_, index) => `  a${index + 1} = ${next(index)}`).join('\n')}\n}\nvariable "v" {\n}\n`;

  it('that double at each step are not known', async () => {
    const files = { 'a.tf': chain(50, (index) => `"\${local.a${index}}\${local.a${index}}"`) };
    expect(valueIn(await folderOf(files, '.'), asked('local', 'a50'))).toBe(unknown);
  });

  it('that refer on and on are not known', async () => {
    const files = { 'a.tf': chain(5000, (index) => `local.a${index}`) };
    expect(valueIn(await folderOf(files, '.'), asked('local', 'a5000'))).toBe(unknown);
  });

  it('of modules that call each other are not known', async () => {
    const files = {
      'a/main.tf': 'variable "x" {\n}\nmodule "b" {\n  source = "../b"\n  x      = var.x\n}\n',
      'b/main.tf': 'variable "x" {\n}\nmodule "a" {\n  source = "../a"\n  x      = var.x\n}\n',
    };
    expect(valueIn(await folderOf(files, 'a'), asked('var', 'x'))).toBe(unknown);
  });
});
