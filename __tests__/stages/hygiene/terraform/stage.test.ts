import { describe, expect, it } from 'vitest';
import { type Stage, stageNamed } from '../../../../src/stages/hygiene/terraform/stage.ts';

describe('what a name says', () => {
  it.each<[string, Stage]>([
    ['production', 'production'],
    ['orders-prod', 'production'],
    ['envs/prod/rds.tf', 'production'],
    ['prodDatabase', 'production'],
    ['prod2', 'production'],
    ['products', 'unknown'],
    ['reproduction', 'unknown'],
    ['non-prod', 'other'],
    ['nonprod', 'other'],
    ['pre_production', 'other'],
    ['staging', 'other'],
    ['orders-dev-1', 'other'],
    ['device', 'unknown'],
    ['prod-and-staging', 'other'],
    ['', 'unknown'],
  ])('%s: %s', (name, expected) => {
    expect(stageNamed(name)).toBe(expected);
  });
});
