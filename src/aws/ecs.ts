import {
  type ContainerDefinition,
  DescribeClustersCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  type Service,
  type ServiceRevision,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { nameInArn } from './arn.ts';
import { type ClientSettings, clientConfig, optionalAnswer } from './client.ts';
import { type PastDeployment, readServiceHistory } from './service-history.ts';
import { rolesOf } from './task-roles.ts';
import { type TaskRuntime, taskRuntimeOf } from './task-runtime.ts';
import { withTypedAnswers } from './typed-answers.ts';

/** A deployment in a service's list. */
export interface ServiceDeploymentEntry {
  readonly id: string;
  readonly status: string;
  readonly rolloutState: string | undefined;
  readonly taskDefinition: string;
  /** By AWS's clock, in milliseconds since the epoch. */
  readonly createdAt: number;
  readonly running: number;
}

/** How a service's tasks are placed: what a task beside them needs to know. */
export type TaskPlacement = Pick<
  Service,
  'networkConfiguration' | 'launchType' | 'capacityProviderStrategy' | 'platformVersion'
>;

/** A service as the stages need to know it. */
export interface EcsService {
  readonly arn: string;
  readonly name: string;
  /** `ACTIVE`, `DRAINING` or `INACTIVE`. */
  readonly status: string;
  readonly taskDefinition: string;
  /** `ECS`, `CODE_DEPLOY` or `EXTERNAL`. */
  readonly controller: string;
  readonly strategy: string;
  readonly desired: number;
  readonly running: number;
  readonly circuitBreaker: { readonly enabled: boolean; readonly rollback: boolean };
  readonly minimumHealthyPercent: number;
  /** Undefined: as AWS has it by default. */
  readonly maximumPercent?: number | undefined;
  /** One task an instance: ECS places them, and no count is asked for. */
  readonly isDaemon?: boolean;
  readonly deployments: readonly ServiceDeploymentEntry[];
  readonly placement: TaskPlacement;
  /** Whether a target group sends its tasks traffic. */
  readonly loadBalanced?: boolean;
  /** ARNs of the revisions whose tasks run or are being started. */
  readonly revisions?: readonly string[];
  /** That of them with the most running tasks: what the service serves with. */
  readonly servingRevision?: string;
  /** ARN of the service deployment that ECS works on, where it says so. */
  readonly currentServiceDeployment: string | undefined;
}

/** The parts of a task definition that say what runs. */
export interface TaskDefinition {
  readonly arn: string;
  /** `family:revision` */
  readonly name: string;
  readonly containers: readonly ContainerDefinition[];
  /** Undefined where it could not be read. */
  readonly runtime?: TaskRuntime;
  /** `ACTIVE`; a revision that is `INACTIVE` can't be deployed any more, though what runs it goes on. */
  readonly status?: string;
  /** The task role and the execution role, as the task definition names them. */
  readonly roles?: readonly string[];
  readonly family?: string;
  /** Whether it has tags, which a revision that is made of it gets too. */
  readonly isTagged?: boolean;
}

/** Elastic Container Service. Its methods throw the SDK's errors: see `readRefusal`. */
export class Ecs {
  readonly client: ECSClient;
  readonly #once: ECSClient;

  constructor(settings: ClientSettings) {
    const config = clientConfig(settings);
    this.client = withTypedAnswers(new ECSClient(config));
    // UpdateService is not idempotent: after a lost answer the SDK's retry would start a second deployment.
    this.#once = withTypedAnswers(new ECSClient({ ...config, maxAttempts: 1 }));
  }

  /** The cluster's status, or undefined where there is no such cluster. */
  async clusterStatus(cluster: string): Promise<string | undefined> {
    const { clusters } = await this.client.send(
      new DescribeClustersCommand({ clusters: [cluster] }),
      optionalAnswer(),
    );
    // Also of a cluster that is not there AWS sends a list, an empty one.
    if (!clusters) throw new Error('DescribeClusters answered without clusters');
    return clusters[0]?.status;
  }

  /** Names of up to 100 clusters, for naming what was probably meant. */
  async clusterNames(): Promise<readonly string[]> {
    const { clusterArns } = await this.client.send(
      new ListClustersCommand({ maxResults: 100 }),
      optionalAnswer(),
    );
    return (clusterArns ?? []).map(nameInArn);
  }

  /** Names of up to 100 services of the cluster. */
  async serviceNames(cluster: string): Promise<readonly string[]> {
    const { serviceArns } = await this.client.send(
      new ListServicesCommand({ cluster, maxResults: 100 }),
      optionalAnswer(),
    );
    return (serviceArns ?? []).map(nameInArn);
  }

  /** The services that exist, of those named, in the order asked for. Asks for ten at a time, as the API allows. */
  async services(cluster: string, names: readonly string[]): Promise<readonly EcsService[]> {
    const tens = Array.from({ length: Math.ceil(names.length / 10) }, (_, i) =>
      names.slice(i * 10, i * 10 + 10),
    );
    const answers = await Promise.all(
      tens.map((ten) => this.client.send(new DescribeServicesCommand({ cluster, services: [...ten] }))),
    );
    return answers
      .flatMap(({ services }) => {
        if (!services) throw new Error('DescribeServices answered without services');
        return services;
      })
      .map(toService);
  }

  /** A task definition by ARN, `family:revision` or family (the newest active revision). */
  async taskDefinition(reference: string): Promise<TaskDefinition> {
    const { taskDefinition, tags } = await this.client.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: reference, include: ['TAGS'] }),
    );
    if (!taskDefinition?.taskDefinitionArn) throw new Error('DescribeTaskDefinition answered without one');
    return {
      arn: taskDefinition.taskDefinitionArn,
      name: nameInArn(taskDefinition.taskDefinitionArn),
      containers: taskDefinition.containerDefinitions ?? [],
      runtime: taskRuntimeOf(taskDefinition),
      roles: rolesOf(taskDefinition),
      ...(taskDefinition.family ? { family: taskDefinition.family } : {}),
      isTagged: (tags ?? []).length > 0,
      ...(taskDefinition.status ? { status: taskDefinition.status } : {}),
    };
  }

  /** The newest service deployments of a service and what they ran, newest first. */
  async history(cluster: string, service: string): Promise<readonly PastDeployment[]> {
    return await readServiceHistory(this.client, cluster, service);
  }

  /** Digests of the images that the newest of these service revisions runs, by container. */
  async newestImages(revisionArns: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const { serviceRevisions } = await this.client.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: [...revisionArns].slice(0, 20) }),
      optionalAnswer(),
    );
    const [newest] = (serviceRevisions ?? []).toSorted(
      (a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0),
    );
    return newest ? digestsIn(newest) : {};
  }

  /** Digests of the images of each of these service revisions, by container; asks for twenty at a time. */
  async imagesOfRevisions(
    arns: readonly string[],
  ): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
    const twenties = Array.from({ length: Math.ceil(arns.length / 20) }, (_, i) =>
      arns.slice(i * 20, i * 20 + 20),
    );
    const answers = await Promise.all(
      twenties.map((some) =>
        this.client.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: [...some] })),
      ),
    );
    const revisions = answers.flatMap(({ serviceRevisions }) => serviceRevisions ?? []);
    return new Map(revisions.map((each) => [each.serviceRevisionArn ?? '', digestsIn(each)]));
  }

  /** Status of a service deployment; undefined where AWS doesn't know it. */
  async serviceDeploymentStatus(serviceDeploymentArn: string): Promise<string | undefined> {
    const { serviceDeployments } = await this.client.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [serviceDeploymentArn] }),
    );
    return serviceDeployments?.[0]?.status;
  }

  /** Has ECS put the revision before back, of a service deployment that isn't over. */
  async rollBack(serviceDeploymentArn: string): Promise<void> {
    await this.client.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' }));
  }

  /**
   * Forces a new deployment, of another task definition where one is named, and gives the service as it is then.
   * Sent once, never again by itself.
   */
  async forceNewDeployment(cluster: string, service: string, taskDefinition?: string): Promise<EcsService> {
    const answer = await this.#once.send(
      new UpdateServiceCommand({
        cluster,
        service,
        forceNewDeployment: true,
        ...(taskDefinition ? { taskDefinition } : {}),
      }),
    );
    if (!answer.service) throw new Error('UpdateService answered without a service');
    return toService(answer.service);
  }
}

