export const id = 367;
export const ids = [367,398];
export const modules = {

/***/ 398:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  EcsObservations: () => (/* binding */ EcsObservations),
  faultKind: () => (/* binding */ faultKind)
});

// EXTERNAL MODULE: ./node_modules/@aws-sdk/client-ecs/dist-cjs/index.js
var dist_cjs = __webpack_require__(212);
// EXTERNAL MODULE: ./build/stages/rollout/observation.js
var observation = __webpack_require__(9538);
// EXTERNAL MODULE: ./build/stages/rollout/ports.js
var ports = __webpack_require__(8944);
// EXTERNAL MODULE: ./build/aws/arn.js
var arn = __webpack_require__(3385);
// EXTERNAL MODULE: ./build/runner/text.js
var runner_text = __webpack_require__(3912);
;// CONCATENATED MODULE: ./build/aws/ecs-snapshots.js

/** Text of AWS's may quote what anybody wrote (a stop reason, an image's name): one line, and not long. */
const TEXT = 500;
/** The keys whose value is there: optional properties of the snapshots are absent, never undefined. */
function present(key, value) {
    return value === undefined ? {} : { [key]: value };
}
const ecs_snapshots_text = (value) => (value ? (0,runner_text/* oneLine */.TN)(value, TEXT) : undefined);
const time = (value) => value?.getTime();
/** A service of `DescribeServices` (API_Service). */
function toService(service) {
    const configuration = service.deploymentConfiguration;
    const breaker = configuration?.deploymentCircuitBreaker;
    return {
        name: service.serviceName ?? '',
        status: service.status ?? 'ACTIVE',
        desired: service.desiredCount ?? 0,
        running: service.runningCount ?? 0,
        pending: service.pendingCount ?? 0,
        breaker: { enabled: breaker?.enable ?? false, rollback: breaker?.rollback ?? false },
        ...present('strategy', configuration?.strategy),
        alarmNames: configuration?.alarms?.enable
            ? (configuration.alarms.alarmNames ?? []).map((name) => (0,runner_text/* oneLine */.TN)(name, 255))
            : [],
        scalesOut: (service.capacityProviderStrategy ?? []).some(({ capacityProvider }) => capacityProvider !== 'FARGATE' && capacityProvider !== 'FARGATE_SPOT'),
        ...present('currentServiceDeploymentArn', service.currentServiceDeployment),
        deployments: (service.deployments ?? []).map(toDeployment),
        events: (service.events ?? []).map(({ id, createdAt, message }) => ({
            id: id ?? `${createdAt?.getTime()} ${message}`,
            at: createdAt?.getTime() ?? 0,
            message: (0,runner_text/* oneLine */.TN)(message ?? '', TEXT),
        })),
    };
}
function toDeployment(deployment) {
    return {
        id: deployment.id ?? '',
        status: deployment.status ?? '',
        taskDefinition: deployment.taskDefinition ?? '',
        desired: deployment.desiredCount ?? 0,
        running: deployment.runningCount ?? 0,
        pending: deployment.pendingCount ?? 0,
        failedTasks: deployment.failedTasks ?? 0,
        ...present('rolloutState', deployment.rolloutState),
        ...present('rolloutStateReason', ecs_snapshots_text(deployment.rolloutStateReason)),
        ...present('createdAt', time(deployment.createdAt)),
    };
}
/** A service deployment of `DescribeServiceDeployments`; undefined without its ARN or status. */
function toServiceDeployment(deployment) {
    const { serviceDeploymentArn: arn, status, rollback, deploymentCircuitBreaker: breaker, alarms, } = deployment;
    if (arn === undefined || status === undefined)
        return undefined;
    return {
        arn,
        status,
        ...present('statusReason', ecs_snapshots_text(deployment.statusReason)),
        ...present('lifecycleStage', deployment.lifecycleStage),
        hooks: (deployment.lifecycleHookDetails ?? []).map((hook) => ({
            ...present('id', hook.hookId),
            status: hook.status ?? '',
            ...present('timeoutAction', hook.timeoutAction),
        })),
        ...present('strategy', deployment.deploymentConfiguration?.strategy),
        ...present('createdAt', time(deployment.createdAt)),
        ...present('startedAt', time(deployment.startedAt)),
        ...present('finishedAt', time(deployment.finishedAt)),
        ...present('target', deployment.targetServiceRevision && toCounts(deployment.targetServiceRevision)),
        sources: (deployment.sourceServiceRevisions ?? []).map(toCounts),
        ...present('rollback', rollback && {
            ...present('reason', ecs_snapshots_text(rollback.reason)),
            ...present('revisionArn', rollback.serviceRevisionArn),
        }),
        ...present('breaker', breaker && {
            ...present('status', breaker.status),
            failureCount: breaker.failureCount ?? 0,
            threshold: breaker.threshold ?? 0,
        }),
        ...present('alarms', alarms && {
            ...present('status', alarms.status),
            triggered: (alarms.triggeredAlarmNames ?? []).map((name) => (0,runner_text/* oneLine */.TN)(name, 255)),
        }),
    };
}
function toCounts(revision) {
    return {
        arn: revision.arn ?? '',
        requested: revision.requestedTaskCount ?? 0,
        running: revision.runningTaskCount ?? 0,
        pending: revision.pendingTaskCount ?? 0,
    };
}
/** A service deployment of `ListServiceDeployments`; undefined without its ARN. */
function toListed(brief) {
    if (brief.serviceDeploymentArn === undefined)
        return undefined;
    return {
        arn: brief.serviceDeploymentArn,
        status: brief.status ?? '',
        ...present('revisionArn', brief.targetServiceRevisionArn),
        ...present('createdAt', time(brief.createdAt)),
        ...present('startedAt', time(brief.startedAt)),
        ...present('finishedAt', time(brief.finishedAt)),
    };
}
/** A service revision of `DescribeServiceRevisions`; undefined without its ARN. */
function toRevision(revision) {
    if (revision.serviceRevisionArn === undefined)
        return undefined;
    return {
        arn: revision.serviceRevisionArn,
        images: (revision.containerImages ?? []).map(({ containerName, image, imageDigest }) => ({
            container: containerName ?? '',
            ...present('image', image),
            ...present('digest', imageDigest),
        })),
    };
}
/** A task of `DescribeTasks`; undefined without its ARN. */
function toTask(task) {
    if (task.taskArn === undefined)
        return undefined;
    return {
        arn: task.taskArn,
        // A service's task belongs to the group `service:NAME` (API_Task).
        ...present('service', task.group?.startsWith('service:') ? task.group.slice('service:'.length) : undefined),
        ...present('deploymentId', task.startedBy),
        ...present('taskDefinition', task.taskDefinitionArn),
        lastStatus: task.lastStatus ?? '',
        ...present('desiredStatus', task.desiredStatus),
        ...present('health', task.healthStatus),
        ...present('createdAt', time(task.createdAt)),
        ...present('startedAt', time(task.startedAt)),
        ...present('stoppingAt', time(task.stoppingAt)),
        ...present('stoppedAt', time(task.stoppedAt)),
        ...present('stopCode', task.stopCode),
        ...present('stoppedReason', ecs_snapshots_text(task.stoppedReason)),
        containers: (task.containers ?? []).map(toContainer),
    };
}
function toContainer(container) {
    return {
        name: container.name ?? '',
        ...present('image', container.image),
        ...present('digest', container.imageDigest),
        ...present('exitCode', container.exitCode),
        ...present('reason', ecs_snapshots_text(container.reason)),
        ...present('lastStatus', container.lastStatus),
        ...present('health', container.healthStatus),
    };
}
/** Where an `awslogs` container logs to; undefined for another driver, or where the stream can't be known. */
function toLogDestination(configuration) {
    if (configuration?.logDriver !== 'awslogs')
        return undefined;
    const options = configuration.options ?? {};
    const group = options['awslogs-group'];
    const region = options['awslogs-region'];
    const prefix = options['awslogs-stream-prefix'];
    if (!group || !region || !prefix)
        return undefined;
    return { group, region, prefix };
}

