import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as ecr from '@aws-sdk/client-ecr';
import * as ecs from '@aws-sdk/client-ecs';
import * as sts from '@aws-sdk/client-sts';

/** Programs that the documentation may ask a reader to run. */
const PROGRAMS =
  /^(aws|docker|podman|gh|git|curl|openssl|printf|printenv|timedatectl|sudo|npm|node|env|grep|date|df)\b/;

/** The commands in the `sh` blocks of a Markdown text, continued lines joined; throws for a line of another kind. */
export function commandsIn(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    block
      .replaceAll('\\\n', ' ')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        if (PROGRAMS.test(line) || /^[A-Z_]+=\$\(/.test(line)) return line;
        throw new Error(`not a command that a reader has: ${line}`);
      }),
  );
}

const CLIENTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = { ecr, ecs, logs, sts };
/** Commands of the CLI that are no operation of the API. */
const CLI_ONLY = new Set(['ecr get-login-password', 'logs tail']);

/** Actions of services without a client here: AWS service authorization reference. */
const WITHOUT_CLIENT: Readonly<Record<string, readonly string[]>> = {
  iam: ['PassRole', 'SimulatePrincipalPolicy'],
  ssm: ['DescribeParameters'],
  secretsmanager: ['DescribeSecret'],
};

/** Whether a service (`ecs`) has an operation (`UpdateService`), by its SDK client. Throws for a service not known here. */
export function isOperation(service: string, operation: string): boolean {
  const known = WITHOUT_CLIENT[service];
  if (known !== undefined) return known.includes(operation);
  const client = CLIENTS[service];
  if (client === undefined) throw new Error(`no client of ${service} is installed here`);
  return `${operation}Command` in client;
}

/** `aws SERVICE OPERATION` anywhere in a text, of the services whose clients are here, that the API doesn't have. */
export function unknownAwsOperations(text: string): readonly string[] {
  return [...text.matchAll(/\baws (ecr|ecs|sts|logs) ([a-z][a-z-]+)/g)].flatMap(
    ([, service = '', name = '']) => {
      if (CLI_ONLY.has(`${service} ${name}`)) return [];
      const operation = name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
      return isOperation(service, operation) ? [] : [`${service} ${name}`];
    },
  );
}
