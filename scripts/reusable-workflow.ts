// The parts of the reusable workflow that mirror action.yml: its inputs, its outputs, and what it hands on.
import { parse, stringify } from 'yaml';

interface Described {
  readonly description: string;
  readonly required?: boolean;
}

interface ActionFile {
  readonly inputs: Readonly<Record<string, Described>>;
  readonly outputs: Readonly<Record<string, Described>>;
}

/** Inputs of the action that are secrets of the workflow, by the name of the secret. */
const SECRETS: Readonly<Record<string, string>> = {
  'aws-access-key-id': 'AWS_ACCESS_KEY_ID',
  'aws-secret-access-key': 'AWS_SECRET_ACCESS_KEY',
  'aws-session-token': 'AWS_SESSION_TOKEN',
  'slack-webhook-url': 'SLACK_WEBHOOK_URL',
  secrets: 'BUILD_SECRETS',
};

/** Inputs that mean nothing to whoever calls a workflow: a job here has no file outside the checkout, and no token but its own. */
const OF_THE_JOB = ['github-token', 'job-id', 'ssh', 'secret-envs', 'secret-files'];

/** A reusable workflow with its generated parts brought up to date with an action.yml. Throws where a marker is missing. */
export function withMirror(workflow: string, actionFile: string): string {
  const { inputs, outputs } = parse(actionFile) as ActionFile;
  const names = Object.keys(inputs).filter((name) => !OF_THE_JOB.includes(name));
  const own = names.filter((name) => SECRETS[name] === undefined);
  const declared = Object.fromEntries(
    own.map((name) => {
      const description = oneLine(inputs[name]?.description ?? '');
      return [name, { description, type: 'string', ...(inputs[name]?.required ? { required: true } : {}) }];
    }),
  );
  const given = Object.fromEntries(
    names.map((name) => [
      name,
      SECRETS[name] === undefined ? `\${{ inputs.${name} }}` : `\${{ secrets.${SECRETS[name]} }}`,
    ]),
  );
  const told = Object.fromEntries(
    Object.entries(outputs).map(([name, { description }]) => [
      name,
      { description: oneLine(description), value: `\${{ jobs.deploy.outputs.${name} }}` },
    ]),
  );
  const ofJob = Object.fromEntries(
    Object.keys(outputs).map((name) => [name, `\${{ steps.deploy.outputs.${name} }}`]),
  );
  return [
    ['inputs', declared],
    ['outputs', told],
    ['job outputs', ofJob],
    ['with', given],
  ].reduce((text, [name, value]) => between(text, name as string, value as object), workflow);
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}

/** Puts YAML between the comments `# name, from action.yml:` and `# end`, indented as the first is. */
function between(text: string, name: string, value: object): string {
  const open = new RegExp(`^( *)# ${name}, from action\\.yml\\n`, 'm').exec(text);
  if (!open) throw new Error(`there is no "# ${name}, from action.yml" in the workflow`);
  const [line, indent = ''] = open;
  const from = open.index + line.length;
  const to = text.indexOf(`${indent}# end\n`, from);
  if (to < 0) throw new Error(`there is no "# end" after "# ${name}, from action.yml"`);
  const yaml = stringify(value, { lineWidth: 0 }).replaceAll(/^(?=.)/gm, indent);
  return text.slice(0, from) + yaml + text.slice(to);
}
