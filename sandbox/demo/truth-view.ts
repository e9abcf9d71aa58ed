import type { Truth } from '../sandbox.ts';

/** What the sandbox knows to be true, in lines: deployments, tasks, tags, uploads, calls, messages. */
export function truthLines(truth: Truth): readonly string[] {
  return [
    ...labelled('deployments', deployments(truth)),
    ...labelled('running now', running(truth)),
    ...labelled(
      'one-off tasks',
      truth.oneOffTasks.map((task) => `${task.lastStatus}, exit code ${task.exitCode ?? 'none'}`),
    ),
    ...labelled('tags moved', tags(truth)),
    ...labelled('uploads', [
      `${counted(truth.uploadsCompleted, 'blob')} of ${truth.uploadsStarted} begun, ${counted(truth.manifestPuts, 'manifest')} put`,
    ]),
    ...labelled('AWS calls', calls(truth)),
    ...labelled('GitHub', github(truth)),
    ...labelled('Slack', [
      `${counted(truth.slackMessages.length, 'message')} from ${counted(truth.slackRequests, 'request')}`,
    ]),
  ];
}

function deployments(truth: Truth): readonly string[] {
  if (truth.deploymentsStarted.length === 0) return ['none was started'];
  return truth.deploymentsStarted.map((deployment) => {
    const state = deployment.serviceDeploymentStatus ?? deployment.rolloutState;
    const definition = deployment.taskDefinition.split('/').at(-1);
    return `${deployment.service} ${deployment.deploymentId}: ${definition} ${deployment.digests.map(short).join(', ')} ${state}`;
  });
}

function running(truth: Truth): readonly string[] {
  return Object.keys(truth.runningDigests).map((service) => {
    const tasks = truth.tasks.filter((task) => task.service === service && task.lastStatus === 'RUNNING');
    if (tasks.length === 0) return `${service}: no task`;
    const digests = Map.groupBy(tasks, (task) => task.digests.map(short).join(', ') || 'an unknown digest');
    return `${service}: ${[...digests].map(([digest, of]) => `${counted(of.length, 'task')} of ${digest}`).join(', ')}`;
  });
}

function tags(truth: Truth): readonly string[] {
  if (truth.tagMoves.length === 0) return ['none'];
  return truth.tagMoves.map(({ repository, tag, digest, previous }) => {
    const name = /^[0-9a-f]{40}$/.test(tag) ? tag.slice(0, 7) : tag;
    return `${repository}:${name} ${previous === undefined ? 'new' : short(previous)} → ${short(digest)}`;
  });
}

function github({ github: { deployments: recorded } }: Truth): readonly string[] {
  if (recorded.length === 0) return ['no deployment recorded'];
  return recorded.map(({ environment, ref, statuses }) => {
    const states = statuses.map(({ state }) => state).join(' → ');
    return `${ref.slice(0, 7)} to ${environment}: ${states}`;
  });
}

function calls(truth: Truth): readonly string[] {
  const byOperation = Map.groupBy(truth.calls, (call) => call.operation);
  const list = [...byOperation].map(([operation, of]) =>
    of.length === 1 ? operation : `${operation} ×${of.length}`,
  );
  return [`${truth.calls.length}: ${list.join(', ')}`];
}

function labelled(label: string, lines: readonly string[]): readonly string[] {
  return lines.map((line, index) => `${(index === 0 ? label : '').padEnd(14)} ${line}`);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function short(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 7);
}
