import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lifecycleRisk } from '../../../src/stages/preflight/lifecycle-policy.ts';

interface Rule {
  readonly priority?: number;
  readonly status?: string;
  readonly prefixes?: readonly string[];
  readonly patterns?: readonly string[];
  readonly type?: string;
  readonly count?: number;
  readonly action?: string;
}

function policy(...rules: readonly Rule[]): string {
  return JSON.stringify({
    rules: rules.map((rule, index) => ({
      rulePriority: rule.priority ?? index + 1,
      selection: {
        tagStatus: rule.status ?? 'any',
        ...(rule.prefixes ? { tagPrefixList: rule.prefixes } : {}),
        ...(rule.patterns ? { tagPatternList: rule.patterns } : {}),
        countType: rule.type ?? 'imageCountMoreThan',
        countNumber: rule.count ?? 3,
      },
      action: { type: rule.action ?? 'expire' },
    })),
  });
}

const SAFE = { count: 50 };

describe('lifecycleRisk', () => {
  it.each<readonly [string, readonly Rule[], object | undefined]>([
    ['any image, 3 kept', [{}], { rule: 1, action: 'expire', keeps: { images: 3 } }],
    ['any image, 9 kept', [{ count: 9 }], { rule: 1, action: 'expire', keeps: { images: 9 } }],
    ['any image, 10 kept', [{ count: 10 }], undefined],
    [
      'any image, after 30 days',
      [{ type: 'sinceImagePushed', count: 30 }],
      { rule: 1, action: 'expire', keeps: { days: 30 } },
    ],
    [
      'any image, 30 days after the last pull',
      [{ type: 'sinceImagePulled', count: 30 }],
      { rule: 1, action: 'expire', keeps: { days: 30 } },
    ],
    ['archived ones', [{ type: 'sinceImageTransitioned', count: 30 }], undefined],
    ['any image, archived', [{ action: 'transition' }], { rule: 1, action: 'archive', keeps: { images: 3 } }],
    ['an action that is not known', [{ action: 'frobnicate' }], undefined],
    ['untagged images', [{ status: 'untagged', count: 1 }], undefined],
    ['tags with a prefix', [{ status: 'tagged', prefixes: ['v'], count: 1 }], undefined],
    ['tags with hexadecimal prefix', [{ status: 'tagged', prefixes: ['a'], count: 1 }], undefined],
    [
      'the pattern of everything',
      [{ status: 'tagged', patterns: ['*'] }],
      { rule: 1, action: 'expire', keeps: { images: 3 } },
    ],
    ['a pattern of versions', [{ status: 'tagged', patterns: ['v*'], count: 1 }], undefined],
    ['two patterns, of which one does not fit', [{ status: 'tagged', patterns: ['*', 'prod*'] }], undefined],
    [
      'a rule before it that keeps enough',
      [{ status: 'tagged', patterns: ['*'], ...SAFE }, { count: 1 }],
      undefined,
    ],
    [
      'a rule before it that does not fit',
      [{ status: 'tagged', prefixes: ['v'], ...SAFE }, { count: 1 }],
      { rule: 2, action: 'expire', keeps: { images: 1 } },
    ],
    [
      'rules out of order: priority counts',
      [
        { priority: 20, count: 1 },
        { priority: 10, status: 'tagged', patterns: ['*'], ...SAFE },
      ],
      undefined,
    ],
    ['no rules', [], undefined],
  ])('%s', (_, rules, expected) => {
    expect(lifecycleRisk(policy(...rules), [])).toEqual(expected);
  });

  it('knows that an image has other tags beside its commit', () => {
    const rules = policy({ status: 'tagged', prefixes: ['build-'] });
    expect(lifecycleRisk(rules, ['build-17'])).toMatchObject({ keeps: { images: 3 } });
    expect(lifecycleRisk(rules, [])).toBeUndefined();
  });

  it.each(['', '{', 'null', '[]', '{"rules":{}}', '{"rules":[null,7,{"selection":null}]}', '"rules"'])(
    'takes %j for no risk',
    (text) => {
      expect(lifecycleRisk(text, [])).toBeUndefined();
    },
  );

  it('never throws and never takes long, whatever the policy', () => {
    const pattern = fc.stringMatching(/^[*a-f0-9]{0,60}$/);
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 10 }), fc.jsonValue(), (patterns, anything) => {
        lifecycleRisk(policy({ status: 'tagged', patterns }), []);
        lifecycleRisk(JSON.stringify({ rules: [anything] }), []);
        lifecycleRisk(JSON.stringify(anything), []);
      }),
    );
    const startedAt = performance.now();
    lifecycleRisk(policy({ status: 'tagged', patterns: [`${'*0'.repeat(2000)}x`] }), []);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it('fits a pattern exactly where an expression would', () => {
    const text = fc.stringMatching(/^[ab]{0,12}$/);
    fc.assert(
      fc.property(text, fc.stringMatching(/^[ab*]{1,8}$/), (tag, pattern) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
        const risk = lifecycleRisk(policy({ status: 'tagged', patterns: [pattern] }), [tag]);
        // Commits consist of digits and a to f: only the tag beside them can fit a pattern with text.
        const fits = expression.test(tag) || /^\*+$/.test(pattern);
        expect(risk !== undefined).toBe(fits || takesCommits(expression));
      }),
    );
  });
});

/** Whether the pattern takes every commit, tried on such as have nothing in common. */
function takesCommits(expression: RegExp): boolean {
  return [
    '0123456789abcdef0123456789abcdef01234567',
    'fedcba9876543210fedcba9876543210fedcba98',
    'a5e0b1c6d2f7394860a5e0b1c6d2f7394860a5e0',
  ].every((commit) => expression.test(commit));
}
