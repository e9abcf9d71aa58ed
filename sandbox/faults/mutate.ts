/** What may stand in place of a value: nothing, empty ones, other types, and too much. */
const REPLACEMENTS: readonly unknown[] = [
  undefined,
  null,
  '',
  [],
  {},
  0,
  -1,
  0.5,
  1e308,
  // Dates before and after all that JavaScript has, where seconds are meant.
  -1e13,
  1e13,
  '17',
  '__proto__',
  'x'.repeat(5_000),
  '::error::forged\n##[error]',
  '\u001b[2Jforged\u0000\r::set-output name=result::forged\ud800\u202e',
  true,
  [null],
  [[{}]],
  Array.from({ length: 500 }, () => 'many'),
  { constructor: null, toString: 1, length: 3 },
];

/** An answer with one to three values, chosen by `random`, replaced or left out. What is neither JSON nor XML stays. */
export function mutateAnswer(body: Buffer, random: () => number): Buffer {
  return body.subarray(0, 1).toString() === '<' ? mutateXml(body, random) : mutateJson(body, random);
}

/** XML knows text alone: one element's is another, or the element is gone. */
function mutateXml(body: Buffer, random: () => number): Buffer {
  const xml = body.toString('utf8');
  const elements = [...xml.matchAll(/<(\w+)>[^<]*<\/\1>/g)];
  const [element, name] = elements[Math.floor(random() * elements.length)] ?? [];
  const value = REPLACEMENTS[Math.floor(random() * REPLACEMENTS.length)];
  if (element === undefined) return body;
  const text = String(value)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\u0000-\u001f]/g, ' ');
  return Buffer.from(xml.replace(element, () => (value === undefined ? '' : `<${name}>${text}</${name}>`)));
}

function mutateJson(body: Buffer, random: () => number): Buffer {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch {
    return body;
  }
  const places = placesIn(json);
  const times = 1 + Math.floor(random() * 3);
  for (let time = 0; time < times; time += 1) {
    const place = places[Math.floor(random() * places.length)];
    place?.(REPLACEMENTS[Math.floor(random() * REPLACEMENTS.length)]);
  }
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
