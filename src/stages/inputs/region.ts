import type { Finding } from '../../finding.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Names of regions in every partition: AWS General Reference, "Regional endpoints". */
export const REGION = /^[a-z]{2,}(?:-[a-z]+)+-\d+$/;

const REGION_VARIABLES = ['AWS_REGION', 'AWS_DEFAULT_REGION'] as const;

/** The region of `aws-region`, else of the environment. */
export function regionOf(
  values: { readonly 'aws-region': string | undefined },
  environment: Environment,
): string | undefined {
  const own = REGION_VARIABLES.map((name) => environment[name]?.trim()).find((text) => text);
  return values['aws-region'] ?? own;
}

/** A region of the environment that can be none: AWS's answers to it would mislead. */
export function regionFindings(
  values: { readonly 'aws-region': string | undefined },
  environment: Environment,
): readonly Finding[] {
  if (values['aws-region'] !== undefined) return [];
  const name = REGION_VARIABLES.find((variable) => environment[variable]?.trim());
  const text = (name && environment[name]?.trim()) ?? '';
  if (name === undefined || REGION.test(text)) return [];
  return [
    {
      code: 'DG101',
      level: 'error',
      title: `The variable ${name} is not a region such as \`us-east-1\`: \`${text.slice(0, 80).replaceAll(/[`\s]+/g, ' ')}\`.`,
      fix: `Write \`aws-region: us-east-1\` (yours) under \`with:\`, or correct ${name}.`,
    },
  ];
}
