import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { INPUTS } from '../../src/stages/inputs/schema.ts';
import { fileText } from './source-codes.ts';
import { handedOver, pastedWorkflows } from './workflows.ts';

interface Reusable {
  readonly on: {
    readonly workflow_call: {
      readonly inputs: Readonly<Record<string, unknown>>;
      readonly secrets: Readonly<Record<string, unknown>>;
    };
  };
}

const { inputs, secrets } = (parse(fileText('.github/workflows/deploy.yml')) as Reusable).on.workflow_call;

describe.each(pastedWorkflows())('the workflow at $place', ({ text }) => {
  it('hands over only what there is', () => {
    const { toAction, toWorkflow } = handedOver(text);
    expect(toAction.filter((name) => !(name in INPUTS))).toEqual([]);
    expect(toWorkflow.filter((name) => !(name in inputs) && !(name in secrets))).toEqual([]);
  });
});

describe('the pages', () => {
  it('name every secret of the reusable workflow to whoever hands all of theirs over', () => {
    const page = fileText('docs/getting-started.md');
    expect(Object.keys(secrets).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('show workflows with the action, and one with the reusable workflow', () => {
    const all = pastedWorkflows().map(({ text }) => handedOver(text));
    expect(all.filter(({ toAction }) => toAction.length > 4).length).toBeGreaterThan(5);
    expect(all.filter(({ toWorkflow }) => toWorkflow.length > 4)).toHaveLength(1);
  });
});
