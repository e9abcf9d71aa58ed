import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';

/** More of a file is not read: no secret that a build is given is as long. */
const MOST_BYTES = 64 * 1024;
/** Each is looked for in all that is told, in a score of forms. */
const MOST_SECRETS = 200;
/** A shorter line of several is a bracket or a word that the log has elsewhere too. In characters. */
const SHORTEST_LINE = 8;
/** A shorter word is none that is secret by its looks alone. */
const SHORTEST_WORD = 16;

/** A value after a name that says what it is, such as `_authToken=…`, `"password": "…"` or netrc's `password …`. */
const NAMED =
  /(?:pass|token|secret|key|auth|credential)[\w-]{0,40}["']?(?:\s*[=:]\s*|\s+)["']?([^\s"',;]{6,})/gi;
/** Between the words of a line; a sign `=` that ends base64 is none. */
const BETWEEN = /[\s"',;]+|(?<=\w)[=:](?=[^=:\s])/;
/** A host's name, with what follows it. A part of a JWT has capital letters. */
const HOST = /^(?:\w+:)?(?:\/+)?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+(?:[:/]\S*)?$/;
const PATH = /^[~.]{0,2}\//;

/**
 * What is secret in the files that `secret-files` names, one `id=path` a line. A file that can't be read is the
 * builder's to complain of. Does not throw.
 */
export async function secretsInFiles(
  secretFiles: readonly string[],
  workspace: string,
): Promise<readonly string[]> {
  const paths = secretFiles.map((line) => resolve(workspace, line.slice(line.indexOf('=') + 1)));
  const texts = await Promise.all(paths.map(async (path) => await beginningOf(path).catch(() => '')));
  return [...new Set(texts.flatMap(secretsInText))].slice(0, MOST_SECRETS);
}

/** The beginning of a file; nothing of a binary one, and of what is no file, which might never end. */
async function beginningOf(path: string): Promise<string> {
  if (!(await stat(path)).isFile()) return '';
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0);
    const bytes = buffer.subarray(0, bytesRead);
    return bytes.includes(0) ? '' : bytes.toString('utf8');
  } finally {
    await file.close();
  }
}

/** Each line of a text, the values in it that are named as secrets, and the words that look like one. */
export function secretsInText(text: string): readonly string[] {
  // A key in JSON has its line breaks as two signs.
  const lines = text
    .split(/\r\n|\n|\r|\\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const whole =
    lines.length === 1 ? lines : lines.filter((line) => line.length >= SHORTEST_LINE && !HOST.test(line));
  return [...new Set([...lines.flatMap(valuesIn), ...whole])];
}

function valuesIn(line: string): readonly string[] {
  const named = [...line.matchAll(NAMED)].flatMap(([, value]) => value ?? []);
  const words = line.split(BETWEEN).filter((word) => word.length >= SHORTEST_WORD && looksRandom(word));
  return [...named, ...words];
}

function looksRandom(word: string): boolean {
  return /\d/.test(word) && /[a-z]/i.test(word) && !HOST.test(word) && !PATH.test(word);
}
