import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { answeredInPlace } from '../faults/answer-in-place.ts';
import type { Fault, Faults } from '../faults/fault.ts';
import { spoilAnswer } from '../faults/spoiled-answer.ts';
import type { RequestContext } from './access-policy.ts';
import { arnOf, nameIn } from './account.ts';
import type { Caller } from './credentials.ts';
import { imageOperations } from './ecr/images.ts';
import { layerOperations } from './ecr/layers.ts';
import { repositoryOperations } from './ecr/repositories.ts';
import { serviceDeploymentOperations } from './ecs/service-deployments.ts';
import { serviceOperations } from './ecs/services.ts';
import { taskDefinitionOperations } from './ecs/task-definitions.ts';
import { taskOperations } from './ecs/tasks.ts';
import { iamOperations } from './iam/operations.ts';
import {
  decodeInput,
  encodeError,
  encodeOutput,
  type JsonServiceName,
  jsonContentType,
  parseTarget,
} from './json-protocol.ts';
import { logsOperations } from './logs/operations.ts';
import type { AwsWorld, Operation } from './operation.ts';
import { encodeXml, encodeXmlError, parseForm, queryContentType } from './query-protocol.ts';
import { secretsManagerOperations, ssmOperations } from './secrets/operations.ts';
import { ServiceError } from './service-error.ts';
import { verifySignature } from './sigv4.ts';
import { stsOperations } from './sts/operations.ts';

/** One call that arrived, for the truth. */
export interface CallRecord {
  readonly service: string;
  readonly operation: string;
  /** Virtual milliseconds since the epoch. */
  readonly at: number;
  readonly input: object;
  /** AWS's code, where it was refused or met a fault that is an AWS error. */
  readonly errorCode?: string;
}

type ServiceName = 'sts' | 'iam' | JsonServiceName;

const operations: Readonly<Record<ServiceName, Readonly<Record<string, Operation>>>> = {
  sts: stsOperations,
  iam: iamOperations,
  ecr: { ...repositoryOperations, ...imageOperations, ...layerOperations },
  ecs: {
    ...serviceOperations,
    ...serviceDeploymentOperations,
    ...taskOperations,
    ...taskDefinitionOperations,
  },
  logs: logsOperations,
  ssm: ssmOperations,
  secretsmanager: secretsManagerOperations,
};

const unsignedOperations = new Set(['AssumeRoleWithWebIdentity']);
const anonymous: Caller = { arn: 'anonymous', userId: 'anonymous', temporary: false };
const bodyMaxBytes = 32 * 1024 * 1024;

interface ParsedCall {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: object | undefined;
  readonly body: Buffer;
}

/** Answers AWS's API calls: parses, verifies the signature, authorizes, runs, and records each. */
export class Dispatcher {
  readonly #world: AwsWorld;
  readonly #faults: Faults;
  readonly #latencyMs: number;
  readonly calls: CallRecord[] = [];

  constructor(world: AwsWorld, faults: Faults, latencyMs: number) {
    this.#world = world;
    this.#faults = faults;
    this.#latencyMs = latencyMs;
  }

  /** Handles one HTTP request. */
  async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = await readBody(req);
    const requestId = randomUUID();
    const call = body === undefined ? undefined : parseCall(req, body);
    if (this.#latencyMs > 0) await wait(this.#latencyMs);
    if (call === undefined) {
      const body = encodeError(
        new ServiceError('UnknownOperationException', 'The request names no known operation.'),
      );
      return send(res, { status: 400, contentType: jsonContentType, requestId, body });
    }
    const fault = this.#faults.next(call.service, call.operation);
    const outcome = await this.#outcome(call, req, () => meets(fault, res));
    if (outcome === 'over') return;
    spoilAnswer(res, fault);
    send(res, { ...render(call, outcome, requestId), requestId });
  }

