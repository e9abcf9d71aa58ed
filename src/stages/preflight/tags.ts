import type { EcrRepository } from '../../aws/ecr.ts';
import { buildInputsHash, INPUTS_LABEL } from '../../docker/build-command.ts';
import type { Finding } from '../../finding.ts';
import type { Config } from '../inputs/config.ts';
import { listed, shortTag } from '../report/words.ts';
import type { CheckContext } from './check.ts';
import type { TaggedImages } from './lookups/ecr-lookups.ts';
import { isReusable } from './reuse.ts';
import { mayMove } from './tag-mutability.ts';
import { fitsWildcard } from './wildcard.ts';

/** The tags that this run would write and that the repository does not let move. */
export function tagProblems(
  repository: EcrRepository,
  images: TaggedImages,
  { config, commit }: Pick<CheckContext, 'config' | 'commit'>,
): readonly Finding[] {
  const { latestTag, extraTags } = config.image;
  const tag = config.image.tag ?? commit?.sha;
  const { latest, tagged, extras } = images;
  const reused = config.mode === 'rollback' || isReusable(config, images) ? tagged : undefined;
  /** Whether a tag has to be moved and can't be: not where it stands at the very image already. */
  const stuck = (name: string, now: { readonly digest: string } | undefined) =>
    now !== undefined && now.digest !== reused?.digest && !mayMove(name, repository);
  return [
    ...(latestTag && stuck(latestTag, latest) ? [latestStuck(latestTag, repository)] : []),
    ...(latestTag && !latest && !mayMove(latestTag, repository) ? [onceOnly(latestTag, repository)] : []),
    ...(tag && tag !== latestTag && config.mode !== 'rollback' && stuck(tag, tagged)
      ? [taken(tag, repository, config)]
      : []),
    ...extraTags
      .filter((extra) => extra !== tag && extra !== latestTag && stuck(extra, extras.get(extra)))
      .map((extra) => extraStuck(extra, repository)),
  ];
}

function exclude(tag: string, repository: EcrRepository): string {
  const { mutability, mutabilityExclusions: filters, name } = repository;
  const set = `aws ecr put-image-tag-mutability --repository-name ${name} --image-tag-mutability`;
  const option = (all: readonly string[]) =>
    `--image-tag-mutability-exclusion-filters ${all.map((each) => `filterType=WILDCARD,filter=${each}`).join(' ')}`;
  if (mutability === 'MUTABLE_WITH_EXCLUSION') {
    const [own, others] = [true, false].map((fits) =>
      filters.filter((filter) => fitsWildcard(tag, filter) === fits),
    );
    const command = others?.length ? `${set} MUTABLE_WITH_EXCLUSION ${option(others)}` : `${set} MUTABLE`;
    return `Take the filter ${listed(own ?? [])} out of the repository's exclusions: \`${command}\`.`;
  }
  if (filters.length >= MOST_FILTERS)
    return `Make room for it among the repository's exclusion filters, of which there are ${MOST_FILTERS} at most: ${listed(filters)}.`;
  // The command replaces all filters: those that there are have to be in it.
  return `Exclude it: \`${set} IMMUTABLE_WITH_EXCLUSION ${option([...filters, tag])}\`.`;
}

/** As many exclusion filters as a repository takes (Amazon ECR user guide, "Preventing image tags from being overwritten"). */
const MOST_FILTERS = 5;

function latestStuck(tag: string, repository: EcrRepository): Finding {
  return {
    code: 'DG341',
    level: 'error',
    title: `Tag ${tag} of ${repository.name} can't be moved: the repository's tags are immutable.`,
    fix: exclude(tag, repository),
  };
}

function onceOnly(tag: string, repository: EcrRepository): Finding {
  return {
    code: 'DG344',
    level: 'warning',
    title: `Tag ${tag} of ${repository.name} does not exist yet and can't be moved later, because the repository's tags are immutable: this deploy would be the only one.`,
    fix: exclude(tag, repository),
  };
}

function taken(tag: string, repository: EcrRepository, config: Config): Finding {
  const why = config.image.reuse
    ? `was built with other inputs (its label ${INPUTS_LABEL} is not ${buildInputsHash(config.build).slice(7, 19)}…)`
    : '`reuse-image: false` does not use again';
  return {
    code: 'DG342',
    level: 'error',
    title: `Tag ${shortTag(tag)} of ${repository.name} is taken by an image that ${why}, and the repository's tags are immutable.`,
    fix: 'Give this build another tag with `image-tag:`, or build it with the same context, file, target, build-args and platforms.',
  };
}

function extraStuck(tag: string, repository: EcrRepository): Finding {
  return {
    code: 'DG343',
    level: 'error',
    title: `Tag ${tag} of \`extra-tags\` stands at another image of ${repository.name} and can't be moved: the repository's tags are immutable.`,
    fix: `Take it out of \`extra-tags\`, or let it move. ${exclude(tag, repository)}`,
  };
}
