import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Finding } from '../../finding.ts';
import { manyLines, oneLine } from '../../runner/text.ts';
import { dotless } from '../report/words.ts';
import { type GeneralCode, generalCodes } from './general-codes.ts';
import type { AppliedRule, Group } from './groups.ts';
import { judgeIgnoring } from './ignore-comments.ts';
import { readIgnoreList } from './ignore-list.ts';
import type { Repository } from './repository.ts';
import type { Hit } from './rule.ts';
import { MOST_RESULTS } from './sarif.ts';

/** All that the rules found in a repository. */
export interface Examination {
  /** The worst first; of the same level those about the deploy's own files first, then by place. */
  readonly findings: readonly Finding[];
  /** How many more there would be, but for `hygiene-ignore` and comments. */
  readonly ignored: number;
  /** How many rules had something to look at. */
  readonly rules: number;
}

/** How an examination is done. */
export interface ExaminationSettings {
  /** Entries of `hygiene-ignore`. */
  readonly ignore: readonly string[];
  /** How long the groups may take together, in milliseconds; what is not done by then is told as such. */
  readonly timeoutMs: number;
}

interface Found {
  readonly code: Finding['code'];
  readonly level: Finding['level'];
  readonly fix: string;
  readonly hit: Hit;
}

/** More places of one rule are counted, not listed. */
const MOST_PLACES = 500;
/** Names in files may be of any length, and of any characters. */
const LONGEST = { title: 1_000, fix: 8_000 };

/** Runs every rule on a repository. Never throws: a rule that does is a finding of its own. */
export async function examine(
  repository: Repository,
  groups: readonly Group[],
  { ignore, timeoutMs }: ExaminationSettings,
): Promise<Examination> {
  const late = AbortSignal.timeout(timeoutMs);
  const outcomes = await Promise.all(groups.map((group) => runGroup(group, repository, late)));
  const found = outcomes.flatMap((outcome) => outcome.found);
  const codes = new Set(groups.flatMap(({ rules }) => rules.map(({ code }) => code)));
  const list = readIgnoreList(ignore, new Set([...codes, ...GENERAL]));
  const kept = found.filter(({ code, hit }) => !list.ignores(code, hit.where.file));
  for (const { code, more } of outcomes.flatMap(({ cut }) => cut)) {
    repository.unread.add('place', `${code} (${more} more)`);
  }
  const judged = await judgeComments(kept, repository);
  const useless = list.useless.map((entry) =>
    general(
      generalCodes.unknownIgnore,
      `\`${oneLine(entry, 80).replaceAll('`', "'")}\` in \`hygiene-ignore\` ignores nothing: no rule has that code.`,
    ),
  );
  const problems = outcomes
    .flatMap((outcome) => outcome.problems)
    .filter(({ code }) => !list.ignores(code, ''));
  const told = judged.findings.length + useless.length + problems.length;
  if (told > MOST_RESULTS) repository.unread.add('sarif', `${told - MOST_RESULTS} more`);
  const leftOut = repository.unread.finding((path) => list.ignores(generalCodes.leftOut.code, path));
  return {
    findings: inOrder(
      [...judged.findings, ...useless, ...problems, ...(leftOut ? [leftOut] : [])],
      repository,
    ),
    ignored: found.length - kept.length + judged.ignored,
    rules: outcomes.reduce((sum, { rules }) => sum + rules, 0),
  };
}

const GENERAL = Object.values(generalCodes).map(({ code }) => code);

interface GroupOutcome {
  readonly found: readonly Found[];
  readonly problems: readonly Finding[];
  readonly rules: number;
  /** Rules of which some places were left out. */
  readonly cut: readonly { readonly code: string; readonly more: number }[];
}

