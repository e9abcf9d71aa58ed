import { oneLine } from './text.ts';

/** Less is no secret's, but anyone's. */
const SHORTEST_FORM = 6;

/** A secret, or a line of one, in each form in which it travels: encoded alone or together with what stands beside it. */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const forms = [
    secret,
    oneLine(secret, secret.length * 2),
    bytes.toString('hex'),
    ...base64Forms(bytes),
    ...urlForms(secret.toWellFormed()),
    ...jsonForms(secret),
    ...markupForms(secret),
  ];
  return [...new Set(forms)].filter((form) => form === secret || form.length >= SHORTEST_FORM);
}

/** The forms of one that is itself too short to be told from a part of a word. */
export function encodedForms(secret: string): readonly string[] {
  return [Buffer.from(secret).toString('base64')];
}

/** In base64 three bytes become four characters: what a text before the secret leaves of it depends on its length. */
function base64Forms(bytes: Buffer): readonly string[] {
  const within = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const whole = bytes.toString('base64');
  const all = [whole, whole.replace(/=+$/, ''), ...within];
  return [...all, ...all.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}

function urlForms(secret: string): readonly string[] {
  const encoded = encodeURIComponent(secret);
  const strict = encoded.replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return [encoded, strict, strict.replaceAll('%20', '+')].flatMap((form) => [
    form,
    form.replaceAll(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()),
  ]);
}

/** As JavaScript writes it, as Python does (ASCII alone), and within a JSON text that is a string of another. */
function jsonForms(secret: string): readonly string[] {
  const json = inJson(secret);
  const ascii = json.replaceAll(
    /[^\u0020-\u007e]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return [json, ascii, inJson(json), inJson(ascii)];
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function markupForms(secret: string): readonly string[] {
  const plain = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quoted = plain.replaceAll('"', '&quot;');
  return [plain, quoted, quoted.replaceAll("'", '&apos;'), quoted.replaceAll("'", '&#39;')];
}
