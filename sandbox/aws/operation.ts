import type { ImageStore } from '../registry/image-store.ts';
import type { RegistryTokens } from '../registry/tokens.ts';
import type { RoleSpec, SecretSpec } from '../scenarios/scenario.ts';
import type { AccessPolicy } from './access-policy.ts';
import type { Account } from './account.ts';
import type { Caller, CredentialStore } from './credentials.ts';
import type { EcrUploads } from './ecr/uploads.ts';
import type { EcsCloud } from './ecs-simulation/ecs-cloud.ts';
import type { Others } from './ecs-simulation/others.ts';
import type { Identifiers } from './identifiers.ts';
import type { LogStore } from './logs/log-store.ts';
import type { Timeline } from './timeline.ts';

/** Everything that AWS's services work on in one sandbox. */
export interface AwsWorld {
  readonly account: Account;
  readonly timeline: Timeline;
  readonly ids: Identifiers;
  readonly ecs: EcsCloud;
  readonly others: Others;
  readonly store: ImageStore;
  readonly uploads: EcrUploads;
  readonly tokens: RegistryTokens;
  readonly logs: LogStore;
  readonly credentials: CredentialStore;
  readonly roles: readonly RoleSpec[];
  readonly oidcProvider: boolean;
  /** Names of Systems Manager's parameters. */
  readonly parameters: readonly string[];
  readonly secrets: readonly SecretSpec[];
  readonly policy: AccessPolicy;
  /** `127.0.0.1:port`, the registry that ECR names. */
  readonly registryHost: string;
}

/** One call, as an operation sees it. */
export interface Call {
  readonly world: AwsWorld;
  readonly caller: Caller;
}

/** An operation of a service with its input type forgotten, so that all fit one table. */
export interface Operation {
  /** The IAM action that it takes; undefined where AWS asks for none. */
  readonly action: string | undefined;
  /** The ARN that the action is asked for. */
  resource(input: object, world: AwsWorld): string;
  run(input: object, call: Call): object;
}

/**
 * Ties an operation to its IAM action. `Input` and `Output` are the SDK's own command types, so that the
 * compiler checks the answer's shape; what arrives was made by the SDK's serializer for that very type.
 */
export function operation<Input extends object, Output extends object>(spec: {
  readonly action: string | undefined;
  readonly resource: (input: Input, world: AwsWorld) => string;
  readonly run: (input: Input, call: Call) => Omit<Output, '$metadata'>;
}): Operation {
  return {
    action: spec.action,
    resource: (input, world) => spec.resource(input as Input, world),
    run: (input, call) => spec.run(input as Input, call),
  };
}

/** The page of a list that a token asks for; tokens are offsets. */
export function pageOf<Item>(
  items: readonly Item[],
  nextToken: string | undefined,
  size: number,
): { readonly items: Item[]; readonly nextToken: string | undefined } {
  const offset = Number.parseInt(nextToken ?? '0', 10) || 0;
  const end = offset + size;
  return { items: items.slice(offset, end), nextToken: end < items.length ? String(end) : undefined };
}
