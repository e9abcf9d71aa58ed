import { clearTextEndpoints } from '../../../aws/client.ts';
import type { Finding } from '../../../finding.ts';
import { INPUTS } from '../../inputs/schema.ts';
import { shortSha } from '../../report/words.ts';
import type { Check } from '../check.ts';
import { at, placeOfKey } from '../workflow-file.ts';

/** The inputs themselves: what is missing, not valid or contradictory, as found when they were read. */
export const checkInputs: Check = async ({ config, inputFindings, commit, run, lookups }) => {
  const endpoints: readonly Finding[] = clearTextEndpoints(config.environment).map((name) => ({
    code: 'DG105',
    level: 'error',
    title: `${name} is not an https URL, and its host is not this machine: credentials would travel in the clear.`,
    fix: `Correct ${name}, or unset it to use AWS's own endpoints.`,
  }));
  const region: readonly Finding[] =
    config.region || config.invalidInputs.has('aws-region')
      ? []
      : [
          {
            code: 'DG208',
            level: 'error',
            title:
              'No AWS region is set: input `aws-region` is empty, and so are AWS_REGION and AWS_DEFAULT_REGION.',
            fix: 'Add `aws-region: us-east-1` (yours) under `with:`.',
          },
        ];
  const untagged: readonly Finding[] =
    commit || config.image.tag || config.mode === 'rollback'
      ? []
      : [
          {
            code: 'DG106',
            level: 'error',
            title: 'There is no checked-out commit to build from, so that the image has no tag.',
            fix: 'Put `- uses: actions/checkout@v5` before this step, or name the image with `image-tag:`.',
          },
        ];
  // `image-tag` may name the image otherwise, but what is built is HEAD.
  const elsewhere: readonly Finding[] =
    commit && run.sha && commit.sha !== run.sha
      ? [
          {
            code: 'DG107',
            level: 'note',
            title: `The checked-out commit ${shortSha(commit.sha)} is not ${shortSha(run.sha)}, which started this run: the image is of ${shortSha(commit.sha)}.`,
            fix: 'Nothing, if another `ref:` was checked out on purpose.',
          },
        ]
      : [];
  const workflow = await lookups.files.workflowFile();
  const file = workflow.ok ? workflow.value : undefined;
  const placed = inputFindings.map((finding) => at(finding, placeOfKey(file, inputIn(finding) ?? '')));
  const findings = [...placed, ...endpoints, ...region, ...untagged, ...elsewhere];
  const isInOrder = findings.every(({ level }) => level !== 'error');
  return { subject: 'inputs', passed: isInOrder ? 'all valid' : undefined, findings };
};

/** The input that a finding is about: the first that its title names. */
function inputIn({ title }: Finding): string | undefined {
  return [...title.matchAll(/`([a-z][a-z-]*)/g)]
    .map(([, name]) => name)
    .find((name) => name && name in INPUTS);
}
