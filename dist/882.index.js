export const id = 882;
export const ids = [882];
export const modules = {

/***/ 4882:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   GitHubDeployments: () => (/* binding */ GitHubDeployments),
/* harmony export */   GitHubRefused: () => (/* binding */ GitHubRefused)
/* harmony export */ });
/* harmony import */ var _runner_http_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8131);
/* harmony import */ var _runner_text_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(3912);


/** GitHub's API did not do what it was asked. */
class GitHubRefused extends Error {
    /** Undefined: no answer came. */
    status;
    constructor(message, status, cause) {
        super(message, { cause });
        this.name = 'GitHubRefused';
        this.status = status;
    }
}
/** States after which a deployment is over: another attempt of the same run does not write over it. */
const OVER = new Set(['success', 'failure', 'error', 'inactive']);
/** How many of an environment's newest deployments are looked at. A job's own was made when the job began. */
const NEWEST = 5;
const DESCRIPTION_MOST = 140;
/**
 * The deployments of one repository at GitHub's API (docs.github.com, "REST API endpoints for deployments").
 * The token goes to that API's address alone: redirects are not followed.
 */
class GitHubDeployments {
    #run;
    #token;
    #agents;
    #timeoutMs;
    /** Throws GitHubRefused where the API's address is neither https nor this machine's. */
    constructor(run, token, agents, timeoutMs) {
        const url = URL.parse(run.apiUrl);
        const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && (0,_runner_http_js__WEBPACK_IMPORTED_MODULE_0__/* .isLoopback */ .U9)(url.hostname));
        if (!isSafe)
            throw new GitHubRefused(`${(0,_runner_text_js__WEBPACK_IMPORTED_MODULE_1__/* .oneLine */ .TN)(run.apiUrl, 100)} is not an https URL`, undefined);
        this.#run = run;
        this.#token = token;
        this.#agents = agents;
        this.#timeoutMs = timeoutMs;
    }
    /**
     * The deployment that was made for this run and is not over: by GitHub for the job's own `environment:`, or by
     * us. It is known by its statuses, which link to the run. Throws GitHubRefused.
     */
    async find(environment) {
        const query = new URLSearchParams({ environment, per_page: String(NEWEST) });
        const ids = listOf(await this.#ask('GET', `deployments?${query}`)).flatMap((each) => idOf(each) ?? []);
        const statuses = await Promise.all(ids.map(async (id) => listOf(await this.#ask('GET', `deployments/${id}/statuses?per_page=10`))));
        return ids.find((_, at) => {
            const of = statuses[at] ?? [];
            return of.some((status) => this.#isOfThisRun(status)) && !OVER.has(property(of[0], 'state'));
        });
    }
    /** Makes a deployment of the commit, whatever else is being checked or merged; gives its id. Throws GitHubRefused. */
    async create(environment, ref) {
        const answer = await this.#ask('POST', 'deployments', {
            ref,
            environment,
            task: 'deploy',
            auto_merge: false,
            required_contexts: [],
            description: 'deploy-guard to Amazon ECS',
            payload: { workflow_run_id: this.#run.runId },
        });
        const id = idOf(answer);
        if (id === undefined)
            throw new GitHubRefused('its answer has no id of the new deployment', undefined);
        return id;
    }
    /** Records where the deployment stands. Throws GitHubRefused. */
    async record(id, { state, description, environmentUrl }) {
        await this.#ask('POST', `deployments/${id}/statuses`, {
            state,
            log_url: this.#run.runUrl,
            description: (0,_runner_text_js__WEBPACK_IMPORTED_MODULE_1__/* .shorten */ .ml)(description, DESCRIPTION_MOST),
            ...(environmentUrl === undefined ? {} : { environment_url: environmentUrl }),
        });
    }
    #isOfThisRun(status) {
        const { serverUrl, repository, runId } = this.#run;
        const page = `${serverUrl}/${repository}/actions/runs/${runId}`;
        const url = property(status, 'log_url') || property(status, 'target_url');
        return typeof url === 'string' && (url === page || url.startsWith(`${page}/`));
    }
    async #ask(method, path, body) {
        const repository = this.#run.repository.split('/').map(encodeURIComponent).join('/');
        const answer = await (0,_runner_http_js__WEBPACK_IMPORTED_MODULE_0__/* .ask */ .kA)(this.#agents, {
            method,
            url: new URL(`${this.#run.apiUrl.replace(/\/+$/, '')}/repos/${repository}/${path}`),
            headers: {
                accept: 'application/vnd.github+json',
                authorization: `Bearer ${this.#token}`,
                'x-github-api-version': '2022-11-28',
                ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
            timeoutMs: this.#timeoutMs,
        }).catch((error) => {
            throw error instanceof _runner_http_js__WEBPACK_IMPORTED_MODULE_0__/* .NoAnswer */ .W_ ? new GitHubRefused(error.message, undefined, error) : error;
        });
        if (answer.status >= 200 && answer.status < 300)
            return parsed(answer);
        const said = (0,_runner_text_js__WEBPACK_IMPORTED_MODULE_1__/* .oneLine */ .TN)(String(property(parsed(answer), 'message') ?? ''), 120);
        throw new GitHubRefused(`GitHub answered ${answer.status}${said ? `: ${said}` : ''}`, answer.status);
    }
}
function parsed({ body }) {
    try {
        return JSON.parse(body.toString('utf8'));
    }
    catch {
        return undefined;
    }
}
function listOf(value) {
    return Array.isArray(value) ? value : [];
}
function idOf(value) {
    const id = property(value, 'id');
    return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : undefined;
}
function property(value, name) {
    return typeof value === 'object' && value !== null && name in value
        ? value[name]
        : undefined;
}


/***/ })

};
