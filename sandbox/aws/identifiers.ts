import { createHash } from 'node:crypto';

/**
 * Makes identifiers in AWS's forms, unique within one sandbox and the same in every run, so that a log of one
 * run can be compared with that of another.
 */
export class Identifiers {
  #count = 0;

  /** 32 hexadecimal digits: a task's id. */
  hex32(): string {
    return this.#next().slice(0, 32);
  }

  /** 19 decimal digits: the number of an `ecs-svc/…` deployment and of its service revision. */
  digits19(): string {
    const number = BigInt(`0x${this.#next().slice(0, 16)}`) % 9_000_000_000_000_000_000n;
    return String(number + 1_000_000_000_000_000_000n);
  }

  /** A version 4 UUID: an event's id, a request's id, a container's. */
  uuid(): string {
    const hex = this.#next();
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  /** 21 characters of base64url: the id at the end of a service deployment's ARN. */
  nano21(): string {
    return createHash('sha256').update(this.#next()).digest('base64url').slice(0, 21);
  }

  /** `length` characters A-Z2-7 in AWS's key alphabet: the part of an access key id after AKIA or ASIA. */
  keyCharacters(length: number): string {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    const bytes = createHash('sha256').update(this.#next()).digest();
    return Array.from(bytes.subarray(0, length), (byte) => alphabet[byte % 32]).join('');
  }

  /** 40 characters in the form of a secret access key. */
  secret40(): string {
    return createHash('sha256').update(`secret ${this.#next()}`).digest('base64').slice(0, 40);
  }

  #next(): string {
    this.#count += 1;
    return createHash('sha256').update(`deploy-guard sandbox ${this.#count}`).digest('hex');
  }
}
