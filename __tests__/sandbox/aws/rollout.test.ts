import { describe, expect, it } from 'vitest';
import type { Task } from '../../../sandbox/aws/ecs-simulation/state.ts';
import { findScenario } from '../../../sandbox/scenarios/index.ts';
import { simulate } from './simulated-world.ts';

const live = (tasks: readonly Task[]) => tasks.filter((task) => task.desiredStatus === 'RUNNING');

describe('a rolling deployment', () => {
  it.each([
    ['success', 2, 4],
    ['minimum-50', 1, 2],
    ['slow', 4, 8],
  ])('%s never has fewer than %i healthy tasks or more than %i wanted ones', (name, minimum, maximum) => {
    const simulated = simulate(findScenario(name));
    const { tasks } = simulated.world.ecs.simulation.state;
    simulated.deploy();
    let most = 0;
    for (let second = 0; second < 160; second += 1) {
      simulated.pass(1);
      const healthy = live(tasks).filter((task) => task.healthy).length;
      expect(healthy, `second ${second}`).toBeGreaterThanOrEqual(minimum);
      expect(live(tasks).length, `second ${second}`).toBeLessThanOrEqual(maximum);
      most = Math.max(most, live(tasks).length);
    }
    expect(most).toBe(maximum);
    expect(simulated.service().currentServiceDeployment?.status).toBe('SUCCESSFUL');
  });

  it('takes each task through the stages in order, and reports a digest only once it is pulled', () => {
    const simulated = simulate(findScenario('success'));
    const { tasks } = simulated.world.ecs.simulation.state;
    simulated.deploy();
    const seen: string[] = [];
    for (let second = 0; second < 100; second += 1) {
      simulated.pass(1);
      const task = tasks[2];
      if (task === undefined) continue;
      if (seen.at(-1) !== task.lastStatus) seen.push(task.lastStatus);
      const pulled = task.containers[0]?.imageDigest !== undefined;
      expect(pulled).toBe(!['PROVISIONING', 'PENDING'].includes(task.lastStatus));
    }
    expect(seen).toEqual(['PROVISIONING', 'PENDING', 'ACTIVATING', 'RUNNING']);
    const old = tasks[0];
    expect(old?.lastStatus).toBe('STOPPED');
    expect(old?.stopCode).toBe('ServiceSchedulerInitiated');
    expect(old?.containers[0]?.exitCode).toBe(0);
  });

  it('resolves the tag once: latest moving in the middle changes nothing, and is seen by the next deployment', () => {
    const simulated = simulate(findScenario('success'));
    const { world } = simulated;
    simulated.deploy();
    simulated.pass(10);
    const later = world.store.seedImage('dyno-agent', ['latest'], { marker: 'later' });
    simulated.pass(90);
    const running = () =>
      new Set(
        world.ecs.simulation.state.tasks
          .filter((task) => task.lastStatus === 'RUNNING')
          .map((task) => task.containers[0]?.imageDigest),
      );
    expect([...running()]).toEqual([simulated.pushed]);
    world.ecs.updateService(simulated.service(), { force: true });
    simulated.pass(100);
    expect([...running()]).toEqual([later.digest]);
  });

  it('fails the tasks of an image that is not there with the words of CannotPullContainerError', () => {
    const simulated = simulate(findScenario('success'));
    const { world } = simulated;
    const definition = simulated.service().taskDefinition.definition;
    const taskDefinition = world.ecs.simulation.taskDefinitions.register(
      {
        ...definition,
        family: 'dyno-agent',
        containerDefinitions: [{ name: 'app', image: '127.0.0.1:5000/dyno-agent:gone' }],
      },
      { at: 0, by: 'test' },
    );
    world.ecs.updateService(simulated.service(), { force: false, taskDefinition });
    simulated.pass(60);
    const stopped = world.ecs.simulation.state.tasks.find((task) => task.stopCode === 'TaskFailedToStart');
    expect(stopped?.stoppedReason).toBe(
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 127.0.0.1:5000/dyno-agent:gone: 127.0.0.1:5000/dyno-agent:gone: not found',
    );
    expect(simulated.service().currentServiceDeployment?.status).toMatch(/^ROLLBACK_/);
  });
});

