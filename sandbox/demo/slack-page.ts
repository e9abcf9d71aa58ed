import type { SlackBlock } from '../slack/block-limits.ts';
import type { SlackMessage } from '../slack/webhook.ts';
import { escapeHtml } from './html.ts';

/** A message as a channel shows it; without blocks, its text. */
export function slackHtml({ payload }: SlackMessage): string {
  const { text = '', blocks = [] } = payload;
  const shown =
    blocks.length === 0 ? [`<div class="block">${mrkdwnHtml(text)}</div>`] : blocks.map(blockHtml);
  return `<div class="slack"><div class="avatar">dg</div><div class="message"><div class="from"><b>deploy-guard</b> <span class="app">APP</span> <span class="time">10:07</span></div>${shown.join('')}</div></div>`;
}

function blockHtml(block: SlackBlock): string {
  switch (block.type) {
    case 'header':
      return `<div class="block header">${escapeHtml(block.text.text)}</div>`;
    case 'section': {
      const texts = [block.text, ...(block.fields ?? [])].flatMap((text) =>
        text ? [mrkdwnHtml(text.text)] : [],
      );
      return `<div class="block">${texts.join('<br>')}</div>`;
    }
    case 'context':
      return `<div class="block context">${block.elements
        .map((element) => ('text' in element ? mrkdwnHtml(element.text) : escapeHtml(element.alt_text)))
        .join(' ')}</div>`;
    case 'actions':
      return `<div class="block">${block.elements.map((element) => `<span class="button">${escapeHtml(element.text.text)}</span>`).join(' ')}</div>`;
    case 'image':
      return `<div class="block context">${escapeHtml(block.alt_text)}</div>`;
    case 'divider':
      return '<hr>';
  }
}

/**
 * Slack's mark-up as HTML: code blocks, code, bold, italic, struck out, links. Anything else in angle brackets is a
 * mention, and shown as one.
 *
 * Source: https://docs.slack.dev/messaging/formatting-message-text
 */
export function mrkdwnHtml(text: string): string {
  return text
    .split(/(```[\s\S]*?```)/)
    .map((part) =>
      part.startsWith('```') && part.length >= 6
        ? `<pre>${unescaped(part.slice(3, -3).replace(/^\n/, ''))}</pre>`
        : inlineHtml(part),
    )
    .join('');
}

function inlineHtml(text: string): string {
  return text
    .split(/(<[^<>]*>)/)
    .map((part) => (/^<[^<>]*>$/.test(part) ? linkHtml(part.slice(1, -1)) : spansHtml(part)))
    .join('')
    .replaceAll('\n', '<br>');
}

/** Text without links: code spans, and what is formatted between them. */
function spansHtml(text: string): string {
  return text
    .split(/(`[^`\n]+`)/)
    .map((part) =>
      /^`[^`\n]+`$/.test(part) ? `<code>${unescaped(part.slice(1, -1))}</code>` : formatted(part),
    )
    .join('');
}

function formatted(text: string): string {
  return unescaped(text)
    .replaceAll(/(?<![\p{L}\p{N}*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?![\p{L}\p{N}*])/gu, '<b>$1</b>')
    .replaceAll(/(?<![\p{L}\p{N}_])_(?!\s)([^_\n]+?)(?<!\s)_(?![\p{L}\p{N}_])/gu, '<i>$1</i>')
    .replaceAll(/(?<![\p{L}\p{N}~])~(?!\s)([^~\n]+?)(?<!\s)~(?![\p{L}\p{N}~])/gu, '<s>$1</s>');
}

function linkHtml(inside: string): string {
  if (!/^(https?:|mailto:)/.test(inside)) return `<span class="mention">${unescaped(inside)}</span>`;
  const [url = '', ...label] = inside.split('|');
  return `<a href="${unescaped(url)}">${spansHtml(label.join('|') || url)}</a>`;
}

/** Slack's three entities undone, and then what stands there written for HTML. */
function unescaped(text: string): string {
  return escapeHtml(text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
}
