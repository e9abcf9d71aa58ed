import { marked } from 'marked';
import sanitizeHtml from 'sanitize-html';
import { ganttSvg } from './gantt-page.ts';

/** About what GitHub lets through: https://github.com/gjtorikian/html-pipeline, its allowlist */
const allowed: sanitizeHtml.IOptions = {
  allowedTags: [...sanitizeHtml.defaults.allowedTags, 'details', 'summary', 'del', 'input'],
  allowedAttributes: { a: ['href'], code: ['class'], th: ['align'], td: ['align'] },
  allowedSchemes: ['https', 'http', 'mailto'],
};

/** A step summary as the run's page shows it: GitHub's Markdown, its HTML cleaned, the timeline drawn. */
export function summaryHtml(markdown: string): string {
  const drawings: string[] = [];
  const withPlaces = markdown.replaceAll(/^```mermaid\n([\s\S]*?)\n```$/gm, (block, source: string) => {
    const drawing = ganttSvg(source);
    if (drawing === undefined) return block;
    drawings.push(drawing);
    return `DRAWING-${drawings.length - 1}-HERE`;
  });
  const html = sanitizeHtml(marked.parse(withPlaces, { gfm: true, async: false }), allowed);
  return `<div class="markdown">${html.replaceAll(/<p>DRAWING-(\d+)-HERE<\/p>/g, (place, at: string) => drawings[Number(at)] ?? place)}</div>`;
}
