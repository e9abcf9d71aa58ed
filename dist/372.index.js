export const id = 372;
export const ids = [372];
export const modules = {

/***/ 6372:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  Ecs: () => (/* binding */ Ecs)
});

// EXTERNAL MODULE: ./node_modules/@aws-sdk/client-ecs/dist-cjs/index.js
var dist_cjs = __webpack_require__(212);
// EXTERNAL MODULE: ./build/aws/arn.js
var arn = __webpack_require__(3385);
// EXTERNAL MODULE: ./build/aws/client.js
var client = __webpack_require__(5811);
;// CONCATENATED MODULE: ./build/aws/service-history.js

/** As many revisions as one DescribeServiceRevisions takes. */
const MOST = 20;
/** The newest service deployments of a service with what they ran, newest first. Throws the SDK's errors. */
async function readServiceHistory(client, cluster, service) {
    const { serviceDeployments } = await client.send(new dist_cjs/* ListServiceDeploymentsCommand */.jz8({ cluster, service, maxResults: MOST }));
    const listed = [...(serviceDeployments ?? [])].sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
    const arns = [...new Set(listed.flatMap(({ targetServiceRevisionArn }) => targetServiceRevisionArn ?? []))];
    if (arns.length === 0)
        return [];
    const { serviceRevisions } = await client.send(new dist_cjs/* DescribeServiceRevisionsCommand */.oF5({ serviceRevisionArns: arns }));
    const byArn = new Map((serviceRevisions ?? []).map((revision) => [revision.serviceRevisionArn, revision]));
    return listed.flatMap(({ status, targetServiceRevisionArn }) => {
        const revision = byArn.get(targetServiceRevisionArn);
        if (!revision)
            return [];
        return [
            {
                status: status ?? '',
                taskDefinition: revision.taskDefinition ?? '',
                images: (revision.containerImages ?? []).map(({ containerName, image, imageDigest }) => ({
                    container: containerName ?? '',
                    image: image ?? '',
                    digest: imageDigest,
                })),
            },
        ];
    });
}

// EXTERNAL MODULE: ./build/aws/task-runtime.js
var task_runtime = __webpack_require__(4376);
;// CONCATENATED MODULE: ./build/aws/ecs.js





