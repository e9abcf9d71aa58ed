/** What may stand in place of a value: nothing, empty ones, other types, and too much. */
const REPLACEMENTS: readonly unknown[] = [
  undefined,
  null,
  '',
  [],
  {},
  0,
  -1,
  1e308,
  'x'.repeat(5_000),
  '::error::forged\n##[error]',
  '\u001b[2Jforged\u0000\r::set-output name=result::forged\ud800\u202e',
  true,
  [null],
];

/** An answer's JSON with one value, chosen by `random`, replaced by another or left out. Other text stays as it is. */
export function mutateJson(body: Buffer, random: () => number): Buffer {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return body;
  }
  const places = placesIn(json);
  const place = places[Math.floor(random() * places.length)];
  if (place === undefined) return body;
  place(REPLACEMENTS[Math.floor(random() * REPLACEMENTS.length)]);
  return Buffer.from(JSON.stringify(json));
}

/** A setter for each value below the top. */
function placesIn(json: unknown): readonly ((value: unknown) => void)[] {
  if (typeof json !== 'object' || json === null) return [];
  const own = json as Record<string, unknown>;
  return Object.keys(own).flatMap((key) => [
    (value: unknown) => {
      own[key] = value;
    },
    ...placesIn(own[key]),
  ]);
}

/** The fields in which AWS and GitHub write for a reader. */
const SENTENCES =
  /^(message|reason|description|statusReason|stoppedReason|rolloutStateReason|detail|title)$/i;

/** An answer's JSON with `text` after each sentence in it. Other text stays as it is. */
export function wordJson(body: Buffer, text: string): Buffer {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'), (key, value: unknown) =>
      typeof value === 'string' && SENTENCES.test(key) ? `${value} ${text}` : value,
    );
    return Buffer.from(JSON.stringify(json));
  } catch {
    return body;
  }
}
