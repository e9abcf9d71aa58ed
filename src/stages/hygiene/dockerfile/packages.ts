import { type Family, familyOf } from './base-images.ts';
import type { Instruction } from './instructions.ts';
import type { Stage } from './stages.ts';

type Command = Instruction['commands'][number];

/** Programs that install packages of a distribution, and the words with which they do. */
const INSTALL: Readonly<Record<string, RegExp>> = {
  'apt-get': /^install$/,
  apt: /^install$/,
  apk: /^add$/,
  yum: /^(install|groupinstall)$/,
  dnf: /^(install|groupinstall)$/,
  microdnf: /^install$/,
  tdnf: /^install$/,
  zypper: /^(install|in)$/,
};
const REMOVE = /^(remove|purge|autoremove|del|erase)$/;

const managerOf = ({ words }: Command) => (words[0] ?? '').replace(/^\/(usr\/)?s?bin\//, '');

/** What a command does with packages of the distribution; undefined where it is no package manager's. */
export function packageAction(command: Command): 'update' | 'install' | 'remove' | undefined {
  const manager = managerOf(command);
  if (!Object.hasOwn(INSTALL, manager)) return undefined;
  const action = command.words.slice(1).find((word) => /^[a-z-]+$/.test(word) && !word.startsWith('-'));
  if (action === undefined) return undefined;
  if (INSTALL[manager]?.test(action)) return 'install';
  if (REMOVE.test(action)) return 'remove';
  return action === 'update' ? 'update' : undefined;
}

/** The packages that a command names, without versions; for `apk add --virtual NAME`, that name as well. */
export function packagesOf({ words }: Command): readonly string[] {
  return words
    .slice(2)
    .filter((word) => !word.startsWith('-'))
    .map((word) => word.replace(/(?<=.)[=<>~@].*$/, ''));
}

/** Whether a RUN removes packages by name: `autoremove` alone finds nothing of what was asked for. */
export function removesPackages({ commands }: Instruction): boolean {
  return commands.some((command) => packageAction(command) === 'remove' && packagesOf(command).length > 0);
}

/** Whether any RUN, COPY or ADD of an image may bring a program: installs it, fetches it or copies it. */
export function mayBring(program: string, lineage: readonly Instruction[]): boolean {
  const installed = ({ commands }: Instruction) =>
    commands.some((command) => packageAction(command) === 'install' && packagesOf(command).some(matches));
  const matches = (name: string) => name === program || name.startsWith(`${program}-`) || name.includes('$');
  const file = new RegExp(`(^|[/\\s"])${program}([\\s"]|$)`);
  return lineage.some((each) =>
    each.keyword === 'RUN' ? installed(each) : /^(COPY|ADD)$/.test(each.keyword) && file.test(each.text),
  );
}

const FAMILIES: Readonly<Record<string, Family>> = {
  'apt-get': 'debian',
  apt: 'debian',
  apk: 'alpine',
  yum: 'redhat',
  dnf: 'redhat',
  microdnf: 'redhat',
};

/** What a stage's image is made from, by its name or by the package manager that is used in it. */
export function familyOfStage({ image, lineage }: Stage): Family | undefined {
  const family = image && familyOf(image);
  if (family !== undefined) return family;
  const commands = lineage.flatMap((each) => (each.keyword === 'RUN' ? each.commands : []));
  const user = commands.find((command) => packageAction(command) !== undefined);
  return user && FAMILIES[managerOf(user)];
}
