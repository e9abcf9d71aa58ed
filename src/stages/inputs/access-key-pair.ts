import type { Finding } from '../../finding.ts';
import { accessKeyProblem } from './access-key.ts';
import type { InputName, InputValues } from './schema.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that lead the SDK to other credentials than the key pair in the environment. */
const OTHER_SOURCES = [
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
] as const;

/** What is wrong with the access key that would be used, whether it comes from the inputs or the environment. */
export function accessKeyFindings(values: InputValues, environment: Environment): readonly Finding[] {
  const [id, secret] = [values['aws-access-key-id'], values['aws-secret-access-key']];
  const sessionToken = values['aws-session-token'];
  if (id !== undefined && secret !== undefined)
    return [accessKeyProblem({ id, secret, sessionToken, from: 'inputs' }) ?? []].flat();
  if (id !== undefined) return [halfAKey('aws-secret-access-key', 'aws-access-key-id')];
  if (secret !== undefined) return [halfAKey('aws-access-key-id', 'aws-secret-access-key')];
  const byOidc = values['role-to-assume'] !== undefined && !values['role-chaining'];
  if (byOidc || environment['AWS_PROFILE']) return [];
  const own = {
    id: environment['AWS_ACCESS_KEY_ID'] ?? '',
    secret: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    sessionToken: environment['AWS_SESSION_TOKEN'] || undefined,
    from: 'environment',
  } as const;
  if (own.id !== '' && own.secret !== '') return [accessKeyProblem(own) ?? []].flat();
  if (own.id === own.secret || OTHER_SOURCES.some((name) => environment[name])) return [];
  return [halfAKeyInEnvironment(own.id === '' ? 'AWS_ACCESS_KEY_ID' : 'AWS_SECRET_ACCESS_KEY')];
}

function halfAKeyInEnvironment(missing: string): Finding {
  const given = missing === 'AWS_ACCESS_KEY_ID' ? 'AWS_SECRET_ACCESS_KEY' : 'AWS_ACCESS_KEY_ID';
  return {
    code: 'DG104',
    level: 'error',
    title: `The variable ${missing} is empty, but ${given} is set. The secret ${missing} is probably not set in this repository.`,
    fix: `Set the secret ${missing} under Settings › Secrets and variables › Actions, and pass it: \`${missing}: \${{ secrets.${missing} }}\`.`,
  };
}

function halfAKey(missing: InputName, given: InputName): Finding {
  const name = missing.toUpperCase().replaceAll('-', '_');
  return {
    code: 'DG104',
    level: 'error',
    title: `Input \`${missing}\` is empty, but \`${given}\` is set. The secret ${name} is probably not set in this repository.`,
    fix: `Set the secret ${name} under Settings › Secrets and variables › Actions, and pass it: \`${missing}: \${{ secrets.${name} }}\`.`,
  };
}
