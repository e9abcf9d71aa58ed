/**
 * The codes of a rollout's verdict, DG6xx, each with what it means in a line. docs/errors.md is checked
 * against this table, and a test shows that each is reachable.
 */
export const rolloutCodes = {
  DG601: "ECS's circuit breaker put the previous revision back, and no stopped task says why.",
  DG602: 'A CloudWatch alarm made ECS put the previous revision back.',
  DG603: 'The deployment was stopped and rolled back on request (StopServiceDeployment).',
  DG604: 'ECS tried to put the previous revision back, and that failed.',
  DG605: "ECS's circuit breaker ended the deployment without a roll back, and no stopped task says why.",
  DG606: 'A CloudWatch alarm ended the deployment without a roll back.',
  DG607: 'The deployment was stopped, by a request or for a reason that ECS does not give.',
  DG608: 'A newer deployment of the same service took over before this one finished.',
  DG609: 'The rollout was not over within wait-for-minutes.',
  DG610: 'The service was deleted, or is being deleted, while the rollout went on.',
  DG611: 'The desired count is 0: the deployment finished, and nothing runs.',
  DG612: 'The new tasks crash at start.',
  DG613: 'The image cannot be pulled.',
  DG614: 'The task cannot start: a secret or parameter cannot be read.',
  DG615: 'The task cannot start: its execution role lacks a permission or cannot be assumed.',
  DG616: 'The task cannot start: its log group is missing or not writable.',
  DG617: 'The task cannot start: no network interface or address for it, or no route to AWS.',
  DG618: 'There is no capacity to place the task.',
  DG619: "The image was built for another processor architecture than the task's.",
  DG620: 'The container ran out of memory.',
  DG621: 'The load balancer finds the new tasks unhealthy.',
  DG622: "The container's own health check fails.",
  DG623: 'The task cannot start, for a reason of its own.',
  DG624: 'ECS ended the deployment or rolled it back for a reason that is none of the known ones.',
  DG625: 'A lifecycle hook failed, and ECS ended the deployment or rolled it back.',
  DG631: 'A running task runs another image than the one that was deployed.',
  DG632: 'The digest of running tasks is not reported, so that it could not be checked.',
  DG633: 'A question to AWS that would have told or proven more was denied, refused or not answered.',
  DG634: 'The deployment is not in the list of the service, and nothing says what became of it.',
  DG641: 'The AWS credentials expired during the wait.',
  DG642: 'AWS did not answer for minutes during the wait.',
  DG643: 'The wait was cancelled; the rollout goes on in ECS.',
  DG644: 'The role may not read the service, so that the rollout cannot be followed.',
} as const satisfies Record<`DG6${number}`, string>;

/** A code of a rollout's verdict. */
export type RolloutCode = keyof typeof rolloutCodes;