describe('a service whose list lags', () => {
  it('shows the new service deployment after the lag, and the old one as the current until then', () => {
    const simulated = simulate(findScenario('late-list'));
    const { ecs } = simulated.world;
    const service = simulated.service();
    const [before] = ecs.shownServiceDeployments(service);
    simulated.deploy();
    simulated.pass(7);
    expect(ecs.shownServiceDeployments(service)[0]).toBe(before);
    simulated.pass(1);
    expect(ecs.shownServiceDeployments(service)[0]).toBe(service.currentServiceDeployment);
    expect(service.currentServiceDeployment).not.toBe(before);
  });

  it('belongs to a scenario that names only services of its world', () => {
    const act = { kind: 'delete-service', service: 'elsewhere' } as const;
    const scenario = { ...findScenario('success'), others: [{ when: { after: 1 }, act }] };
    expect(() => simulate(scenario)).toThrow(
      'the scenario names a service elsewhere that is not in its world',
    );
  });
});

describe('a rollback', () => {
  it('adds a deployment entry for the last completed revision and marks the failed one', () => {
    const simulated = simulate(findScenario('circuit-breaker-rollback'));
    const service = simulated.service();
    const revision = service.lastCompleted;
    const [previous] = service.deployments;
    simulated.deploy();
    const ours = service.currentServiceDeployment;
    const statuses: string[] = [];
    for (let second = 0; second < 80; second += 1) {
      simulated.pass(1);
      if (ours !== undefined && statuses.at(-1) !== ours.status) statuses.push(ours.status);
      if (ours?.status !== 'ROLLBACK_IN_PROGRESS') continue;
      expect(service.deployments[0]?.revision).toBe(revision);
      expect(service.deployments[0]?.id).toBe(previous?.id);
      expect(service.deployments[0]).not.toBe(previous);
      expect(service.deployments[0]?.rolloutStateReason).toMatch(
        /^ECS deployment circuit breaker: rolling back to deploymentId ecs-svc\/\d{19}\.$/,
      );
    }
    expect(statuses).toEqual([
      'IN_PROGRESS',
      'ROLLBACK_REQUESTED',
      'ROLLBACK_IN_PROGRESS',
      'ROLLBACK_SUCCESSFUL',
    ]);
    expect(ours?.deployment.rolloutState).toBe('FAILED');
    expect(ours?.deployment.rolloutStateReason).toBe(
      'ECS deployment circuit breaker: tasks failed to start.',
    );
    expect(ours?.statusReason).toBe(
      'Service deployment rolled back because the circuit breaker threshold was exceeded.',
    );
    expect(ours?.rollback?.revision).toBe(revision);
    expect(service.currentServiceDeployment).toBe(ours);
    expect(service.deployments.map((one) => [one.status, one.rolloutState])).toEqual([
      ['PRIMARY', 'COMPLETED'],
    ]);
  });

  it('shows events newest first, each with an id of its own', () => {
    const simulated = simulate(findScenario('unhealthy'));
    simulated.deploy();
    simulated.pass(150);
    const { events } = simulated.service();
    expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
    expect(events.map((event) => event.createdAt)).toEqual(
      events.map((event) => event.createdAt).sort((a, b) => b - a),
    );
    expect(events[0]?.message).toBe('(service dyno-agent-service) has reached a steady state.');
  });
});

describe('what ECS shows of the past', () => {
  it('is five finished deployments with their own digests before the first of ours', () => {
    const { serviceDeployments } = simulate(findScenario('success')).service();
    expect(serviceDeployments.map((one) => one.status)).toEqual(Array(5).fill('SUCCESSFUL'));
    const seconds = serviceDeployments.map((one) => ((one.finishedAt ?? 0) - one.createdAt) / 1000);
    expect(Math.min(...seconds)).toBe(65);
    expect(Math.max(...seconds)).toBe(80);
    expect(new Set(serviceDeployments.map((one) => one.target.images[0]?.digest)).size).toBe(5);
  });

  it('keeps stopped tasks for an hour', () => {
    const simulated = simulate(findScenario('success'));
    const { ecs } = simulated.world;
    const stopped = () =>
      ecs.shownTasks(ecs.cluster('dyno-agent-cluster')).filter((task) => task.lastStatus === 'STOPPED');
    simulated.deploy();
    simulated.pass(100);
    expect(stopped()).toHaveLength(2);
    simulated.pass(3500);
    expect(stopped()).toHaveLength(2);
    simulated.pass(200);
    expect(stopped()).toHaveLength(0);
  });
});
