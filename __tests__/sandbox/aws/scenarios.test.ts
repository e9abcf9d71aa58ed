import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Service } from '../../../sandbox/aws/ecs-simulation/state.ts';
import { findScenario, scenarios } from '../../../sandbox/scenarios/index.ts';
import { simulate } from './simulated-world.ts';

/** What ECS itself comes to in each scenario, whatever a run of the action makes of it. */
interface Ending {
  /** The status of our service deployment after `after` seconds. */
  readonly status: string;
  readonly after: number;
  /** Which image every running task of the service then runs. */
  readonly running: 'pushed' | 'previous' | 'another' | 'none' | 'both' | 'unreported';
  /** A text among the events and stopped reasons. */
  readonly says?: RegExp;
  readonly failures?: number;
}

const endings: Readonly<Record<string, Ending>> = {
  success: { status: 'SUCCESSFUL', after: 90, running: 'pushed', says: /has reached a steady state\.$/ },
  slow: { status: 'SUCCESSFUL', after: 150, running: 'pushed' },
  hygiene: { status: 'SUCCESSFUL', after: 90, running: 'pushed' },
  'circuit-breaker-rollback': {
    status: 'ROLLBACK_SUCCESSFUL',
    after: 70,
    running: 'previous',
    failures: 3,
    says: /deployment failed: tasks failed to start\.$/,
  },
  'circuit-breaker-stop': { status: 'STOPPED', after: 70, running: 'previous', failures: 3 },
  'crash-loop': {
    status: 'IN_PROGRESS',
    after: 1800,
    running: 'both',
    failures: 0,
    says: /^Essential container in task exited$/,
  },
  'crash-loop-breaker': { status: 'IN_PROGRESS', after: 1800, running: 'both', failures: 0 },
  'crash-loop-undone': { status: 'IN_PROGRESS', after: 1800, running: 'both', failures: 0 },
  'cannot-pull': {
    status: 'IN_PROGRESS',
    after: 600,
    running: 'previous',
    says: /^CannotPullContainerError: .* 127\.0\.0\.1:5000\/dyno-agent:latest: /,
  },
  capacity: {
    status: 'IN_PROGRESS',
    after: 600,
    running: 'previous',
    says: /was unable to place a task because no container instance/,
  },
  'capacity-fargate': {
    status: 'IN_PROGRESS',
    after: 600,
    running: 'previous',
    says: /was unable to place a task\. Reason: Capacity is unavailable/,
  },
  'capacity-returns': { status: 'SUCCESSFUL', after: 150, running: 'pushed' },
  unhealthy: {
    status: 'ROLLBACK_SUCCESSFUL',
    after: 150,
    running: 'previous',
    failures: 3,
    says: /\(port 8000\) is unhealthy in \(target-group .*\) due to \(reason Health checks failed with these codes: \[503\]\)\.$/,
  },
  'unhealthy-container': {
    status: 'ROLLBACK_SUCCESSFUL',
    after: 150,
    running: 'previous',
    failures: 3,
    says: /failed container health checks\.$/,
  },
  superseded: { status: 'STOPPED', after: 110, running: 'pushed' },
  'service-deleted': { status: 'STOPPED', after: 60, running: 'none' },
  'desired-0': { status: 'SUCCESSFUL', after: 10, running: 'none' },
  'alarm-rollback': {
    status: 'ROLLBACK_SUCCESSFUL',
    after: 230,
    running: 'previous',
    says: /deployment failed: alarm detected\.$/,
  },
  'stopped-by-person': { status: 'ROLLBACK_SUCCESSFUL', after: 80, running: 'previous' },
  'aborted-by-person': { status: 'STOPPED', after: 40, running: 'both' },
  'blue-green': { status: 'SUCCESSFUL', after: 410, running: 'pushed' },
  'lifecycle-pause': { status: 'SUCCESSFUL', after: 420, running: 'pushed' },
  'lifecycle-hook-fails': {
    status: 'ROLLBACK_SUCCESSFUL',
    after: 140,
    running: 'previous',
    says: /lifecycle hook\(s\) failed/,
  },
  flapping: { status: 'SUCCESSFUL', after: 120, running: 'pushed', failures: 0 },
  'out-of-memory': { status: 'IN_PROGRESS', after: 600, running: 'both', failures: 0 },
  'exec-format': { status: 'ROLLBACK_SUCCESSFUL', after: 70, running: 'previous', failures: 3 },
  'missing-parameter': {
    status: 'ROLLBACK_SUCCESSFUL',
    after: 60,
    running: 'previous',
    says: /^ResourceInitializationError: .*unable to retrieve secrets from ssm/,
  },
  'missing-log-group': {
    status: 'ROLLBACK_SUCCESSFUL',
    after: 60,
    running: 'previous',
    says: /The specified log group does not exist/,
  },
  'no-route': {
    status: 'ROLLBACK_SUCCESSFUL',
    after: 60,
    running: 'previous',
    says: /Check your task network configuration/,
  },
  'wrong-digest': { status: 'SUCCESSFUL', after: 90, running: 'another' },
  'early-success': { status: 'SUCCESSFUL', after: 60, running: 'both' },
  'no-digest': { status: 'SUCCESSFUL', after: 90, running: 'unreported' },
  'late-list': { status: 'SUCCESSFUL', after: 90, running: 'pushed' },
  'missing-secret': { status: 'SUCCESSFUL', after: 90, running: 'pushed' },
  'scale-in': { status: 'SUCCESSFUL', after: 90, running: 'pushed' },
  'two-services': { status: 'SUCCESSFUL', after: 90, running: 'pushed' },
  'one-of-two-fails': { status: 'SUCCESSFUL', after: 90, running: 'pushed' },
  'minimum-50': { status: 'SUCCESSFUL', after: 150, running: 'pushed' },
  'immutable-tags': { status: 'SUCCESSFUL', after: 90, running: 'pushed' },
  'migration-fails': { status: 'SUCCESSFUL', after: 90, running: 'pushed' },
  'unhealthy-url': { status: 'SUCCESSFUL', after: 90, running: 'pushed' },
  'roll-back-by-hand': { status: 'SUCCESSFUL', after: 90, running: 'pushed' },
};

