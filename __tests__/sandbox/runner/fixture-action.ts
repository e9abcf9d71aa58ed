import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ActionRun, type RunActionOptions, runAction } from '../../../sandbox/runner/run-action.ts';

/** The scripts of an action and what its action.yml says about inputs and post. */
export interface FixtureAction {
  /** JavaScript (CommonJS). */
  readonly main: string;
  readonly post?: string;
  readonly postIf?: string;
  /** YAML, indented by two spaces. */
  readonly inputs?: string;
}

/** Writes an action into a folder of its own and runs it once. */
export async function runFixture(
  fixture: FixtureAction,
  options: Partial<RunActionOptions> = {},
): Promise<ActionRun> {
  const root = mkdtempSync(join(tmpdir(), 'fixture-'));
  const workspace = join(root, 'workspace');
  mkdirSync(workspace);
  const post = fixture.post === undefined ? '' : '\n  post: post.cjs';
  const postIf = fixture.postIf === undefined ? '' : `\n  post-if: ${fixture.postIf}`;
  const inputs = fixture.inputs === undefined ? '' : `inputs:\n${fixture.inputs}\n`;
  const metadata = `name: fixture\n${inputs}runs:\n  using: node24\n  main: main.cjs${post}${postIf}\n`;
  writeFileSync(join(root, 'action.yml'), metadata);
  writeFileSync(join(root, 'main.cjs'), fixture.main);
  if (fixture.post !== undefined) writeFileSync(join(root, 'post.cjs'), fixture.post);
  try {
    return await runAction({ actionDir: root, workspace, inputs: {}, timeoutMs: 20_000, ...options });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** JavaScript that prints the lines, as they are, to standard output. */
export function printing(...lines: readonly string[]): string {
  return `process.stdout.write(${JSON.stringify(`${lines.join('\n')}\n`)});`;
}
