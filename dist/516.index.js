export const id = 516;
export const ids = [516];
export const modules = {

/***/ 5516:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  TaskDefinitions: () => (/* binding */ TaskDefinitions)
});

// EXTERNAL MODULE: ./node_modules/@aws-sdk/client-ecs/dist-cjs/index.js
var dist_cjs = __webpack_require__(212);
// EXTERNAL MODULE: ./build/aws/arn.js
var aws_arn = __webpack_require__(3385);
// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
;// CONCATENATED MODULE: ./build/aws/raw-json.js

/**
 * Keeps the JSON of a command's answer as it came, where the SDK's own parsing drops what it does not know: a
 * task definition has to survive being read and registered again.
 */
function keepRawAnswer(command, keep) {
    const middleware = (next) => async (args) => {
        const result = await next(args);
        const response = result.response;
        const body = await readAll(response.body);
        response.body = external_node_stream_.Readable.from([body]);
        keep(parseObject(body));
        return result;
    };
    const place = { step: 'deserialize', name: 'keepRawAnswer', priority: 'low' };
    command.middlewareStack.add(middleware, place);
}
/** Sends `json` in place of what the SDK made of the command's input. Signed like any other request. */
function sendRawQuestion(command, json) {
    const middleware = (next) => async (args) => {
        const request = args.request;
        request.body = JSON.stringify(json);
        return await next(args);
    };
    // Before the length of the body is written and the request signed.
    const place = { step: 'serialize', name: 'sendRawQuestion', priority: 'low' };
    command.middlewareStack.add(middleware, place);
}
async function readAll(body) {
    if (!(body instanceof external_node_stream_.Readable))
        return Buffer.alloc(0);
    const chunks = [];
    for await (const chunk of body)
        chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks);
}
function parseObject(body) {
    try {
        const value = JSON.parse(body.toString('utf8'));
        return typeof value === 'object' && value !== null ? { ...value } : {};
    }
    catch {
        return {};
    }
}

;// CONCATENATED MODULE: ./build/aws/task-definitions.js



/** Fields that DescribeTaskDefinition gives and RegisterTaskDefinition does not take (API_TaskDefinition). */
const READ_ONLY = new Set([
    'taskDefinitionArn',
    'revision',
    'status',
    'requiresAttributes',
    'compatibilities',
    'registeredAt',
    'registeredBy',
    'deregisteredAt',
]);
/** Task definitions, read whole and registered whole. Methods throw the SDK's errors: see `readRefusal`. */
class TaskDefinitions {
    #client;
    constructor(client) {
        this.#client = client;
    }
    /** A task definition by ARN, `family:revision` or family, with its tags. */
    async read(reference) {
        const command = new dist_cjs/* DescribeTaskDefinitionCommand */.Zy$({ taskDefinition: reference, include: ['TAGS'] });
        let raw = {};
        keepRawAnswer(command, (json) => {
            raw = json;
        });
        const { taskDefinition } = await this.#client.send(command);
        const whole = raw['taskDefinition'];
        if (!taskDefinition?.taskDefinitionArn || typeof whole !== 'object' || whole === null) {
            throw new Error('DescribeTaskDefinition answered without one');
        }
        const fields = Object.entries(whole).filter(([name, value]) => !READ_ONLY.has(name) && value !== null);
        const tags = Array.isArray(raw['tags']) && raw['tags'].length > 0 ? { tags: raw['tags'] } : {};
        return { arn: taskDefinition.taskDefinitionArn, registrable: { ...Object.fromEntries(fields), ...tags } };
    }
    /**
     * Registers a revision and gives its ARN and its name, `family:revision`. A lost answer is followed by another
     * revision, which harms nothing: nobody uses the first.
     */
    async register(definition) {
        const command = new dist_cjs/* RegisterTaskDefinitionCommand */.$Hl({
            family: String(definition['family']),
            containerDefinitions: [],
        });
        sendRawQuestion(command, definition);
        const { taskDefinition } = await this.#client.send(command);
        const arn = taskDefinition?.taskDefinitionArn;
        if (!arn)
            throw new Error('RegisterTaskDefinition answered without an ARN');
        return { arn, name: (0,aws_arn/* nameInArn */.s)(arn) };
    }
}


/***/ })

};
