import { stripVTControlCharacters, styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Colours a text where standard output is a terminal that takes colours, and leaves it alone elsewhere. */
export function coloured(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

const levels: readonly { readonly prefix: string; readonly word: string; readonly style: Style }[] = [
  { prefix: '##[error]', word: 'Error: ', style: 'red' },
  { prefix: '##[warning]', word: 'Warning: ', style: 'yellow' },
  { prefix: '##[notice]', word: 'Notice: ', style: 'blue' },
  { prefix: '##[command]', word: '', style: 'cyan' },
];

/**
 * Turns the runner's log, line by line, into what the run's page shows: a group as `▸` and its lines
 * indented, errors and warnings in words.
 */
export function createLogView(print: (line: string) => void): (line: string) => void {
  let indent = '';
  return (line) => {
    if (line.startsWith('##[group]')) {
      print(coloured('bold', `▸ ${line.slice('##[group]'.length)}`));
      indent = '  ';
      return;
    }
    if (line.startsWith('##[endgroup]')) {
      indent = '';
      return;
    }
    const level = levels.find(({ prefix }) => line.startsWith(prefix));
    const text = level === undefined ? line : `${level.word}${line.slice(level.prefix.length)}`;
    const safe = process.stdout.isTTY ? text : stripVTControlCharacters(text);
    for (const part of safe.split('\n')) {
      print(`${indent}${level === undefined ? part : coloured(level.style, part)}`);
    }
  };
}