async function runGroup(group: Group, repository: Repository, late: AbortSignal): Promise<GroupOutcome> {
  const applied = await Promise.race([group.apply(repository), lateness(late)]).catch(
    (error: unknown): Finding => notRun(`The rules for ${group.name}`, error),
  );
  if ('code' in applied) return { found: [], problems: [applied], rules: 0, cut: [] };
  const outcomes: (RuleOutcome | Finding)[] = [];
  for (const each of applied) {
    // A turn for the answers of AWS between any two rules.
    await nextTurn();
    outcomes.push(runRule(each));
  }
  return {
    found: outcomes.flatMap((outcome) => ('code' in outcome ? [] : outcome.found)),
    problems: outcomes.filter((outcome) => 'code' in outcome),
    rules: applied.length,
    cut: applied.flatMap(({ rule: { code } }, at) => {
      const outcome = outcomes[at];
      return outcome && 'more' in outcome && outcome.more > 0 ? [{ code, more: outcome.more }] : [];
    }),
  };
}

async function lateness(late: AbortSignal): Promise<never> {
  return await new Promise((_, reject) => {
    late.addEventListener('abort', () => reject(new Error('it took too long')), { once: true });
  });
}

/** A rule's own text is for docs/, where its links lead to the pages beside it. */
function withoutLinks(fix: string): string {
  return fix.replaceAll(
    /\[[^[\]\n]{1,80}\]\(([\w-]{1,80}\.md(?:#[\w-]{1,80})?)\)/g,
    'docs/$1 of deploy-guard',
  );
}

interface RuleOutcome {
  readonly found: readonly Found[];
  /** How many places are left out. */
  readonly more: number;
}

function runRule({ rule, find }: AppliedRule): RuleOutcome | Finding {
  try {
    const hits = find();
    const found = hits.slice(0, MOST_PLACES).map((hit) => ({
      code: rule.code,
      level: hit.level ?? rule.level,
      fix: hit.fix ?? withoutLinks(rule.fix),
      hit,
    }));
    return { found, more: hits.length - found.length };
  } catch (error) {
    return notRun(`Rule ${rule.code}`, error);
  }
}

function notRun(what: string, error: unknown): Finding {
  const why = oneLine(error instanceof Error ? error.message : String(error), 200);
  return general(generalCodes.notRun, `${what} could not be run: ${dotless(why)}.`);
}

/** A finding about the check itself. */
export function general({ code, level, fix }: GeneralCode, title: string): Finding {
  return { code, level, title, fix };
}

/** Takes out what comments in the files ignore, and names the comments that would but for their reason. */
async function judgeComments(
  found: readonly Found[],
  repository: Repository,
): Promise<{ readonly findings: readonly Finding[]; readonly ignored: number }> {
  const lines = new Map<string, readonly string[]>();
  const findings: Finding[] = [];
  let ignored = 0;
  for (const { code, level, fix, hit } of found) {
    const { file } = hit.where;
    const text = lines.get(file) ?? (await repository.read(file))?.split('\n') ?? [];
    lines.set(file, text);
    const verdict = judgeIgnoring(text, code, hit);
    if (verdict === 'ignored') {
      ignored += 1;
      continue;
    }
    const { detail, where } = hit;
    const words = { title: oneLine(hit.title, LONGEST.title), fix: manyLines(fix, LONGEST.fix) };
    findings.push({
      code,
      level,
      ...words,
      where,
      ...(detail === undefined ? {} : { detail: manyLines(detail) }),
    });
    if (verdict !== 'stands') {
      const { fix: pattern, ...rest } = generalCodes.withoutReason;
      const at = { file, line: verdict.withoutReasonAt };
      findings.push({
        ...general(
          { ...rest, fix: pattern.replace('DG095', code) },
          `The comment that would ignore ${code} gives no reason, so it does not count.`,
        ),
        where: at,
      });
    }
  }
  return { findings, ignored };
}

const WORST_FIRST = ['error', 'warning', 'note'] as const;

function inOrder(findings: readonly Finding[], { facts }: Repository): readonly Finding[] {
  const own = new Set(
    [
      facts.dockerfile,
      facts.workflow,
      `${facts.context === '.' ? '' : `${facts.context}/`}.dockerignore`,
    ].filter((path) => path !== undefined),
  );
  const rank = ({ level, where }: Finding) =>
    WORST_FIRST.indexOf(level) * 2 + (where && own.has(where.file) ? 0 : 1);
  const place = ({ where }: Finding) => where?.file ?? '';
  return findings.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      compare(place(a), place(b)) ||
      (a.where?.line ?? 0) - (b.where?.line ?? 0) ||
      compare(a.code, b.code),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
