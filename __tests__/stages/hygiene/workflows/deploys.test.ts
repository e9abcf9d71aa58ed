import { describe, expect, it } from 'vitest';
import { readWorkflows } from '../../../../src/stages/hygiene/workflows/subject.ts';
import { exampleRepository } from '../example-repository.ts';

const path = (name: string) => `.github/workflows/${name}.yml`;
const step = (uses: string, inputs = '') =>
  `on: push\njobs:\n  go:\n    steps:\n      - uses: ${uses}\n${inputs === '' ? '' : `        with:\n          ${inputs}\n`}`;
const call = (uses: string) => `on: push\njobs:\n  go:\n    uses: ${uses}\n`;

/** The workflows that are taken for those that deploy. */
async function deploying(
  files: Readonly<Record<string, string>>,
  workflow?: string,
): Promise<readonly string[]> {
  const subject = await readWorkflows(exampleRepository({ name: '', files, facts: { workflow } }));
  return (subject?.deploys ?? []).map((deploy) => deploy.workflow.path);
}

describe('the workflows that deploy', () => {
  it.each<[string, string?]>([
    ['acme/deploy-guard@v1'],
    ['acme/deploy-guard@0123456789abcdef0123456789abcdef01234567'],
    ['acme/deploy-guard@v1', 'mode: rollback'],
    ['acme/deploy-guard@v1', 'mode: ${{ inputs.mode }}'],
  ])('use deploy-guard: %s %s', async (uses, inputs = '') => {
    expect(await deploying({ [path('a')]: step(uses, inputs) })).toEqual([path('a')]);
  });

  it.each<[string, string?]>([
    ['acme/deploy-guard@v1', 'mode: check'],
    ['acme/not-deploy-guard@v1'],
    ['acme/deploy-guard-tools@v1'],
    ['./deploy-guard'],
  ])('are not those with %s %s', async (uses, inputs = '') => {
    expect(await deploying({ [path('a')]: step(uses, inputs) })).toEqual([]);
  });

  it('may use it from this repository, if the action there has its name', async () => {
    const files = {
      [path('a')]: step('./'),
      [path('b')]: step('./tools/other/'),
      'action.yml': 'name: deploy-guard\n',
    };
    expect(await deploying({ ...files, 'tools/other/action.yml': 'name: other\n' })).toEqual([path('a')]);
    expect(await deploying({ ...files, 'tools/other/action.yaml': 'name: "deploy-guard"\n' })).toEqual([
      path('a'),
      path('b'),
    ]);
  });

  it('may call a reusable workflow of it', async () => {
    const uses = 'acme/deploy-guard/.github/workflows/deploy.yml@v1';
    expect(await deploying({ [path('a')]: call(uses) })).toEqual([path('a')]);
    expect(await deploying({ [path('a')]: `${call(uses)}    with: { mode: check }\n` })).toEqual([]);
  });

  const files = {
    [path('production')]: call('./.github/workflows/shared.yml'),
    [path('shared')]: step('acme/deploy-guard@v1').replace('push', 'workflow_call'),
    [path('staging')]: step('acme/deploy-guard@v1'),
    [path('pr')]: step('acme/deploy-guard@v1', 'mode: check'),
  };

  it('are the one that runs, with what it calls', async () => {
    expect(await deploying(files, path('staging'))).toEqual([path('staging')]);
    expect(await deploying(files, path('production'))).toEqual([path('shared')]);
  });

  it('are all of them where the one that runs only checks, or is not known', async () => {
    const all = [path('shared'), path('staging')];
    expect(await deploying(files, path('pr'))).toEqual(all);
    expect(await deploying(files)).toEqual(all);
    expect(await deploying(files, path('gone'))).toEqual(all);
  });
});
