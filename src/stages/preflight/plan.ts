import { nameInArn } from '../../aws/arn.ts';
import type { CheckedOutCommit } from '../../github/checked-out-commit.ts';
import { oneLine } from '../../runner/text.ts';
import type { Config } from '../inputs/config.ts';
import { count, duration, listed, shortDigest, shortSha, shortTag } from '../report/words.ts';
import type { Target, TargetService } from '../target.ts';
import { changesAtEcs, type Permissions } from './permissions.ts';

/** What a plan is made of: what the preflight found, and what is asked for. */
export interface PlanFacts {
  readonly config: Config;
  readonly commit: CheckedOutCommit | undefined;
  readonly target: Target;
  /** What IAM's simulation said, where it was asked. */
  readonly permissions?: Permissions;
}

/**
 * What a deploy from here would do, a line each, in its order: build, push, migrate, move, start, wait. For the end
 * of `mode: check`.
 */
export function planLines(facts: PlanFacts): readonly string[] {
  const { config } = facts;
  const { preDeployCommand } = config.ecs;
  const steps: readonly (readonly [string, string])[] = [
    ...imageSteps(facts),
    ...(preDeployCommand
      ? [['run', `${oneLine(preDeployCommand.join(' '), 120)}, once, as a task of the image`] as const]
      : []),
    ...moveSteps(facts),
    ...facts.target.services.map((each) => ['start', startOf(each, facts)] as const),
    ['wait', waitOf(config)],
    ...(config.ecs.onFailure === 'rollback'
      ? [['undo', 'all of it where it fails (`on-failure: rollback`)'] as const]
      : []),
  ];
  return [
    'A deploy from here would',
    ...steps.map(([verb, what]) => `  ${verb.padEnd(6)} ${what}`),
    permissionLine(facts),
  ];
}

function imageSteps({ config, commit, target }: PlanFacts): readonly (readonly [string, string])[] {
  const { build, image } = config;
  const { tagged } = target.images;
  const tag = image.tag ?? commit?.sha ?? '';
  if (target.canReuse && tagged)
    return [
      ['reuse', `${shortTag(tag)} (${shortDigest(tagged.digest)}), which was built the same way before`],
    ];
  const what = commit
    ? `${shortSha(commit.sha)}${commit.subject ? ` "${oneLine(commit.subject, 80)}"` : ''}`
    : tag;
  const file = build.file ?? (build.context === '.' ? 'Dockerfile' : `${build.context}/Dockerfile`);
  const how = [
    `from ${oneLine(file, 120)}`,
    ...(build.target ? [`stage ${oneLine(build.target, 60)}`] : []),
    ...(build.platforms.length > 0 ? [`for ${listed(build.platforms)}`] : []),
    ...(target.engine ? [`with ${target.engine.name} ${target.engine.server}`] : []),
  ];
  const instead = tagged ? `, in place of ${shortDigest(tagged.digest)}` : '';
  return [
    ['build', `${what} ${how.join(', ')}`],
    ['push', `it to ${target.repository.uri} as ${shortTag(tag)}${instead}`],
  ];
}

/** The other tags, `latest` last: they are moved once the image is there. */
function moveSteps({ config, commit, target }: PlanFacts): readonly (readonly [string, string])[] {
  const { tag = commit?.sha, latestTag, extraTags } = config.image;
  const { latest, tagged, extras } = target.images;
  const tags = [...new Set([...extraTags.filter((extra) => extra !== latestTag), latestTag])];
  return tags.flatMap((each): readonly (readonly [string, string])[] => {
    if (each === undefined || each === tag) return [];
    const name = shortTag(each);
    const now = each === latestTag ? latest : extras.get(each);
    if (now === undefined) return [['move', `${name} to it, for the first time`]];
    return target.canReuse && now.digest === tagged?.digest
      ? [['keep', `${name}, which points at it already`]]
      : [['move', `${name} from ${shortDigest(now.digest)} to it`]];
  });
}

function startOf({ service, taskDefinition, images }: TargetService, { config, target }: PlanFacts): string {
  const { ecs } = config;
  const of = taskDefinition ? nameInArn(taskDefinition) : (ecs.taskDefinition ?? '');
  const { tagged } = target.images;
  const image = target.canReuse && tagged ? `${target.repository.uri}@${tagged.digest}` : undefined;
  const hasImage = images.length > 0 && images.every((each) => each === image);
  const isRegistered = taskDefinition === '' || (ecs.rollout === 'pin' && !hasImage);
  const revision = isRegistered ? `a new revision of ${of}` : of;
  return `one deployment of ${service.name}: ${count(service.desired, 'task')} of ${revision}, ${service.strategy.toLowerCase().replace('_', '/')}`;
}

function waitOf({ ecs, healthChecks }: Config): string {
  if (ecs.waitMinutes === 0) return 'for nothing (`wait-for-minutes: 0`)';
  const urls = healthChecks.targets.length;
  const asked = urls > 0 ? `, and ${count(urls, 'health URL')} to answer` : '';
  return `at most ${duration(ecs.waitMinutes * 60_000)} until every task runs the image${asked}`;
}

function permissionLine({ config, permissions }: PlanFacts): string {
  if (permissions?.areAllowed)
    return `Allowed by IAM's simulation, which is no promise (ECS has no dry run): ${listed(permissions.asked)}.`;
  const denied = permissions?.denied.map(({ action }) => action) ?? [];
  if (denied.length > 0) return `Denied to these credentials by IAM's simulation: ${listed(denied)}.`;
  const actions = changesAtEcs(config);
  return `Not known beforehand: whether ${listed(actions)} ${actions.length > 1 ? 'are' : 'is'} allowed (ECS has no dry run).`;
}