/** Elastic Container Service. Its methods throw the SDK's errors: see `readRefusal`. */
class Ecs {
    client;
    #once;
    constructor(settings) {
        const config = (0,client.clientConfig)(settings);
        this.client = new dist_cjs/* ECSClient */.Zgc(config);
        // UpdateService is not idempotent: after a lost answer the SDK's retry would start a second deployment.
        this.#once = new dist_cjs/* ECSClient */.Zgc({ ...config, maxAttempts: 1 });
    }
    /** The cluster's status, or undefined where there is no such cluster. */
    async clusterStatus(cluster) {
        const { clusters } = await this.client.send(new dist_cjs/* DescribeClustersCommand */._2_({ clusters: [cluster] }));
        return clusters?.[0]?.status;
    }
    /** Names of up to 100 clusters, for naming what was probably meant. */
    async clusterNames() {
        const { clusterArns } = await this.client.send(new dist_cjs/* ListClustersCommand */.Nnn({ maxResults: 100 }));
        return (clusterArns ?? []).map(arn/* nameInArn */.s);
    }
    /** Names of up to 100 services of the cluster. */
    async serviceNames(cluster) {
        const { serviceArns } = await this.client.send(new dist_cjs/* ListServicesCommand */.qde({ cluster, maxResults: 100 }));
        return (serviceArns ?? []).map(arn/* nameInArn */.s);
    }
    /** The services that exist, of those named, in the order asked for. Asks for ten at a time, as the API allows. */
    async services(cluster, names) {
        const tens = Array.from({ length: Math.ceil(names.length / 10) }, (_, i) => names.slice(i * 10, i * 10 + 10));
        const answers = await Promise.all(tens.map((ten) => this.client.send(new dist_cjs/* DescribeServicesCommand */.H7c({ cluster, services: [...ten] }))));
        return answers.flatMap(({ services }) => services ?? []).map(toService);
    }
    /** A task definition by ARN, `family:revision` or family (the newest active revision). */
    async taskDefinition(reference) {
        const { taskDefinition } = await this.client.send(new dist_cjs/* DescribeTaskDefinitionCommand */.Zy$({ taskDefinition: reference }));
        if (!taskDefinition?.taskDefinitionArn)
            throw new Error('DescribeTaskDefinition answered without one');
        return {
            arn: taskDefinition.taskDefinitionArn,
            name: (0,arn/* nameInArn */.s)(taskDefinition.taskDefinitionArn),
            containers: taskDefinition.containerDefinitions ?? [],
            runtime: (0,task_runtime/* taskRuntimeOf */.D)(taskDefinition),
        };
    }
    /** The newest service deployments of a service and what they ran, newest first. */
    async history(cluster, service) {
        return await readServiceHistory(this.client, cluster, service);
    }
    /** Digests of the images that the newest of these service revisions runs, by container. */
    async newestImages(revisionArns) {
        const { serviceRevisions } = await this.client.send(new dist_cjs/* DescribeServiceRevisionsCommand */.oF5({ serviceRevisionArns: [...revisionArns].slice(0, 20) }));
        const [newest] = (serviceRevisions ?? []).toSorted((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
        return newest ? digestsIn(newest) : {};
    }
    /** Digests of the images of each of these service revisions, by container; asks for twenty at a time. */
    async imagesOfRevisions(arns) {
        const twenties = Array.from({ length: Math.ceil(arns.length / 20) }, (_, i) => arns.slice(i * 20, i * 20 + 20));
        const answers = await Promise.all(twenties.map((some) => this.client.send(new dist_cjs/* DescribeServiceRevisionsCommand */.oF5({ serviceRevisionArns: [...some] }))));
        const revisions = answers.flatMap(({ serviceRevisions }) => serviceRevisions ?? []);
        return new Map(revisions.map((each) => [each.serviceRevisionArn ?? '', digestsIn(each)]));
    }
    /** Status of a service deployment; undefined where AWS doesn't know it. */
    async serviceDeploymentStatus(serviceDeploymentArn) {
        const { serviceDeployments } = await this.client.send(new dist_cjs/* DescribeServiceDeploymentsCommand */.A6p({ serviceDeploymentArns: [serviceDeploymentArn] }));
        return serviceDeployments?.[0]?.status;
    }
    /** Has ECS put the revision before back, of a service deployment that isn't over. */
    async rollBack(serviceDeploymentArn) {
        await this.client.send(new dist_cjs/* StopServiceDeploymentCommand */.a8L({ serviceDeploymentArn, stopType: 'ROLLBACK' }));
    }
    /**
     * Forces a new deployment, of another task definition where one is named, and gives the service as it is then.
     * Sent once, never again by itself.
     */
    async forceNewDeployment(cluster, service, taskDefinition) {
        const answer = await this.#once.send(new dist_cjs/* UpdateServiceCommand */.kZr({
            cluster,
            service,
            forceNewDeployment: true,
            ...(taskDefinition ? { taskDefinition } : {}),
        }));
        if (!answer.service)
            throw new Error('UpdateService answered without a service');
        return toService(answer.service);
    }
}
function toService(service) {
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
function servingRevision({ currentServiceRevisions: listed = [] }) {
    const running = listed.filter(({ runningTaskCount }) => (runningTaskCount ?? 0) > 0);
    const [most] = running.toSorted((a, b) => (b.runningTaskCount ?? 0) - (a.runningTaskCount ?? 0));
    const arn = (most ?? (listed.length === 1 ? listed[0] : undefined))?.arn;
    return arn ? { servingRevision: arn } : {};
}
function digestsIn({ containerImages }) {
    return Object.fromEntries((containerImages ?? []).flatMap(({ containerName, imageDigest }) => containerName && imageDigest ? [[containerName, imageDigest]] : []));
}


/***/ })

};
