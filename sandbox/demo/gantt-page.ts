import { escapeHtml } from './html.ts';

interface Bar {
  readonly label: string;
  readonly startMs: number;
  readonly ms: number;
  readonly isBad: boolean;
}

type Row = Bar | { readonly section: string };

const rowHeight = 26;
const labelWidth = 330;
const chartWidth = 560;

/**
 * A drawing of the gantts that deploy-guard writes, roughly as Mermaid draws them; undefined for any other source.
 * Only those tokens are read: `section`, and `label :crit, HH:mm:ss.SSS, Nms`.
 */
export function ganttSvg(source: string): string | undefined {
  const lines = source.split('\n').map((line) => line.trim());
  if (lines[0] !== 'gantt') return undefined;
  const rows = lines.slice(1).flatMap((line) => rowOf(line) ?? []);
  const end = Math.max(0, ...rows.map((row) => ('ms' in row ? row.startMs + row.ms : 0)));
  if (end === 0) return undefined;
  const height = rows.length * rowHeight + 34;
  const drawn = rows.map((row, at) => rowSvg(row, at * rowHeight, end));
  return `<svg class="gantt" viewBox="0 0 ${labelWidth + chartWidth + 20} ${height}" role="img" aria-label="timeline">${drawn.join('')}${axisSvg(end, rows.length * rowHeight)}</svg>`;
}

function rowOf(line: string): Row | undefined {
  const section = /^section (.+)$/.exec(line)?.[1];
  if (section !== undefined) return { section };
  const task = /^(.+) :(crit, )?(\d\d):(\d\d):(\d\d)\.(\d{3}), (\d+)ms$/.exec(line);
  if (!task) return undefined;
  const [, label = '', bad, hours, minutes, seconds, ms, length] = task;
  const startMs = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(ms);
  return { label, startMs, ms: Number(length), isBad: bad !== undefined };
}

function rowSvg(row: Row, y: number, end: number): string {
  if ('section' in row) return `<text class="section" x="4" y="${y + 18}">${escapeHtml(row.section)}</text>`;
  const x = labelWidth + (row.startMs / end) * chartWidth;
  const width = Math.max(2, (row.ms / end) * chartWidth);
  return `<text x="16" y="${y + 18}">${escapeHtml(row.label)}</text><rect class="${row.isBad ? 'bad' : 'good'}" x="${x.toFixed(1)}" y="${y + 5}" width="${width.toFixed(1)}" height="${rowHeight - 9}" rx="3"/>`;
}

function axisSvg(end: number, y: number): string {
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const x = labelWidth + part * chartWidth;
    const seconds = Math.round((part * end) / 1000);
    const text = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
    return `<line x1="${x}" y1="0" x2="${x}" y2="${y + 6}"/><text class="tick" x="${x}" y="${y + 22}">${text}</text>`;
  });
  return ticks.join('');
}
