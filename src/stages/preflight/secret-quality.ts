/** Least length of a `strong` secret, in characters. */
export const MIN_STRONG = 16;

const PLACEHOLDERS =
  /^(change[-_ ]?(me|this|it)([-_ ]?(please|now|later|first|soon|before[-_ ]\w+|in[-_ ]\w+))?\d{0,4}|your[-_ ].*|my[-_ ]?(secret|password)|todo|tbd|fixme|placeholder|dummy|example|sample|test|none|null|undefined|n\/?a|empty|secret|password|replace[-_ ]?(me|this|with).*|insert[-_ ].*|x{3,}([-_ ]x+)*|foo|(foo)?bar|redacted|unset|not[-_ ]?set|.*[-_ ]goes[-_ ]here|(put|enter|add)[-_ ].*[-_ ]here|\*{3,}|\.{3,}|-{3,}|0{4,}|1{4,})[!.]*$/i;

/** The most common passwords and what they are built on (NCSC and NordPass lists); a strong secret is none of them, digits and signs taken off. */
const COMMON =
  /^(password|passw0rd|p@ssw0rd|p@ssword|qwerty(u(i(op?)?)?)?|azerty|(qaz|zaq)?wsx(edc(rfv)?)?|letmein|welcome|admin(istrator)?|root|user|iloveyou|monkey|dragon|football|baseball|superman|batman|master|shadow|sunshine|princess|login|abc|abcdef(gh)?|trustno|hello|freedom|whatever|secret|default|postgres|mysql|changeme|guest|test|temp)+$/i;

/** Signs as they are put for letters. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
};

/** Why a value is no value at all, in words that end "is a placeholder: …"; undefined where it isn't one. */
export function placeholderIn(name: string, value: string): string | undefined {
  const trimmed = value.trim();
  if (/^\$\{\{.*\}\}$/s.test(trimmed)) return 'an expression that GitHub did not evaluate, `${{ … }}`';
  if (/^(secrets|vars|env|inputs)\.[A-Za-z_]\w*$/.test(trimmed))
    return 'an expression without its braces, `${{ … }}`';
  if (/^(\$[A-Z_][A-Z0-9_]*|\$\{\w+\}|\$\(\w+\)|%[A-Z_][A-Z0-9_]*%)$/.test(trimmed))
    return 'the name of a shell variable that nothing filled in';
  if (withoutSigns(trimmed) === withoutSigns(name)) return "the variable's own name";
  if (/^(<.*>|\[.*\]|\{\{.*\}\})$/s.test(trimmed) && !/["':]/.test(trimmed))
    return 'text in brackets, to be filled in';
  if (PLACEHOLDERS.test(trimmed)) return 'a word that stands for a value';
  return undefined;
}

/** Why a value is not `strong`, in words that end "is not strong: …"; undefined where it is. */
export function weaknessOf(value: string): string | undefined {
  const characters = [...value];
  if (characters.length < MIN_STRONG) return `it is shorter than ${MIN_STRONG} characters`;
  const classes = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{L}\p{Nd}]/u].filter((pattern) =>
    pattern.test(value),
  );
  if (classes.length < 3) {
    return 'it has fewer than three of the four classes (lower case, upper case, digits, other signs)';
  }
  if (readings(value).some((letters) => COMMON.test(letters))) {
    return 'it is a common password with signs around it';
  }
  return undefined;
}

/** Whether a value that counts as strong is made of a few characters again and again, so that it is easily guessed. */
export function isRepetitive(value: string): boolean {
  return new Set(value).size < 6;
}

/** The letters of a value; with `@` and `0`, which some words have; and with every sign that stands for a letter read as that. */
function readings(value: string): readonly string[] {
  const inside = /\p{L}.*\p{L}/su.exec(value)?.[0] ?? '';
  return [
    value.replaceAll(/[^\p{L}]/gu, ''),
    value.replaceAll(/[^\p{L}@0]/gu, ''),
    inside.replaceAll(/[013457@$]/g, (sign) => LOOKALIKES[sign] ?? '').replaceAll(/[^\p{L}]/gu, ''),
  ];
}

function withoutSigns(text: string): string {
  return text.toLowerCase().replaceAll(/[-_ ]/g, '');
}