// EXTERNAL MODULE: ./build/aws/refusal.js
var refusal = __webpack_require__(5590);
;// CONCATENATED MODULE: ./build/aws/ecs-observe.js






/** How many ARNs or names each operation takes in a call, by its API page. */
const PER_CALL = { services: 10, serviceDeployments: 20, revisions: 20, tasks: 100 };
/** Pages of a task list that are read: a service with more tasks is judged by these. */
const TASK_PAGES = 20;
const TASKS_KEPT = 2_000;
/**
 * What AWS shows of services, as the rollout's observations. The client is made and configured elsewhere (its
 * retries and time-outs are in client.ts). All text of AWS's is made safe to print on the way.
 */
class EcsObservations {
    #client;
    /** Stopped tasks don't change any more: they are described once. */
    #stopped = new Map();
    #calls = 0;
    constructor(client) {
        this.#client = client;
    }
    get calls() {
        return this.#calls;
    }
    async services(cluster, names, signal) {
        const found = new Map();
        await Promise.all(inChunks(names, PER_CALL.services).map(async (services) => {
            const answer = await this.#ask(() => this.#client.send(new dist_cjs/* DescribeServicesCommand */.H7c({ cluster, services }), { abortSignal: signal }));
            if (answer instanceof Refused) {
                // The whole cluster is gone: so are its services.
                if (answer.problem.kind !== 'not-found')
                    throw answer.fault();
                for (const name of services)
                    found.set(name, 'missing');
                return;
            }
            for (const failure of answer.failures ?? []) {
                if (failure.reason === 'MISSING')
                    found.set((0,arn/* nameInArn */.s)(failure.arn ?? ''), 'missing');
            }
            for (const service of answer.services ?? [])
                found.set(service.serviceName ?? '', toService(service));
        }));
        return found;
    }
    async listServiceDeployments(cluster, service, signal) {
        const answer = await this.#ask(() => this.#client.send(new dist_cjs/* ListServiceDeploymentsCommand */.jz8({ cluster, service, maxResults: 20 }), {
            abortSignal: signal,
        }));
        if (answer instanceof Refused)
            return answer.reading('ecs:ListServiceDeployments');
        const listed = (answer.serviceDeployments ?? []).flatMap((brief) => toListed(brief) ?? []);
        return (0,observation/* seen */.cI)(listed.toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0)));
    }
    async serviceDeployments(arns, signal) {
        return this.#byArn(arns, PER_CALL.serviceDeployments, 'ecs:DescribeServiceDeployments', async (some) => {
            const { serviceDeployments } = await this.#client.send(new dist_cjs/* DescribeServiceDeploymentsCommand */.A6p({ serviceDeploymentArns: some }), { abortSignal: signal });
            return (serviceDeployments ?? []).flatMap((deployment) => toServiceDeployment(deployment) ?? []);
        });
    }
    async revisions(arns, signal) {
        return this.#byArn(arns, PER_CALL.revisions, 'ecs:DescribeServiceRevisions', async (some) => {
            const { serviceRevisions } = await this.#client.send(new dist_cjs/* DescribeServiceRevisionsCommand */.oF5({ serviceRevisionArns: some }), { abortSignal: signal });
            return (serviceRevisions ?? []).flatMap((revision) => toRevision(revision) ?? []);
        });
    }
    async tasks(cluster, names, desiredStatus, signal) {
        const listed = await this.#listTasks(cluster, names, desiredStatus, signal);
        if (listed.kind !== 'seen')
            return listed;
        const described = await this.#describeTasks(cluster, listed.value, signal);
        if (described.kind !== 'seen')
            return described;
        // A list for one service holds its tasks alone, whatever their group says.
        const of = (name, task) => names.length === 1 || task.service === name;
        return (0,observation/* seen */.cI)(new Map(names.map((name) => [name, described.value.filter((task) => of(name, task))])));
    }
    async logDestination(taskDefinition, container, signal) {
        const answer = await this.#ask(() => this.#client.send(new dist_cjs/* DescribeTaskDefinitionCommand */.Zy$({ taskDefinition }), { abortSignal: signal }));
        if (answer instanceof Refused)
            return answer.reading('ecs:DescribeTaskDefinition');
        const definition = answer.taskDefinition?.containerDefinitions?.find(({ name }) => name === container);
        const destination = toLogDestination(definition?.logConfiguration);
        return destination === undefined ? observation/* absent */.Ge : (0,observation/* seen */.cI)(destination);
    }
    /** Several services' tasks come in one list of the cluster, unless the cluster has more than fit a page. */
    async #listTasks(cluster, names, desiredStatus, signal) {
        if (names.length > 1) {
            const together = await this.#taskPage({ cluster, desiredStatus }, undefined, signal);
            if (together.kind !== 'seen')
                return together;
            if (together.value.next === undefined)
                return (0,observation/* seen */.cI)(together.value.arns);
        }
        const arns = [];
        for (const serviceName of names) {
            let token;
            for (let page = 0; page < TASK_PAGES; page += 1) {
                const reading = await this.#taskPage({ cluster, desiredStatus, serviceName }, token, signal);
                if (reading.kind !== 'seen')
                    return reading;
                arns.push(...reading.value.arns);
                token = reading.value.next;
                if (token === undefined)
                    break;
            }
        }
        return (0,observation/* seen */.cI)(arns);
    }
    async #taskPage(query, token, signal) {
        const answer = await this.#ask(() => this.#client.send(new dist_cjs/* ListTasksCommand */.MYg({ ...query, ...(token === undefined ? {} : { nextToken: token }) }), {
            abortSignal: signal,
        }));
        if (answer instanceof Refused)
            return answer.reading('ecs:ListTasks');
        return (0,observation/* seen */.cI)({ arns: answer.taskArns ?? [], next: answer.nextToken });
    }
    async #describeTasks(cluster, arns, signal) {
        const known = arns.flatMap((arn) => this.#stopped.get(arn) ?? []);
        const unknown = arns.filter((arn) => !this.#stopped.has(arn));
        const fresh = [];
        for (const tasks of inChunks(unknown, PER_CALL.tasks)) {
            const answer = await this.#ask(() => this.#client.send(new dist_cjs/* DescribeTasksCommand */.z8X({ cluster, tasks }), { abortSignal: signal }));
            if (answer instanceof Refused)
                return answer.reading('ecs:DescribeTasks');
            fresh.push(...(answer.tasks ?? []).flatMap((task) => toTask(task) ?? []));
        }
        if (this.#stopped.size > TASKS_KEPT)
            this.#stopped.clear();
        for (const task of fresh)
            if (task.lastStatus === 'STOPPED')
                this.#stopped.set(task.arn, task);
        return (0,observation/* seen */.cI)([...known, ...fresh]);
    }
    async #byArn(arns, perCall, permission, describe) {
        const answers = await Promise.all(inChunks(arns, perCall).map((some) => this.#ask(() => describe(some))));
        const refused = answers.find((answer) => answer instanceof Refused);
        if (refused instanceof Refused)
            return refused.reading(permission);
        return (0,observation/* seen */.cI)(new Map(answers
            .flatMap((answer) => (answer instanceof Refused ? [] : answer))
            .map((item) => [item.arn, item])));
    }
    async #ask(send) {
        this.#calls += 1;
        try {
            return await send();
        }
        catch (error) {
            return new Refused((0,refusal/* readRefusal */.n)(error), error);
        }
    }
}
/** An answer that is a refusal, to be turned into a reading or a fault. */
class Refused {
    problem;
    #error;
    constructor(problem, error) {
        this.problem = problem;
        this.#error = error;
    }
    /** For a part that isn't vital: what the role may not read, or this endpoint doesn't know, is unreadable. */
    reading(permission) {
        if (this.problem.kind === 'not-found')
            return observation/* absent */.Ge;
        if (this.problem.kind === 'access-denied')
            return (0,observation/* unreadable */.O$)(permission);
        // An operation that the endpoint doesn't know, or refuses: asking again would not help.
        if (this.problem.kind === 'other' && !this.problem.maybeDone)
            return (0,observation/* unreadable */.O$)(permission, 'refused', this.problem.name);
        throw this.fault(permission);
    }
    fault(action) {
        const message = `${this.problem.name}: ${this.problem.message}`;
        return new ports/* ObservationFault */.v(faultKind(this.problem), message, this.#error, action);
    }
}
/** What a refusal means to somebody who waits. */
function faultKind(problem) {
    switch (problem.kind) {
        case 'throttled':
            return 'throttled';
        case 'expired':
        case 'no-credentials':
        case 'bad-key':
            return 'expired-credentials';
        case 'access-denied':
            return 'denied';
        default:
            return 'unreachable';
    }
}
function inChunks(items, size) {
    return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}


/***/ }),

