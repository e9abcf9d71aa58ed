import { matchesPattern } from './account.ts';
import type { Caller } from './credentials.ts';
import { ServiceError } from './service-error.ts';

/** What the sandbox's credentials may do: everything but `denied`, or `allowedOnly`; IAM actions, `*` allowed. */
export class AccessPolicy {
  readonly #denied: readonly string[];
  readonly #allowedOnly: readonly string[] | undefined;

  constructor(options: { readonly denied?: readonly string[]; readonly allowedOnly?: readonly string[] }) {
    this.#denied = options.denied ?? [];
    this.#allowedOnly = options.allowedOnly;
  }

  allows(action: string): boolean {
    const matches = (pattern: string) => matchesPattern(action.toLowerCase(), pattern.toLowerCase());
    if (this.#denied.some(matches)) return false;
    return this.#allowedOnly === undefined || this.#allowedOnly.some(matches);
  }

  /** Throws AWS's refusal where the caller may not do this; STS calls it AccessDenied and answers 403. */
  demand(caller: Caller, action: string, resource: string): void {
    if (this.allows(action)) return;
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
