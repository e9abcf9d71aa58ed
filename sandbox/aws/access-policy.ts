import { matchesPattern } from './account.ts';
import type { Caller } from './credentials.ts';
import { ServiceError } from './service-error.ts';

/** A statement of an IAM policy that allows; `*` as in IAM. */
export interface AllowStatement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Condition key → what it has to be. */
  readonly conditions: Readonly<Record<string, string>>;
}

/** What is allowed: a statement, or an action on anything. */
export type Allowed = string | AllowStatement;

/** What AWS knows of a request besides action and resource: condition key → value. */
export type RequestContext = Readonly<Record<string, string>>;

/** What the sandbox's credentials may do: everything but `denied`, or `allowedOnly`. */
export class AccessPolicy {
  readonly #denied: readonly string[];
  readonly #allowedOnly: readonly Allowed[] | undefined;

  constructor(options: { readonly denied?: readonly string[]; readonly allowedOnly?: readonly Allowed[] }) {
    this.#denied = options.denied ?? [];
    this.#allowedOnly = options.allowedOnly;
  }

  allows(action: string, resource: string, context: RequestContext = {}): boolean {
    const matches = (pattern: string) => matchesPattern(action.toLowerCase(), pattern.toLowerCase());
    if (this.#denied.some(matches)) return false;
    if (this.#allowedOnly === undefined) return true;
    return this.#allowedOnly.some((allowed) => {
      if (typeof allowed === 'string') return matches(allowed);
      return (
        allowed.actions.some(matches) &&
        allowed.resources.some((pattern) => matchesPattern(resource, pattern)) &&
        Object.entries(allowed.conditions).every(([key, pattern]) =>
          matchesPattern(context[key] ?? '', pattern),
        )
      );
    });
  }

  /** Throws AWS's refusal where the caller may not do this; STS calls it AccessDenied and answers 403. */
  demand(caller: Caller, action: string, resource: string, context: RequestContext = {}): void {
    if (this.allows(action, resource, context)) return;
    const message = this.refusal(caller, action, resource);
    throw action.startsWith('sts:')
      ? new ServiceError('AccessDenied', message, 403)
      : new ServiceError('AccessDeniedException', message);
  }

  /** IAM's sentence for an action that no policy allows. */
  refusal(caller: Caller, action: string, resource: string): string {
    return `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
  }
}
