import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileText, root } from './source-codes.ts';

const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^```[\s\S]*?^```$/gm, '');
}

/** Anchors that GitHub gives a page's headings: lower case, spaces to hyphens, other signs dropped. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const headings = [...withoutCode(markdown).matchAll(/^#{1,6} (.+)$/gm)].flatMap(([, text]) => text ?? []);
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function deadLinksOf(page: string): readonly string[] {
  const targets = [...withoutCode(fileText(page)).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, to]) => to ?? []);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) => {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : relative(root, join(root, dirname(page), path));
      if (!existsSync(join(root, file))) return true;
      return anchor !== undefined && !anchorsOf(fileText(file)).has(anchor);
    });
}

describe('links between the pages', () => {
  it.each(pages)('%s leads nowhere but to what is there', (page) => {
    expect(deadLinksOf(page)).toEqual([]);
  });

  it('knows the pages', () => {
    expect(pages).toContain('README.md');
    expect(pages).toContain(join('docs', 'errors.md'));
  });
});
