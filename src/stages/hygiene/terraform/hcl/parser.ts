import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Parser } from 'web-tree-sitter';
import { readTree } from './read-tree.ts';
import type { HclFile } from './syntax.ts';

// Each of these is a file of dist/: ncc copies what `new URL(…, import.meta.url)` names, as long as it can parse this
// file, which `1_000` or other young syntax would prevent. The runtime is copied too, and not bundled, because a bundle
// has no `__dirname`.
const RUNTIME = new URL('../../../../../node_modules/web-tree-sitter/web-tree-sitter.cjs', import.meta.url);
const RUNTIME_WASM = new URL(
  '../../../../../node_modules/web-tree-sitter/web-tree-sitter.wasm',
  import.meta.url,
);
const GRAMMAR_WASM = new URL(
  '../../../../../node_modules/@tree-sitter-grammars/tree-sitter-hcl/tree-sitter-terraform.wasm',
  import.meta.url,
);

/** Far more than any file of 1 MB takes; a hostile one ends here. */
const LONGEST_PARSE_MS = 1000;

/**
 * White space that nobody writes. The grammar's scanner looks through a run of it again from each of its characters, in
 * one step that no callback can end: 20,000 line separators (U+2028) take six seconds, and a file of them half an hour.
 */
const ENDLESS_SPACE = /(?<![\s\u0085])[\s\u0085]{500}/;

/** Reads HCL or, as Terraform has it, JSON; of the blocks, those that are asked for, and of the others only where they are. */
export type HclReader = (
  text: string,
  wanted: (type: string, labels: readonly string[]) => boolean,
) => HclFile;

/** What is known of a file that is not read to its end: nothing. */
export const UNREAD: HclFile = { blocks: [], arguments: [], broken: true };

/** One for all readers: two that are loaded at once get in each other's way. */
let loaded: Promise<Parser> | undefined;

/** A reader of HCL, made of tree-sitter and its grammar. Loads 0.5 MB. */
export async function loadHclReader(): Promise<HclReader> {
  // Not by `??=`, which ncc can't parse either.
  if (loaded === undefined) loaded = loadParser();
  const parser = await loaded;
  return (text, wanted) => {
    if (ENDLESS_SPACE.test(text)) return UNREAD;
    const until = performance.now() + LONGEST_PARSE_MS;
    const tree = parser.parse(text, null, { progressCallback: () => performance.now() > until });
    if (tree === null) {
      parser.reset();
      return UNREAD;
    }
    try {
      return readTree(tree.rootNode, wanted);
    } finally {
      tree.delete();
    }
  };
}

async function loadParser(): Promise<Parser> {
  const runtime: typeof import('web-tree-sitter') = createRequire(import.meta.url)(pathOf(RUNTIME));
  const [wasmBinary, grammar] = await Promise.all([
    readFile(pathOf(RUNTIME_WASM)),
    readFile(pathOf(GRAMMAR_WASM)),
  ]);
  await runtime.Parser.init({ wasmBinary });
  const parser = new runtime.Parser();
  parser.setLanguage(await runtime.Language.load(grammar));
  return parser;
}

/** In dist/, ncc has put the path in the place of the URL. */
function pathOf(asset: URL | string): string {
  return typeof asset === 'string' ? asset : fileURLToPath(asset);
}
