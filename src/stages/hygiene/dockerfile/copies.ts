import type { Instruction } from './instructions.ts';

/** What a COPY or an ADD takes from the build context; empty where it is from another stage, the net or a heredoc. */
export function copiedSources({ keyword, flags, words }: Instruction): readonly string[] {
  if (!/^(COPY|ADD)$/.test(keyword) || flags.some(({ name }) => name === 'from')) return [];
  return words.slice(0, -1).filter((word) => !/^(<<|[a-z]+:\/\/|git@)/i.test(word));
}

/** Whether such a source is the whole context. */
export function coversAll(source: string): boolean {
  return /^["']?(\.|\.?\/|\.?\/?\*|\.\/\.)["']?$/.test(source);
}
