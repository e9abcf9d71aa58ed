import { fitsWildcard } from './wildcard.ts';

/** What a lifecycle policy does to the images that are tagged with a commit. */
export interface LifecycleRisk {
  /** `rulePriority` of the rule that takes them. */
  readonly rule: number;
  readonly action: 'expire' | 'archive';
  /** How many images are kept, or for how many days. */
  readonly keeps: { readonly images: number } | { readonly days: number };
}

interface Rule {
  readonly priority: number;
  readonly tagStatus: unknown;
  readonly storageClass: unknown;
  readonly prefixes: readonly string[];
  readonly patterns: readonly string[];
  readonly countType: unknown;
  readonly countNumber: number;
  readonly action: unknown;
}

/** Fewer kept images than this leave too little to go back to: a push with buildx counts as up to three. */
const ENOUGH_IMAGES = 10;

/** Commits that have nothing in common: a rule that takes them all takes any commit. */
const COMMITS = [
  '0123456789abcdef0123456789abcdef01234567',
  'fedcba9876543210fedcba9876543210fedcba98',
  'a5e0b1c6d2f7394860a5e0b1c6d2f7394860a5e0',
] as const;

/**
 * How a lifecycle policy (JSON text) endangers the images by which a service is rolled back, or undefined where it
 * does not. Each image carries a commit's tag and perhaps others (`alongside`). An image belongs to the first rule,
 * by priority, that its tags fit: rules after it don't touch it (Amazon ECR user guide, "How lifecycle policies
 * work"). Text that is no such policy is no risk.
 */
export function lifecycleRisk(policyText: string, alongside: readonly string[]): LifecycleRisk | undefined {
  const rule = rulesOf(policyText)
    .sort((a, b) => a.priority - b.priority)
    .find((candidate) => COMMITS.every((commit) => takes(candidate, [commit, ...alongside])));
  const action = rule && actionOf(rule);
  if (!rule || !action) return undefined;
  const { countNumber: n, countType, priority } = rule;
  if (countType === 'imageCountMoreThan')
    return n < ENOUGH_IMAGES ? { rule: priority, action, keeps: { images: n } } : undefined;
  // By age even the image that runs is taken, once nothing was deployed for so long.
  if (countType === 'sinceImagePushed' || countType === 'sinceImagePulled')
    return { rule: priority, action, keeps: { days: n } };
  return undefined;
}

function actionOf({ action }: Rule): LifecycleRisk['action'] | undefined {
  if (action === 'expire') return 'expire';
  return action === 'transition' ? 'archive' : undefined;
}

/** Every prefix, and every pattern, of a rule has to fit one of the image's tags. */
function takes(rule: Rule, tags: readonly string[]): boolean {
  // Images that are archived already: not those that a service runs.
  if (rule.storageClass === 'archive') return false;
  if (rule.tagStatus === 'any') return true;
  if (rule.tagStatus !== 'tagged' || rule.prefixes.length + rule.patterns.length === 0) return false;
  return (
    rule.prefixes.every((prefix) => tags.some((tag) => tag.startsWith(prefix))) &&
    rule.patterns.every((pattern) => tags.some((tag) => fitsWildcard(tag, pattern)))
  );
}

function rulesOf(policyText: string): Rule[] {
  const rules = list(field(parse(policyText), 'rules'));
  return rules.flatMap((rule) => {
    const selection = field(rule, 'selection');
    const countNumber = Number(field(selection, 'countNumber'));
    const priority = Number(field(rule, 'rulePriority'));
    if (!Number.isFinite(countNumber) || !Number.isFinite(priority)) return [];
    return [
      {
        priority,
        countNumber,
        tagStatus: field(selection, 'tagStatus'),
        storageClass: field(selection, 'storageClass'),
        prefixes: texts(field(selection, 'tagPrefixList')),
        patterns: texts(field(selection, 'tagPatternList')),
        countType: field(selection, 'countType'),
        action: field(field(rule, 'action'), 'type'),
      },
    ];
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function texts(value: unknown): readonly string[] {
  return list(value).filter((entry) => typeof entry === 'string');
}
