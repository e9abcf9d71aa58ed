/** In what moto's answers and the sandbox's may differ, and why. Whatever is not listed here fails. */
export interface ListedDifference {
  /** Which calls: matched on their names. */
  readonly calls: RegExp;
  /** As `differences` writes them, below the thing that the call is about: `- path` is the sandbox's alone. */
  readonly lines: readonly string[];
  readonly reason: string;
}

export const LISTED: readonly ListedDifference[] = [
  {
    calls: /^ecs\.(Register|Describe)TaskDefinition$/,
    lines: ['- registeredAt', '- registeredBy'],
    reason: 'moto lacks it: who registered a revision, and when (TaskDefinition in the API reference).',
  },
  {
    calls: /^ecs\.RegisterTaskDefinition$/,
    lines: ['- tags'],
    reason: 'moto lacks it: the tags that came with the call stand beside the task definition.',
  },
  {
    calls: /^ecs\.DescribeClusters$/,
    lines: ['- capacityProviders', '- defaultCapacityProviderStrategy', '- statistics', '- tags'],
    reason: 'moto lacks it: AWS gives the lists, also where they are empty.',
  },
  {
    calls: /^ecs\.DescribeClusters$/,
    lines: ['+ settings[]'],
    reason: "moto's alone: AWS gives settings only where `include` has SETTINGS.",
  },
  {
    calls: /^ecs\.(DescribeServices|UpdateService)$/,
    lines: [
      '- availabilityZoneRebalancing',
      '- createdAt',
      '- currentServiceDeployment',
      '- currentServiceRevisions',
      '- deploymentConfiguration',
      '- deployments[].platformVersion',
      '- enableECSManagedTags',
      '- enableExecuteCommand',
      '- healthCheckGracePeriodSeconds',
      '- placementConstraints',
      '- placementStrategy',
      '- platformFamily',
      '- platformVersion',
    ],
    reason:
      "moto lacks it: it keeps of a service what CreateService was given, and knows no deployment's end.",
  },
  {
    calls: /^ecs\.(DescribeServices|UpdateService)$/,
    lines: ['- loadBalancers[]'],
    reason: "The worlds differ: the sandbox's service has a load balancer, the one made in moto has none.",
  },
  {
    calls: /^ecs\.(DescribeServices|UpdateService)$/,
    lines: ['+ taskSets', '+ tags'],
    reason:
      "moto's alone: AWS gives task sets only for an external or a CodeDeploy controller, and tags only where they are asked for.",
  },
  {
    calls: /^ecs\.(RunTask|DescribeTasks|StopTask)$/,
    lines: [
      '- attributes',
      '- availabilityZone',
      '- connectivity',
      '- cpu',
      '- createdAt',
      '- enableExecuteCommand',
      '- healthStatus',
      '- memory',
      '- platformFamily',
      '- platformVersion',
      '- stopCode',
      '- stoppingAt',
      '- tags',
      '- version',
    ],
    reason: 'moto lacks it: its tasks are running at once, and have no history.',
  },
  {
    calls: /^ecs\.(RunTask|DescribeTasks|StopTask)$/,
    lines: ['+ attachments[]'],
    reason: "The sandbox lacks it: a task's network interface. Nothing here reads it.",
  },
  {
    calls: /^ecs\.(RunTask|DescribeTasks|StopTask)$/,
    lines: ['+ containers[].exitCode', '+ stoppedReason'],
    reason: "moto's alone: AWS gives no exit code and no reason while a task runs.",
  },
  {
    calls: /^logs\.DescribeLogGroups$/,
    lines: ['- logGroupClass'],
    reason: 'moto lacks it: the class of a log group (API reference, LogGroup).',
  },
  {
    calls: /^logs\.DescribeLogStreams$/,
    lines: ['+ uploadSequenceToken'],
    reason: 'The sandbox lacks it: of no use since 2023, and the sandbox takes no PutLogEvents.',
  },
  {
    calls: /^logs\.FilterLogEvents$/,
    lines: ['+ searchedLogStreams[]'],
    reason: "moto's alone: AWS gives an empty list since 2019 (API reference, FilterLogEvents).",
  },
];
