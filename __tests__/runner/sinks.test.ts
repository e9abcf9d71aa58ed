import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SOURCES } from '../e2e/hostile/sources.ts';
import { SINKS } from './sinks.ts';

const SRC = join(import.meta.dirname, '..', '..', 'src');
/** The one that writes; each of its methods is held to its promise in workflow-commands.test.ts. */
const WRITER = 'runner/workflow-commands.ts';
/** Names the writer's tools for it alone. */
const TOOLS = 'runner/actions-core.ts';

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'));
const codeOf = (path: string) =>
  readFileSync(join(SRC, path), 'utf8')
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '');

/** The files whose code has this. */
function having(pattern: RegExp): readonly string[] {
  return files.filter((path) => pattern.test(codeOf(path))).sort();
}

describe('text on its way to the runner', () => {
  it('goes through the one writer', () => {
    expect(having(/process\s*\.\s*(stdout|stderr)|\bstdout\s*\.\s*write|writeSync\(\s*[12]\b/)).toEqual([
      WRITER,
    ]);
    expect(
      having(/\bconsole\s*(\.\s*(log|warn|error|info|debug|trace|dir|table)\b|,)|emitWarning|_rawDebug/),
    ).toEqual(['runner/library-words.ts']);
    // A library may keep `console.warn` as it finds it when it is loaded.
    for (const entry of ['main.ts', 'post.ts'])
      expect(codeOf(entry).match(/^import\s[^;]*;/m)?.[0]).toBe("import './runner/library-words.ts';");
    expect(having(/actions-core|@actions\/core/)).toEqual([TOOLS, WRITER]);
    // The engine is not even told where the command files are.
    expect(having(/GITHUB_(OUTPUT|STATE|ENV|PATH|STEP_SUMMARY)/)).toEqual([
      'docker/engine-environment.ts',
      WRITER,
    ]);
    expect(having(/GITHUB_\$\{/)).toEqual([WRITER]);
  });

  it('is not that of children, whose streams are read and never passed on', () => {
    expect(having(/child_process/)).toEqual(['runner/command.ts']);
    expect(codeOf('runner/command.ts')).toContain("stdio: ['pipe', 'pipe', 'pipe']");
    expect(having(/stdio:[^,]*inherit|worker_threads|node:cluster/)).toEqual([]);
  });

  it('is sent there by these files alone, each with the sources of what it may quote', () => {
    const method =
      /(?:\b(?:githubRunner|runner|this\.#runner)\b)\s*\.\s*(print|openGroup|foreignOutput|annotate|setOutput|saveState|addSummary)\(/;
    expect(having(method).filter((path) => path !== WRITER)).toEqual(Object.keys(SINKS).sort());
  });

  it('has an end-to-end proof for each source, and no source without a sink', () => {
    const proven = new Set(SOURCES.map(({ from }) => from));
    const named = new Set(Object.values(SINKS).flat());
    expect([...named].sort()).toEqual([...proven].sort());
  });
});
