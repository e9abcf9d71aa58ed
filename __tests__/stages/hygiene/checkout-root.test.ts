import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkoutRoot } from '../../../src/stages/hygiene/checkout-root.ts';
import type { BuildSettings } from '../../../src/stages/inputs/config.ts';

let workspace: string;
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), 'workspace-'));
});
afterEach(() => rmSync(workspace, { recursive: true }));

const rootFor = (context: string) =>
  checkoutRoot({ context, file: undefined } as unknown as BuildSettings, workspace);

describe('the folder of the checkout', () => {
  it('is the workspace where that is one', () => {
    mkdirSync(join(workspace, '.git'));
    mkdirSync(join(workspace, 'app/.git'), { recursive: true });
    expect(rootFor('app')).toBe(workspace);
  });

  it('is the one that the build context is in, or in which it stands', () => {
    mkdirSync(join(workspace, 'app/.git'), { recursive: true });
    expect(rootFor('app')).toBe(join(workspace, 'app'));
    expect(rootFor('app/services/api')).toBe(join(workspace, 'app'));
  });

  it.each(['.', 'other', '..', '../app', '/', 'https://github.com/a/b.git'])(
    'is the workspace for %s',
    (context) => {
      mkdirSync(join(workspace, 'app/.git'), { recursive: true });
      expect(rootFor(context)).toBe(workspace);
    },
  );
});
