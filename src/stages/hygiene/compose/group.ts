import type { Stage } from '../dockerfile/stages.ts';
import type { Repository } from '../repository.ts';
import type { RuleGroup } from '../rule.ts';
import { readBuiltStages } from './built-stages.ts';
import { type ComposeFile, isBeside, MOST_CHARACTERS, readComposeFile } from './compose-file.ts';
import { defaultPasswords } from './default-passwords.ts';
import { literalSecrets } from './literal-secrets.ts';
import { movingImages } from './moving-images.ts';
import { noHealthchecks } from './no-healthchecks.ts';
import { noWaiting } from './no-waiting.ts';

/** The Compose files of a repository that somebody may start an environment with. */
export interface ComposeFiles {
  readonly files: readonly ComposeFile[];
  /** The stages that services are built from, by `stageKey`; what could not be read is not among them. */
  readonly stages: ReadonlyMap<string, Stage>;
}

/** Rules about Compose files. */
export const composeRules: RuleGroup<ComposeFiles> = {
  name: 'Compose',
  read: readComposeFiles,
  rules: [defaultPasswords, literalSecrets, noWaiting, movingImages, noHealthchecks],
};

const NAME = /(^|\/)(docker-)?compose([.-][\w.-]+)?\.ya?ml$/i;
/** Others' files, and those for tests, where a default is as good as any. */
const ELSEWHERE =
  /(^|\/)(node_modules|vendor|third_party|__tests__|tests?|testdata|fixtures|examples?|\.devcontainer|\.github)\/|[.-](tests?|testing|ci|e2e|integration)\.ya?ml$/i;
const MOST_FILES = 20;

async function readComposeFiles(repository: Repository): Promise<ComposeFiles | undefined> {
  const paths = repository.tracked.filter((path) => NAME.test(path) && !ELSEWHERE.test(path));
  repository.unread.add('compose', ...paths.slice(MOST_FILES));
  const read = await Promise.all(
    paths.slice(0, MOST_FILES).map(async (path) => {
      const text = await repository.read(path);
      const file = text === undefined ? undefined : await readComposeFile(path, text);
      if (file?.isCut || (text?.length ?? 0) > MOST_CHARACTERS) repository.unread.add('compose', path);
      return file;
    }),
  );
  const files = read.filter((file) => file !== undefined);
  if (files.length === 0) return undefined;
  return {
    files: files.map((file) => completed(file, files)),
    stages: await readBuiltStages(repository, files),
  };
}

/** An override beside a file may bring the health check. */
function completed(file: ComposeFile, all: readonly ComposeFile[]): ComposeFile {
  const beside = all.filter((other) => isBeside(file.file, other.file)).flatMap(({ services }) => services);
  const withCheck = new Set(beside.filter((each) => each.hasHealthcheck).map(({ name }) => name));
  const services = file.services.map((service) => ({
    ...service,
    hasHealthcheck: service.hasHealthcheck || withCheck.has(service.name),
    decidesHealthcheck: service.decidesHealthcheck || withCheck.has(service.name),
  }));
  return { ...file, services };
}
