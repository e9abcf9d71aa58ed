import type { Rule } from './rule.ts';

/** A code of the hygiene check itself, with its part of the docs; no file breaks it. */
export type GeneralCode = Pick<Rule<never>, 'code' | 'summary' | 'level' | 'why' | 'how' | 'fix' | 'see'>;

/** What is said of the check itself. */
export const generalCodes = {
  withoutReason: {
    code: 'DG095',
    summary: 'An ignore comment gives no reason',
    level: 'warning',
    why: 'The comment stands where it would silence a finding, and nobody who reads it later can tell whether it still holds. So it does not count: the finding is reported, and this one beside it.',
    how: 'Only comments at the place of a finding, and with its code, are looked at. Anything after the codes is a reason.',
    fix: 'Write why it is so after the codes: `# deploy-guard ignore=DG095 it holds no secret, only names`.',
    see: "git grep -n 'deploy-guard ignore=DG'",
  },
  leftOut: {
    code: 'DG096',
    summary: 'Not everything was looked at',
    level: 'note',
    why: 'A deploy must not wait for a check of what may be without end, so that each part of it has a bound. What is past one was not looked at, and a finding in it would not be told.',
    how: 'One note of all bounds that left something out, with how many there are and how there are less of them: tracked texts of more than 1 MB; Dockerfiles, Compose files and workflows of more than 100,000 characters, or more of them than anybody deploys; Terraform past 2,000,000 characters or 3 seconds; a build context of more than 50,000 entries that are not tracked; more than 500 places of one rule.',
    fix: 'Where what was left out is not deployed and holds nothing of yours, skip the note for its path: `hygiene-ignore: DG096 data/**`. Else make it less, as is told for each bound.',
    see: "git ls-files -z | xargs -0 ls -ld | awk '$5 > 1000000'",
  },
  unknownIgnore: {
    code: 'DG097',
    summary: 'An entry of `hygiene-ignore` ignores nothing',
    level: 'warning',
    why: 'No rule of this version has the code, or the entry is no code, so what it was meant to silence is reported all the same.',
    how: 'Each entry is a code of [hygiene.md](hygiene.md), alone or with a pattern of paths after it.',
    fix: 'Correct the entry: `DG095`, or `DG095 tests/fixtures/**` for the files below that folder alone.',
    see: "git grep -n -A 5 'hygiene-ignore:' -- .github/workflows",
  },
  sarifNotWritten: {
    code: 'DG098',
    summary: 'The SARIF file could not be written',
    level: 'warning',
    why: 'A later step that uploads `sarif-file` will not find it, or finds one of an earlier run. The deploy is not held up by it.',
    how: 'The file is written inside the workspace alone, not through a symbolic link, and its folder is made where it is missing. It is not written where the repository can not be checked at all: an empty file would close every alert.',
    fix: 'Name a path from the root of the workspace, such as `sarif-file: deploy-guard.sarif`, and put `- uses: actions/checkout@v5` before this step.',
    see: "git grep -n 'sarif-file:' -- .github/workflows",
  },
  notRun: {
    code: 'DG099',
    summary: 'A rule could not be run',
    level: 'note',
    why: 'deploy-guard has a bug in this rule, or a file took longer to read than a deploy should wait. Everything else was checked, and the deploy goes on.',
    how: 'Each group of rules reads for itself, and each rule is run by itself: what one throws is told here and changes nothing else.',
    fix: 'Report it with the text of the finding in an issue of the deploy-guard repository. Until then, `hygiene-ignore` takes the code of the rule.',
    see: "git ls-files | grep -E -i 'dockerfile|compose|\\.tf$|\\.ya?ml$'",
  },
} as const satisfies Readonly<Record<string, GeneralCode>>;
