/** A place where a person or a later step could read something. */
export interface Place {
  readonly name: string;
  readonly text: string;
}

const shortestTelling = 4;
/** Fewer encoded characters come about by chance. */
const shortestEncoded = 6;

/**
 * Where secrets show, one sentence each, naming the secret by its position and never by its value. A
 * secret counts in whole, line by line, and encoded (base64, alone and after a user's name; URL; JSON).
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
  const base64 = (text: string) => Buffer.from(text).toString('base64').replace(/=+$/, '');
  const encoded = [
    { text: base64(secret), how: ' (base64)' },
    // Of `user:secret`, as HTTP's basic authorization has it, what depends on the secret alone.
    { text: base64(`user:${secret}`).slice(7), how: ' (base64 after a name)' },
    { text: encodeURIComponent(secret.toWellFormed()), how: ' (URL-encoded)' },
    { text: JSON.stringify(secret).slice(1, -1), how: ' (JSON)' },
  ].filter(({ text }) => text !== secret && text.length >= shortestEncoded);
  return [{ text: secret, how: '' }, ...parts, ...encoded].filter(
    (form) => form.text.length >= shortestTelling,
  );
}
