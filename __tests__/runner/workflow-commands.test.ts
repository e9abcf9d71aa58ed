import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Finding } from '../../src/finding.ts';
import { githubRunner } from '../../src/runner/workflow-commands.ts';
import { hostileText, isObeyed, runnerLines } from '../stages/report/hostile-text.ts';

let printed = '';

beforeEach(() => {
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What is printed while `act` runs. */
function printedBy(act: () => void): string {
  printed = '';
  act();
  return printed;
}

describe('githubRunner', () => {
  it('prints a line in which nothing is obeyed, even if it has line breaks in it', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const out = printedBy(() => githubRunner.print(text));
        expect(runnerLines(out).filter(isObeyed)).toEqual([]);
        // Nor can it colour the log, clear it or turn its direction.
        expect(out).not.toMatch(
          /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/,
        );
        expect(out.isWellFormed()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('turns commands off around what others print, with a token that none of it can know', () => {
    fc.assert(
      fc.property(fc.array(hostileText), (lines) => {
        const out = runnerLines(
          printedBy(() => {
            const foreign = githubRunner.foreignOutput();
            void foreign.lines(lines);
            foreign.end();
          }),
        );
        const token = /^::stop-commands::(.{16,})$/.exec(out[0] ?? '')?.[1];
        expect(token).toBeDefined();
        expect(out.at(-2)).toBe(`::${token}::`);
        expect(out.slice(1, -2).filter(isObeyed)).toEqual([]);
      }),
    );
    const tokens = [1, 2].map(() => printedBy(() => githubRunner.foreignOutput().end()));
    expect(tokens[0]).not.toBe(tokens[1]);
  });

  it('is obeyed itself while another program still prints, which is not', () => {
    const finding: Finding = { code: 'DG643', level: 'error', title: 'Cancelled.', fix: 'Run it again.' };
    const out = runnerLines(
      printedBy(() => {
        const foreign = githubRunner.foreignOutput();
        githubRunner.annotate(finding);
        githubRunner.mask('hunter2-hunter2');
        void foreign.lines(['::error::forged']);
        foreign.end();
        githubRunner.openGroup('a');
        githubRunner.closeGroup();
      }),
    );
    const off = new Set<string>();
    const obeyed = out.filter((line) => {
      const stops = /^::stop-commands::(.+)$/.exec(line)?.[1];
      if (off.size > 0) {
        const [token = ''] = off;
        if (line === `::${token}::`) off.clear();
        return false;
      }
      if (stops) off.add(stops);
      return stops === undefined && isObeyed(line);
    });
    expect(obeyed.map((line) => line.split(/ |::/)[1])).toEqual(['error', 'add-mask', 'group', 'endgroup']);
    expect(off.size).toBe(0);
  });

  it('annotates with one command and no more, whatever the finding says', () => {
    const level = fc.constantFrom('error', 'warning', 'note');
    fc.assert(
      fc.property(level, hostileText, hostileText, (kind, title, fix) => {
        const finding: Finding = {
          code: 'DG612',
          level: kind as Finding['level'],
          title,
          fix,
          where: { file: `a${title}`, line: 3 },
        };
        const lines = runnerLines(printedBy(() => githubRunner.annotate(finding))).filter(
          (line) => line !== '',
        );
        expect(lines).toHaveLength(1);
        expect(lines[0]).toMatch(kind === 'note' ? /^::notice / : new RegExp(`^::${kind} `));
        expect(lines[0]).toContain('DG612');
      }),
    );
  });

  it('puts a title of hostile text in a group of its own', () => {
    fc.assert(
      fc.property(hostileText, (title) => {
        expect(
          runnerLines(printedBy(() => githubRunner.openGroup(title))).filter((line) => line !== ''),
        ).toHaveLength(1);
      }),
    );
  });

  it('masks a secret and each of its lines', () => {
    const out = printedBy(() => githubRunner.mask('first line\r\nsecond\n\n'));
    const masked = runnerLines(out).map((line) => line.replace('::add-mask::', ''));
    expect(masked).toEqual(expect.arrayContaining(['first line%0D%0Asecond%0A%0A', 'first line', 'second']));
    expect(masked.filter((line) => line.trim() === '')).toHaveLength(1);
  });

  it('writes outputs and state that end nowhere but at their own end', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'commands-'));
    const file = join(folder, 'output');
    await writeFile(file, '');
    vi.stubEnv('GITHUB_OUTPUT', file);
    githubRunner.setOutput('failure-reason', 'a\nresult<<x\nsucceeded\nx');
    const written = await readFile(file, 'utf8');
    const delimiter = /^failure-reason<<(.+)$/m.exec(written)?.[1] ?? '';
    expect(written.split(/\r?\n/).filter((line) => line === delimiter)).toHaveLength(1);
    expect(delimiter.length).toBeGreaterThan(16);
    await rm(folder, { recursive: true });
  });
});
