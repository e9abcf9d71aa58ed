export const id = 869;
export const ids = [869];
export const modules = {

/***/ 6869:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  AwsMetadata: () => (/* binding */ AwsMetadata)
});

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./node_modules/@smithy/signature-v4/dist-cjs/index.js
var dist_cjs = __webpack_require__(5118);
// EXTERNAL MODULE: ./build/runner/http.js
var http = __webpack_require__(8131);
;// CONCATENATED MODULE: ./build/aws/json-call.js



/** Services that are asked too little to load an SDK client for: what signs, what addresses, and what names a call. */
const SERVICES = {
    logs: { target: 'Logs_20140328', endpointVariable: 'AWS_ENDPOINT_URL_CLOUDWATCH_LOGS' },
    ssm: { target: 'AmazonSSM', endpointVariable: 'AWS_ENDPOINT_URL_SSM' },
    secretsmanager: { target: 'secretsmanager', endpointVariable: 'AWS_ENDPOINT_URL_SECRETS_MANAGER' },
};
/** AWS refused a call; named and shaped as the SDK's errors are, for `readRefusal`. */
class JsonCallRefused extends Error {
    $metadata;
    constructor(name, message, status) {
        super(message);
        this.name = name;
        this.$metadata = { httpStatusCode: status };
    }
}
const ANSWER_MS = 5_000;
/**
 * One signed call by AWS's JSON protocol, named as IAM names its action (`ssm:DescribeParameters`), and sent once.
 * For questions whose answer the run can do without. Throws JsonCallRefused, and NoAnswer. Sources: smithy.io, "AWS JSON 1.1 protocol"; IAM user guide, "Signature Version 4".
 */
async function jsonCall(settings, region, action, input) {
    const [service, operation] = action.split(':');
    const url = endpointOf(service, region, settings.environment);
    const body = JSON.stringify(input);
    const credentials = await settings.credentials();
    const signer = new dist_cjs.SignatureV4({ service, region, credentials, sha256: NodeSha256 });
    const signed = await signer.sign({
        method: 'POST',
        protocol: url.protocol,
        hostname: url.hostname,
        path: url.pathname,
        query: {},
        headers: {
            host: url.host,
            'content-type': 'application/x-amz-json-1.1',
            'x-amz-target': `${SERVICES[service].target}.${operation}`,
        },
        body,
    });
    const { headers } = signed;
    const answer = await (0,http/* ask */.kA)(settings.agents, { method: 'POST', url, headers, body, timeoutMs: ANSWER_MS });
    const json = parse(answer.body);
    if (answer.status === 200)
        return json;
    throw refusal(json, answer.status);
}
/**
 * Where a service is: the SDK's own variables go before AWS's addresses (AWS SDKs reference guide,
 * "Service-specific endpoints"; domains by partition: botocore's `partitions.json`).
 */
function endpointOf(service, region, environment) {
    const own = environment[SERVICES[service].endpointVariable] || environment['AWS_ENDPOINT_URL'];
    if (own)
        return new URL(own);
    const fips = environment['AWS_USE_FIPS_ENDPOINT'] === 'true' ? '-fips' : '';
    return new URL(`https://${service}${fips}.${region}.${domainOf(region)}/`);
}
const DOMAINS = [
    [/^cn-/, 'amazonaws.com.cn'],
    [/^us-iso-/, 'c2s.ic.gov'],
    [/^us-isob-/, 'sc2s.sgov.gov'],
    [/^eusc-/, 'amazonaws.eu'],
];
function domainOf(region) {
    return DOMAINS.find(([pattern]) => pattern.test(region))?.[1] ?? 'amazonaws.com';
}
function parse(body) {
    try {
        return JSON.parse(body.toString('utf8'));
    }
    catch {
        return undefined;
    }
}
function refusal(json, status) {
    const { __type: type, message, Message } = Object(json);
    const words = typeof message === 'string' ? message : Message;
    const name = typeof type === 'string' ? type.slice(type.lastIndexOf('#') + 1) : 'UnknownError';
    return new JsonCallRefused(name, typeof words === 'string' ? words : '', status);
}
/** SHA-256 and its HMAC as the signer wants them. */
class NodeSha256 {
    #hash;
    constructor(secret) {
        this.#hash = secret === undefined ? (0,external_node_crypto_.createHash)('sha256') : (0,external_node_crypto_.createHmac)('sha256', bytesOf(secret));
    }
    update(data) {
        this.#hash.update(bytesOf(data));
    }
    digest() {
        return Promise.resolve(this.#hash.digest());
    }
    reset() {
        throw new Error('a digest is made once');
    }
}
function bytesOf(data) {
    if (typeof data === 'string')
        return Buffer.from(data, 'utf8');
    return ArrayBuffer.isView(data)
        ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
        : new Uint8Array(data);
}

;// CONCATENATED MODULE: ./build/aws/metadata.js

/** Pages of one answer: a filtered list can have empty pages before the one that matters (API_DescribeParameters). */
const PAGES = 5;
/** What there is, without its content: log groups, parameters, secrets. Methods throw JsonCallRefused and NoAnswer. */
class AwsMetadata {
    #settings;
    constructor(settings) {
        this.#settings = settings;
    }
    /** Whether a log group of exactly that name exists. */
    async hasLogGroup(name, region) {
        const answer = await jsonCall(this.#settings, region, 'logs:DescribeLogGroups', {
            logGroupNamePrefix: name,
        });
        // They come sorted: the name itself is before those that only begin with it.
        return listAt(answer, 'logGroups').some((group) => fieldOf(group, 'logGroupName') === name);
    }
    /** How it is with a secret or parameter. Its value is never read. */
    async secretState(reference) {
        return reference.kind === 'secret'
            ? await this.#stateOfSecret(reference.arn, reference.region)
            : await this.#stateOfParameter(reference.name, reference.region);
    }
    async #stateOfSecret(arn, region) {
        try {
            const question = { SecretId: arn };
            const answer = await jsonCall(this.#settings, region, 'secretsmanager:DescribeSecret', question);
            return fieldOf(answer, 'DeletedDate') === undefined ? 'there' : 'being deleted';
        }
        catch (error) {
            if (error instanceof Error && error.name === 'ResourceNotFoundException')
                return 'missing';
            throw error;
        }
    }
    async #stateOfParameter(name, region) {
        // `a` and `/a` have the same ARN, and a version or label may follow the name.
        const bare = name.replace(/^\/(?=[^/]*$)/, '').replace(/:[^:/]*$/, '');
        const names = bare.includes('/') ? [bare] : [bare, `/${bare}`];
        let token;
        for (let page = 0; page < PAGES; page += 1) {
            const answer = await jsonCall(this.#settings, region, 'ssm:DescribeParameters', {
                ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: names }],
                ...(token === undefined ? {} : { NextToken: token }),
            });
            if (listAt(answer, 'Parameters').length > 0)
                return 'there';
            token = fieldOf(answer, 'NextToken');
            if (token === undefined)
                break;
        }
        return 'missing';
    }
}
function fieldOf(value, name) {
    return typeof value === 'object' && value !== null
        ? value[name]
        : undefined;
}
function listAt(value, name) {
    const list = fieldOf(value, name);
    return Array.isArray(list) ? list : [];
}


/***/ })

};