const texts = (service: Service, reasons: readonly (string | undefined)[]): string[] => [
  ...service.events.map((event) => event.message),
  ...reasons.flatMap((reason) => (reason === undefined ? [] : [reason])),
];

describe('the scenarios', () => {
  it('each have a file of their own name, a line of description, and an ending in this test', () => {
    const folder = join(import.meta.dirname, '../../../sandbox/scenarios');
    const rest = new Set(readdirSync(folder));
    for (const { name, description } of scenarios) {
      expect(existsSync(join(folder, `${name}.ts`)), name).toBe(true);
      expect(description).toMatch(/^\S.{20,120}\.$/);
      rest.delete(`${name}.ts`);
    }
    expect([...rest].sort()).toEqual(['crash-log.ts', 'deployment-settings.ts', 'index.ts', 'scenario.ts']);
    expect(Object.keys(endings)).toEqual(scenarios.map((scenario) => scenario.name));
  });

  it('name themselves where one is asked for that is not there', () => {
    expect(() => findScenario('sucess')).toThrow(/^There is no scenario sucess\. There are: success, slow, /);
  });

  it.each(Object.entries(endings))('%s ends as ECS would end it', (name, ending) => {
    const simulated = simulate(findScenario(name));
    const { world, pushed, previous } = simulated;
    simulated.deploy();
    const service = simulated.service();
    const ours = service.currentServiceDeployment;
    simulated.pass(ending.after);
    expect(ours?.status).toBe(ending.status);
    const tasks = world.ecs.simulation.state.tasks.filter((task) => task.service === service);
    const digests = new Set(
      tasks.filter((task) => task.lastStatus === 'RUNNING').map((task) => task.containers[0]?.imageDigest),
    );
    const expected = { pushed: [pushed], previous: [previous], none: [], unreported: [undefined] };
    if (ending.running === 'another') {
      expect(digests.size).toBe(1);
      expect(digests).not.toContain(pushed);
      expect(digests).not.toContain(previous);
    } else if (ending.running === 'both') {
      expect(digests).toContain(previous);
      const everRan = tasks
        .filter((task) => task.startedAt !== undefined)
        .map((task) => task.containers[0]?.imageDigest);
      expect(everRan).toContain(pushed);
    } else {
      expect([...digests]).toEqual(expected[ending.running]);
    }
    if (ending.failures !== undefined) expect(ours?.breaker.failureCount).toBe(ending.failures);
    if (ending.says !== undefined) {
      const said = texts(
        service,
        tasks.map((task) => task.stoppedReason),
      );
      expect(said.some((text) => ending.says?.test(text))).toBe(true);
    }
  });
});