/***/ 4367:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   CloudWatchLogReader: () => (/* binding */ CloudWatchLogReader)
/* harmony export */ });
/* harmony import */ var _runner_text_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3912);
/* harmony import */ var _stages_rollout_observation_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9538);
/* harmony import */ var _stages_rollout_ports_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8944);
/* harmony import */ var _arn_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(3385);
/* harmony import */ var _ecs_observe_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(398);
/* harmony import */ var _refusal_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(5590);






/** Enough for a stack trace's end; a report is read on a phone, too. */
const LINES = 12;
const WIDTH = 240;
/** Asked for: some may be blank. */
const EVENTS = 40;
/** A page can be empty although there is more before it (API_GetLogEvents). */
const PAGES = 3;
/** What containers logged to CloudWatch Logs, by clients that are made when first needed, one a region. */
class CloudWatchLogReader {
    #clientFor;
    #clients = new Map();
    /** `clientFor` makes a client for a region, loading the SDK's package only then. */
    constructor(clientFor) {
        this.#clientFor = clientFor;
    }
    async lastLines(query, signal) {
        try {
            const client = await this.#client(query.destination.region);
            return (0,_stages_rollout_observation_js__WEBPACK_IMPORTED_MODULE_1__/* .seen */ .cI)(lastOf(await this.#messages(client, query, signal)));
        }
        catch (error) {
            const problem = (0,_refusal_js__WEBPACK_IMPORTED_MODULE_4__/* .readRefusal */ .n)(error);
            if (problem.kind === 'not-found')
                return _stages_rollout_observation_js__WEBPACK_IMPORTED_MODULE_1__/* .absent */ .Ge;
            if (problem.kind === 'access-denied')
                return (0,_stages_rollout_observation_js__WEBPACK_IMPORTED_MODULE_1__/* .unreadable */ .O$)('logs:GetLogEvents');
            const message = `${problem.name}: ${problem.message}`;
            throw new _stages_rollout_ports_js__WEBPACK_IMPORTED_MODULE_2__/* .ObservationFault */ .v((0,_ecs_observe_js__WEBPACK_IMPORTED_MODULE_3__.faultKind)(problem), message, error, 'logs:GetLogEvents');
        }
    }
    async #messages(client, query, signal) {
        const { group, prefix } = query.destination;
        const task = (0,_arn_js__WEBPACK_IMPORTED_MODULE_5__/* .nameInArn */ .s)(query.taskArn);
        // The package is loaded here, with the client: most runs need no log.
        const { GetLogEventsCommand } = await __webpack_require__.e(/* import() */ 303).then(__webpack_require__.t.bind(__webpack_require__, 303, 19));
        let token;
        for (let page = 0; page < PAGES; page += 1) {
            const answer = await client.send(new GetLogEventsCommand({
                logGroupName: group,
                // How the awslogs driver names a stream: developer guide, "awslogs-stream-prefix".
                logStreamName: `${prefix}/${query.container}/${task}`,
                limit: EVENTS,
                startFromHead: false,
                ...(token === undefined ? {} : { nextToken: token }),
            }), { abortSignal: signal });
            const messages = (answer.events ?? []).map(({ message }) => message ?? '');
            if (messages.length > 0 || answer.nextBackwardToken === undefined || answer.nextBackwardToken === token)
                return messages;
            token = answer.nextBackwardToken;
        }
        return [];
    }
    #client(region) {
        const client = this.#clients.get(region) ?? this.#clientFor(region);
        this.#clients.set(region, client);
        return client;
    }
}
/** The last lines that say something, fit to print, each cut to a width that a log shows well. */
function lastOf(messages) {
    return messages
        .flatMap((message) => (0,_runner_text_js__WEBPACK_IMPORTED_MODULE_0__/* .manyLines */ .hw)(message, 8_000).split('\n'))
        .filter((line) => line.trim() !== '')
        .slice(-LINES)
        .map((line) => (line.length > WIDTH ? `${line.slice(0, WIDTH - 1)}…` : line));
}


/***/ })

};
