import { stripVTControlCharacters } from 'node:util';
import { escapeHtml } from './html.ts';

/** How the run's page colours a line, by what the runner puts before it. */
const LEVELS: Readonly<Record<string, { readonly word: string; readonly style: string }>> = {
  error: { word: 'Error: ', style: 'error' },
  warning: { word: 'Warning: ', style: 'warning' },
  notice: { word: 'Notice: ', style: 'notice' },
  command: { word: '', style: 'command' },
};

/** The runner's log as the run's page shows it: groups that fold, errors and warnings in colour. */
export function logHtml(lines: readonly string[]): string {
  let isOpen = false;
  const parts = lines.flatMap((line) => {
    const group = /^##\[group\](.*)$/s.exec(line)?.[1];
    const closing = isOpen ? ['</details>'] : [];
    if (group !== undefined) {
      isOpen = true;
      return [...closing, `<details><summary>${escapeHtml(group)}</summary>`];
    }
    if (line === '##[endgroup]') {
      isOpen = false;
      return closing;
    }
    return [lineHtml(line)];
  });
  return `<div class="log">${[...parts, ...(isOpen ? ['</details>'] : [])].join('\n')}</div>`;
}

function lineHtml(line: string): string {
  const [, name = '', text = line] = /^##\[(\w+)\](.*)$/s.exec(line) ?? [];
  const level = LEVELS[name];
  const shown = stripVTControlCharacters(level ? `${level.word}${text}` : line);
  return `<div class="line ${level?.style ?? ''}">${escapeHtml(shown) || '&nbsp;'}</div>`;
}
