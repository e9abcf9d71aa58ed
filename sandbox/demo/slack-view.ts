import type { SlackBlock } from '../slack/block-limits.ts';
import type { SlackMessage } from '../slack/webhook.ts';
import { coloured } from './log-view.ts';

/** A Slack message as lines of text, roughly as a channel shows it. */
export function slackLines(message: SlackMessage): readonly string[] {
  const { text, blocks } = message.payload;
  const shown = blocks === undefined || blocks.length === 0 ? [mrkdwn(text ?? '')] : blocks.map(blockText);
  return shown.flatMap((part) => part.split('\n'));
}

function blockText(block: SlackBlock): string {
  switch (block.type) {
    case 'header':
      return coloured('bold', block.text.text);
    case 'section':
      return [block.text, ...(block.fields ?? [])]
        .flatMap((text) => (text === undefined ? [] : [mrkdwn(text.text)]))
        .join('\n');
    case 'context':
      return coloured(
        'dim',
        block.elements
          .map((element) => ('text' in element ? mrkdwn(element.text) : `[${element.alt_text}]`))
          .join('  '),
      );
    case 'actions':
      return block.elements.map((element) => `[${element.text.text}]`).join(' ');
    case 'image':
      return `[${block.alt_text}]`;
    case 'divider':
      return '─'.repeat(40);
  }
}

/** Slack's own markup: links by their text, bold as bold, the three escapes undone. */
function mrkdwn(text: string): string {
  return text
    .replace(/<([^|>]+)\|([^>]+)>/g, (_whole, _url, label: string) => coloured('underline', label))
    .replace(/<(https?:[^>]+)>/g, '$1')
    .replace(
      /(^|\s)\*([^*\n]+)\*(?=\s|$|[.,:;])/g,
      (_whole, before: string, bold: string) => before + coloured('bold', bold),
    )
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
