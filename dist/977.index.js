export const id = 977;
export const ids = [977];
export const modules = {

/***/ 2977:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   OneOffTasks: () => (/* binding */ OneOffTasks)
/* harmony export */ });
/* harmony import */ var _aws_sdk_client_ecs__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(212);
/* harmony import */ var _runner_text_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3912);


/** Tasks that belong to no service. Methods throw the SDK's errors: see `readRefusal`. */
class OneOffTasks {
    #client;
    constructor(client) {
        this.#client = client;
    }
    /** Starts the task and gives its ARN. Throws an Error with ECS's reason where it could not be placed. */
    async run(task) {
        const { networkConfiguration, launchType, capacityProviderStrategy, platformVersion } = task.placement;
        const { tasks, failures } = await this.#client.send(new _aws_sdk_client_ecs__WEBPACK_IMPORTED_MODULE_1__/* .RunTaskCommand */ ._eD({
            cluster: task.cluster,
            taskDefinition: task.taskDefinition,
            count: 1,
            clientToken: task.token,
            startedBy: 'deploy-guard',
            overrides: { containerOverrides: [{ name: task.container, command: [...task.command] }] },
            ...(networkConfiguration ? { networkConfiguration } : {}),
            // Either or: a launch type beside a capacity provider strategy is refused.
            ...(capacityProviderStrategy && capacityProviderStrategy.length > 0
                ? { capacityProviderStrategy }
                : launchType
                    ? { launchType }
                    : {}),
            ...(platformVersion ? { platformVersion } : {}),
        }));
        const arn = tasks?.[0]?.taskArn;
        if (!arn)
            throw new Error((0,_runner_text_js__WEBPACK_IMPORTED_MODULE_0__/* .oneLine */ .TN)(failures?.[0]?.reason ?? 'ECS started no task and gave no reason'));
        return arn;
    }
    async status(cluster, arn, container) {
        const { tasks } = await this.#client.send(new _aws_sdk_client_ecs__WEBPACK_IMPORTED_MODULE_1__/* .DescribeTasksCommand */ .z8X({ cluster, tasks: [arn] }));
        const task = tasks?.[0];
        if (!task)
            return undefined;
        const ran = task.containers?.find(({ name }) => name === container);
        return {
            status: task.lastStatus ?? '',
            stoppedReason: task.stoppedReason && (0,_runner_text_js__WEBPACK_IMPORTED_MODULE_0__/* .oneLine */ .TN)(task.stoppedReason),
            exitCode: ran?.exitCode,
            containerReason: ran?.reason && (0,_runner_text_js__WEBPACK_IMPORTED_MODULE_0__/* .oneLine */ .TN)(ran.reason),
        };
    }
    async stop(cluster, arn) {
        await this.#client.send(new _aws_sdk_client_ecs__WEBPACK_IMPORTED_MODULE_1__/* .StopTaskCommand */ .PP1({ cluster, task: arn, reason: 'The deploy-guard run was cancelled' }));
    }
    /** Takes a revision that only a one-off task needed out of use. */
    async deregister(taskDefinition) {
        await this.#client.send(new _aws_sdk_client_ecs__WEBPACK_IMPORTED_MODULE_1__/* .DeregisterTaskDefinitionCommand */ .sjB({ taskDefinition }));
    }
}


/***/ })

};
