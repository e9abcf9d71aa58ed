/**
 * A field with what follows it. In quotes it is taken as it stands, line breaks and all; quotes elsewhere than around a
 * whole field mean nothing. A comment has a line for itself.
 */
const FIELD =
  /(?:(?<![^\n])[ \t]*(?<comment>#)[^\n]*|(?:(?<![^\n])[ \t]*)?"(?<quoted>[^"]*(?:""[^"]*)*)"[ \t\r]*(?=[,\n]|$)|(?<plain>[^,\n]*))(?<end>[,\n]|$)/gy;

/** What stands on a line, or in quotes on several. */
interface Entry {
  readonly fields: readonly string[];
  readonly isQuoted: boolean;
}

/**
 * The entries of an input that docker/build-push-action has too, one a line and written as there: in double quotes
 * where an entry has several lines or a comma that is its own, with the quotes inside doubled.
 */
export function splitEntries(text: string): readonly string[] {
  return entriesOf(text)
    .map(({ fields, isQuoted }) => (isQuoted ? fields.join(',') : fields.join(',').trim()))
    .filter((entry) => entry !== '');
}

/** The same where a comma ends an entry as well. */
export function splitCommaEntries(text: string): readonly string[] {
  return entriesOf(text)
    .flatMap(({ fields }) => fields.flatMap((field) => field.split(',')))
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function entriesOf(text: string): readonly Entry[] {
  const entries: Entry[] = [];
  let fields: string[] = [];
  let isQuoted = false;
  for (const { groups } of text.matchAll(FIELD)) {
    const { comment, quoted, plain = '', end } = groups ?? {};
    if (comment === undefined) fields.push(quoted?.replaceAll('""', '"') ?? plain);
    isQuoted ||= quoted !== undefined;
    if (end === ',') continue;
    entries.push({ fields, isQuoted });
    fields = [];
    isQuoted = false;
  }
  return entries;
}
