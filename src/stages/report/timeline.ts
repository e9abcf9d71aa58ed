import { failedStages, isGreen, type RunReport, type StageReport } from './run-report.ts';
import { duration } from './words.ts';

const DAY_MS = 24 * 3600_000;
const HOUR_MS = 3600_000;

/**
 * The stages and the rollout of each service as a Mermaid gantt, which GitHub draws in a step summary
 * (mermaid.js.org, "Gantt diagrams"). Times count from the run's start. Empty where there is nothing to draw.
 */
export function timeline(report: RunReport): string {
  const { stages, totalMs } = report;
  if (stages.length === 0 || totalMs >= DAY_MS) return '';
  const failed = failedStages(report);
  const lines = [
    'gantt',
    '    dateFormat HH:mm:ss.SSS',
    `    axisFormat ${totalMs < HOUR_MS ? '%M:%S' : '%H:%M'}`,
    '    todayMarker off',
    '    section Run',
    ...stages.map((stage) => bar(stage.name, stage, failed.includes(stage.name))),
    ...rollouts(report),
  ];
  return `\`\`\`mermaid\n${lines.join('\n')}\n\`\`\``;
}

function rollouts({ stages, deployments }: RunReport): readonly string[] {
  const rollout = stages.find(({ name }) => name === 'rollout');
  const bars = deployments.flatMap(({ service, result, seconds, outcome }) =>
    rollout && outcome
      ? [bar(`service ${service}`, { startMs: rollout.startMs, ms: seconds * 1000 }, !isGreen(result))]
      : [],
  );
  return bars.length === 0 ? [] : ['    section Rollout', ...bars];
}

function bar(label: string, { startMs, ms }: Pick<StageReport, 'startMs' | 'ms'>, isBad: boolean): string {
  // A gantt of no width is refused.
  const length = Math.max(1, Math.round(ms));
  return `    ${safeLabel(label)} (${duration(ms)}) :${isBad ? 'crit, ' : ''}${clock(startMs)}, ${length}ms`;
}

/** A name in which Mermaid finds no colon, comment, directive or word of its own. */
function safeLabel(text: string): string {
  return (
    text
      .replaceAll(/[^\p{L}\p{N} _./-]/gu, ' ')
      .slice(0, 60)
      .trim() || 'unnamed'
  );
}

/** `00:01:14.250` */
function clock(ms: number): string {
  return new Date(Math.max(0, Math.min(DAY_MS - 1, Math.round(ms)))).toISOString().slice(11, 23);
}
