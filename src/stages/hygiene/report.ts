import type { Finding } from '../../finding.ts';
import type { HygieneSettings } from '../inputs/config.ts';
import { type CheckContext, type CheckReport, skipped } from '../preflight/check.ts';
import { count, listed } from '../report/words.ts';
import { openCheckout } from './checkout.ts';
import { checkoutRoot } from './checkout-root.ts';
import { type Examination, examine } from './examine.ts';
import { factsOf } from './facts.ts';
import { groups } from './groups.ts';
import type { Repository } from './repository.ts';
import { sarifLog } from './sarif.ts';
import { writeSarifFile } from './sarif-file.ts';

/** What a deploy waits for at most, in milliseconds; most of it passes beside the calls to AWS. */
const TIMEOUT_MS = 10_000;

/** What the rules say of the checked-out repository, at the levels that `hygiene` asks for. Never throws. */
export async function hygieneReport(context: CheckContext): Promise<CheckReport> {
  const { config, run } = context;
  const { level, ignore, sarifFile } = config.hygiene;
  const root = checkoutRoot(config.build, run.workspace);
  const repository = await openCheckout(root, config.environment, (tracked) =>
    factsOf(context, tracked, root),
  );
  if (repository === undefined) {
    const unwritten = sarifFile && (await writeSarifFile(sarifFile, run.workspace, undefined));
    return {
      ...skipped('hygiene', 'the workspace is no git checkout'),
      findings: unwritten ? [unwritten] : [],
    };
  }
  const examination = await examine(repository, groups, { ignore, timeoutMs: TIMEOUT_MS });
  const unwritten =
    sarifFile && (await writeSarifFile(sarifFile, run.workspace, await logOf(examination, repository, run)));
  const findings = [
    ...examination.findings.map((finding) => atLevel(finding, level)),
    ...(unwritten ? [unwritten] : []),
  ];
  const summed = summedUp(examination, findings, repository.tracked.length);
  return { subject: 'hygiene', passed: undefined, findings, summed };
}

/** The SARIF log, at the rules' own levels: code scanning decides for itself what stops whom. */
async function logOf(
  { findings }: Examination,
  repository: Repository,
  run: CheckContext['run'],
): Promise<object> {
  const files = new Set(findings.flatMap(({ where }) => (where?.line === undefined ? [] : where.file)));
  const lines = new Map<string, readonly string[]>();
  for (const file of files) lines.set(file, ((await repository.read(file)) ?? '').split('\n'));
  return sarifLog(findings, {
    groups,
    docsUrl: run.errorsUrl.startsWith('https:')
      ? run.errorsUrl.replace(/errors\.md$/, 'hygiene.md')
      : undefined,
    lineOf: (file, line) => lines.get(file)?.[line - 1] ?? '',
  });
}

/** `warn` stops no deploy; with `fail`, errors and warnings do. What could not be checked stops nothing. */
function atLevel(finding: Finding, level: HygieneSettings['level']): Finding {
  if (finding.level === 'note') return finding;
  return { ...finding, level: level === 'fail' ? 'error' : 'warning' };
}

/** What was found, in the words of a title: `2 warnings and 1 note, 1 ignored (30 rules on 12 files)`. */
export function summedUp(
  { rules, ignored }: Pick<Examination, 'rules' | 'ignored'>,
  findings: readonly Pick<Finding, 'level'>[],
  files: number,
): string {
  const counts = (['error', 'warning', 'note'] as const).flatMap((level) => {
    const amount = findings.filter((finding) => finding.level === level).length;
    return amount === 0 ? [] : count(amount, level);
  });
  const found = counts.length === 0 ? 'nothing to mend' : listed(counts);
  return `${found}${ignored > 0 ? `, ${ignored} ignored` : ''} (${count(rules, 'rule')} on ${count(files, 'file')})`;
}
