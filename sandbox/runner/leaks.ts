/** A place where a person or a later step could read something. */
export interface Place {
  readonly name: string;
  readonly text: string;
}

const shortestTelling = 4;

/**
 * Where secrets show, one sentence each, naming the secret by its position and never by its value. A
 * secret counts in whole, line by line, and in base64.
 */
export function findLeaks(secrets: readonly string[], places: readonly Place[]): readonly string[] {
  return secrets.flatMap((secret, index) =>
    forms(secret).flatMap((form) =>
      places
        .filter((place) => place.text.includes(form.text))
        .map((place) => `secret ${index + 1}${form.how} shows in ${place.name}`),
    ),
  );
}

function forms(secret: string): readonly { readonly text: string; readonly how: string }[] {
  const lines = secret.split(/[\r\n]+/).map((line) => line.trim());
  const parts = lines.length > 1 ? lines.map((text) => ({ text, how: ' (a line of it)' })) : [];
  const encoded = { text: Buffer.from(secret).toString('base64').replace(/=+$/, ''), how: ' (base64)' };
  return [{ text: secret, how: '' }, ...parts, encoded].filter((form) => form.text.length >= shortestTelling);
}