function toService(service: Service): EcsService {
  const configuration = service.deploymentConfiguration;
  return {
    arn: service.serviceArn ?? '',
    name: service.serviceName ?? '',
    status: service.status ?? 'ACTIVE',
    taskDefinition: service.taskDefinition ?? '',
    controller: service.deploymentController?.type ?? 'ECS',
    strategy: configuration?.strategy ?? 'ROLLING',
    desired: service.desiredCount ?? 0,
    running: service.runningCount ?? 0,
    circuitBreaker: {
      enabled: configuration?.deploymentCircuitBreaker?.enable ?? false,
      rollback: configuration?.deploymentCircuitBreaker?.rollback ?? false,
    },
    minimumHealthyPercent: configuration?.minimumHealthyPercent ?? 100,
    maximumPercent: configuration?.maximumPercent,
    isDaemon: service.schedulingStrategy === 'DAEMON',
    loadBalanced: (service.loadBalancers ?? []).length > 0,
    revisions: (service.currentServiceRevisions ?? []).flatMap(({ arn }) => arn ?? []),
    ...servingRevision(service),
    placement: {
      networkConfiguration: service.networkConfiguration,
      launchType: service.launchType,
      capacityProviderStrategy: service.capacityProviderStrategy,
      platformVersion: service.platformVersion,
    },
    currentServiceDeployment: service.currentServiceDeployment,
    deployments: (service.deployments ?? []).map((deployment) => ({
      id: deployment.id ?? '',
      status: deployment.status ?? '',
      rolloutState: deployment.rolloutState,
      taskDefinition: deployment.taskDefinition ?? '',
      createdAt: deployment.createdAt?.getTime() ?? 0,
      running: deployment.runningCount ?? 0,
    })),
  };
}

/** The one with the most running tasks; of two, the first listed. None where nothing runs and several are listed. */
function servingRevision({ currentServiceRevisions: listed = [] }: Service): { servingRevision?: string } {
  const running = listed.filter(({ runningTaskCount }) => (runningTaskCount ?? 0) > 0);
  const [most] = running.toSorted((a, b) => (b.runningTaskCount ?? 0) - (a.runningTaskCount ?? 0));
  const arn = (most ?? (listed.length === 1 ? listed[0] : undefined))?.arn;
  return arn ? { servingRevision: arn } : {};
}

function digestsIn({ containerImages }: ServiceRevision): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (containerImages ?? []).flatMap(({ containerName, imageDigest }) =>
      containerName && imageDigest ? [[containerName, imageDigest]] : [],
    ),
  );
}