  async #outcome(
    call: ParsedCall,
    req: IncomingMessage,
    before: () => Promise<boolean>,
  ): Promise<object | ServiceError | 'over'> {
    const record = (errorCode?: string): void => {
      const { service, operation, input = {} } = call;
      const at = this.#world.timeline.now();
      this.calls.push({ service, operation, at, input, ...(errorCode === undefined ? {} : { errorCode }) });
    };
    try {
      this.#world.timeline.advance();
      if (await before()) {
        record('no-answer');
        return 'over';
      }
      const output = await this.#run(call, req);
      record();
      return output;
    } catch (error) {
      const refusal =
        error instanceof ServiceError
          ? error
          : new ServiceError('InternalFailure', `The sandbox failed: ${String(error)}`, 500);
      record(refusal.code);
      return refusal;
    }
  }

  async #run(call: ParsedCall, req: IncomingMessage): Promise<object> {
    const { service, operation, input } = call;
    const world = this.#world;
    const found = Object.hasOwn(operations[service], operation) ? operations[service][operation] : undefined;
    if (found === undefined)
      throw new ServiceError('UnknownOperationException', `${service}:${operation} is not in the sandbox.`);
    if (input === undefined)
      throw new ServiceError('SerializationException', 'The request body is not a JSON object.');
    const caller = unsignedOperations.has(operation) ? anonymous : await this.#callerOf(call, req);
    // A body takes time to verify: what fell due meanwhile happens first.
    world.timeline.advance();
    if (found.action !== undefined) {
      const resource = found.resource(input, world);
      world.policy.demand(caller, found.action, resource, clusterOf(service, input, world));
    }
    return found.run(input, { world, caller });
  }

  async #callerOf(call: ParsedCall, req: IncomingMessage): Promise<Caller> {
    const { credentials, timeline } = this.#world;
    const request = {
      method: req.method ?? 'POST',
      url: req.url ?? '/',
      headers: req.headers,
      body: call.body,
    };
    const key = await verifySignature(request, call.service, credentials, timeline.now());
    return key.caller;
  }
}

/** What a fault does before a call is carried out. True: the call is over. Throws a fault that is an AWS error. */
async function meets(fault: Fault | undefined, res: ServerResponse): Promise<boolean> {
  if (await answeredInPlace(fault, res)) return true;
  switch (fault?.kind) {
    case 'throttle':
      throw new ServiceError('ThrottlingException', 'Rate exceeded');
    case '500':
      throw new ServiceError(
        'InternalFailure',
        'The request processing has failed because of an unknown error.',
        500,
      );
    case '503':
      throw new ServiceError('ServiceUnavailable', 'Service is unable to handle request.', 503);
    case 'expired':
      throw new ServiceError(
        'ExpiredTokenException',
        'The security token included in the request is expired',
      );
    case 'refuse': {
      const { code = 'InternalFailure', message = '', status } = fault.error ?? {};
      throw new ServiceError(code, message, status);
    }
    default:
      return false;
  }
}

function send(
  res: ServerResponse,
  answer: {
    readonly status: number;
    readonly contentType: string;
    readonly requestId: string;
    readonly body: string;
  },
): void {
  res.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
    'x-amzn-requestid': answer.requestId,
  });
  res.end(answer.body);
}

function parseCall(req: IncomingMessage, body: Buffer): ParsedCall | undefined {
  const target = req.headers['x-amz-target'];
  if (typeof target === 'string') {
    const parsed = parseTarget(target);
    if (parsed === undefined) return undefined;
    return { ...parsed, input: decodeInput(parsed.service, parsed.operation, body), body };
  }
  if (req.headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true) return undefined;
  return { ...parseForm(body), body };
}

function render(
  call: ParsedCall,
  outcome: object | ServiceError,
  requestId: string,
): { readonly status: number; readonly contentType: string; readonly body: string } {
  const failed = outcome instanceof ServiceError;
  const status = failed ? outcome.status : 200;
  if (call.service === 'sts' || call.service === 'iam') {
    const body = failed ? encodeXmlError(outcome, requestId) : encodeXml(call.operation, outcome, requestId);
    return { status, contentType: queryContentType, body };
  }
  return {
    status,
    contentType: jsonContentType,
    body: failed ? encodeError(outcome) : encodeOutput(outcome),
  };
}

async function readBody(req: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > bodyMaxBytes) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** ECS knows the cluster of a request that names one, or means the default one. */
function clusterOf(service: ServiceName, input: object, { account }: AwsWorld): RequestContext {
  const named = 'cluster' in input && typeof input.cluster === 'string' ? input.cluster : 'default';
  return service === 'ecs' ? { 'ecs:cluster': arnOf(account, 'ecs', `cluster/${nameIn(named)}`) } : {};
}
