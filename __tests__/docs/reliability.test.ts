import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOutcomes, withTables } from '../e2e/faults/table.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'reliability.md'), 'utf8');

describe('docs/reliability.md', () => {
  it('has the tables of what each fault came to', () => {
    expect(Object.keys(readOutcomes()).length).toBeGreaterThan(500);
    expect(page).toBe(withTables(page, readOutcomes()));
  });
});
