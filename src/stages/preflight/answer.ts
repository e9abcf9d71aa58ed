/** An answer, or the error that came in its place. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown };

/** The value of an answer; throws the error that came in its place. */
export function unwrap<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw answer.error;
}

/** Questions to the outside, each asked once by its name however often its answer is needed. */
export class Questions {
  readonly #asked = new Map<string, Promise<Answer<unknown>>>();

  /** The answer to a question; `question` is called only where none of that name was asked before. */
  async once<T>(name: string, question: () => Promise<T>): Promise<Answer<T>> {
    const asked =
      this.#asked.get(name) ??
      question().then(
        (value): Answer<T> => ({ ok: true, value }),
        (error: unknown): Answer<T> => ({ ok: false, error }),
      );
    this.#asked.set(name, asked);
    return (await asked) as Answer<T>;
  }

  /** Waits for the answer to a question, where it was asked. */
  async answered(name: string): Promise<void> {
    await this.#asked.get(name);
  }
}
