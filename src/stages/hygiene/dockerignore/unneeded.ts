/** Folders of the context itself that serve the repository, and no container. */
const AT_THE_TOP = new Set([
  '.github',
  '.gitlab',
  '.circleci',
  'docs',
  'monitoring',
  'infra',
  'terraform',
  '.terraform',
  '.idea',
  '.vscode',
  '.devcontainer',
  'db/data',
]);
/** What tools leave behind, wherever they run: as the name of a folder, or a file's ending. */
const ANYWHERE = new Set([
  '__pycache__',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
  '.tox',
  '.nox',
  '.venv',
  'venv',
  'node_modules',
  '.nyc_output',
  'htmlcov',
  'coverage',
  '.terraform',
  '.gradle',
  '.DS_Store',
  '.coverage',
  'Thumbs.db',
]);
const ENDINGS = ['.pyc', '.pyo', '.swp', '.log'] as const;

/** The pattern for .dockerignore that leaves a path out which no image needs; undefined for what one may need. */
export function isUnneeded(path: string): string | undefined {
  const parts = path.split('/');
  const known = parts.find((part) => ANYWHERE.has(part));
  if (known) return `**/${known}`;
  const top = [parts[0] ?? '', parts.slice(0, 2).join('/')].find((each) => AT_THE_TOP.has(each));
  if (top) return top;
  const ending = ENDINGS.find((each) => path.endsWith(each));
  return ending ? `**/*${ending}` : undefined;
}
