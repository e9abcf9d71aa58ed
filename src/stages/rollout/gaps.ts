import type { Finding } from '../../finding.ts';
import { listed } from '../report/words.ts';
import type { Observation, Part, Unreadable } from './observation.ts';

/** A question that tells nothing at the moment, and why. */
export interface Gap extends Unreadable {
  readonly part: Part;
  /** When it was last asked, local monotonic milliseconds. */
  readonly at: number;
}

/** An API that gave no answer is asked again after so long. */
const AGAIN_MS = 20_000;

/** What is known of gaps after a look: a part that was read has none left, but for what is denied. */
export function mergeGaps(known: readonly Gap[], look: Observation, now: number): readonly Gap[] {
  const gaps = new Map(
    known
      .filter((gap) => gap.why !== 'no-answer' || !wasRead(look, gap.part))
      .map((gap) => [keyOf(gap), gap]),
  );
  for (const part of Object.keys(look) as Part[]) {
    const reading = look[part];
    if (reading.kind !== 'unreadable') continue;
    const { permission, why, name } = reading;
    const gap: Gap = { part, permission, why, at: now, ...(name === undefined ? {} : { name }) };
    gaps.set(keyOf(gap), gap);
  }
  return [...gaps.values()];
}

function wasRead(look: Observation, part: Part): boolean {
  return look[part].kind === 'seen' || look[part].kind === 'absent';
}

function keyOf({ part, permission }: Gap): string {
  return `${part} ${permission}`;
}

/** Whether nothing can be expected of a part at the moment. */
export function isGap(gaps: readonly Gap[], ...parts: readonly Part[]): boolean {
  return gaps.some(({ part }) => parts.includes(part));
}

/** Whether a part is worth asking for: not where it is refused, and only now and then where nothing answers. */
export function mayAsk(gaps: readonly Gap[], part: Part, now: number): boolean {
  return gaps.every((gap) => gap.part !== part || (gap.why === 'no-answer' && now - gap.at >= AGAIN_MS));
}

/** The actions of gaps, each once. */
export function actionsOf(gaps: readonly Gap[]): readonly string[] {
  return [...new Set(gaps.map(({ permission }) => permission))];
}

/** What to do about gaps, a sentence for each reason. */
export function fixOf(gaps: readonly Gap[]): string {
  return byReason(gaps)
    .map(({ why, actions }) => FIX[why](listed(actions)))
    .join(' ');
}

const FIX: Readonly<Record<Gap['why'], (actions: string) => string>> = {
  denied: (actions) => `Allow ${actions} to the deploying role.`,
  refused: () =>
    'See whether the endpoint that answers for ECS (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_ECS) knows that operation.',
  'no-answer': () =>
    "Nothing to change where it passes: see the region's state at health.aws.amazon.com, and who else uses up its rate of calls.",
};

/** What would have told more, a note for each reason: never one for another verdict. */
export function notesOnGaps(gaps: readonly Gap[]): readonly Finding[] {
  return byReason(gaps).map(({ gaps: some, actions, why }) => ({
    code: 'DG633',
    level: 'note',
    title: `${saidOf(why, actions, some)}, which would have told more.`,
    fix: fixOf(some),
  }));
}

function saidOf(why: Gap['why'], actions: readonly string[], gaps: readonly Gap[]): string {
  const list = listed(actions);
  if (why === 'denied') return `The deploying role may not do ${list}`;
  if (why === 'no-answer') return `${list} gave no answer, several times in a row`;
  const names = [...new Set(gaps.flatMap(({ name }) => name ?? []))];
  return `AWS refused ${list}${names.length === 0 ? '' : ` (${names.join(', ')})`}`;
}

function byReason(gaps: readonly Gap[]): readonly {
  readonly why: Gap['why'];
  readonly actions: readonly string[];
  readonly gaps: readonly Gap[];
}[] {
  return [...Map.groupBy(gaps, ({ why }) => why)].map(([why, some]) => ({
    why,
    actions: actionsOf(some),
    gaps: some,
  }));
}
