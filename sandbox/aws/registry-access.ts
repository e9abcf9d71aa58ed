import type { RegistryFault, RegistryRequest } from '../registry/http.ts';
import type { AccessPolicy } from './access-policy.ts';
import type { Caller } from './credentials.ts';
import type { Faults } from './faults.ts';

/** What of ECR a request of the registry's protocol takes, as ECR maps them; undefined: the log-in check alone. */
export function registryOperation(method: string, path: string): string | undefined {
  if (/\/blobs\/uploads\/?$/.test(path)) return 'InitiateLayerUpload';
  if (/\/blobs\/uploads\/[^/]+$/.test(path))
    return method === 'PUT' ? 'CompleteLayerUpload' : 'UploadLayerPart';
  if (/\/blobs\/[^/]+$/.test(path))
    return method === 'HEAD' ? 'BatchCheckLayerAvailability' : 'GetDownloadUrlForLayer';
  if (/\/manifests\/[^/]+$/.test(path)) return method === 'PUT' ? 'PutImage' : 'BatchGetImage';
  if (/\/tags\/list$/.test(path)) return 'ListImages';
  return undefined;
}

/** Lets IAM and the faults speak at the registry too: a push needs the same actions as the ECR API. */
export function registryAccess(options: {
  readonly policy: AccessPolicy;
  readonly faults: Faults;
  readonly caller: Caller;
  readonly repositoryArn: (name: string) => string;
}): (request: RegistryRequest) => RegistryFault | undefined {
  return ({ method, path }) => {
    const operation = registryOperation(method, path);
    if (operation === undefined) return undefined;
    const fault = options.faults.next('registry', operation);
    if (fault !== undefined) return registryFault(fault.kind);
    const action = `ecr:${operation}`;
    if (options.policy.allows(action)) return undefined;
    const name = /^\/v2\/(.+?)\/(?:blobs|manifests|tags)\//.exec(path)?.[1] ?? '*';
    const message = options.policy.refusal(options.caller, action, options.repositoryArn(name));
    return { status: 403, code: 'DENIED', message };
  };
}

function registryFault(kind: string): RegistryFault {
  if (kind === 'throttle')
    return { status: 429, code: 'TOOMANYREQUESTS', message: 'Rate exceeded', retryAfterSeconds: 1 };
  if (kind === 'hang') return 'hang';
  if (kind === '503') return { status: 503, code: 'UNAVAILABLE', message: 'Service Unavailable' };
  if (kind === '500' || kind === 'html')
    return { status: 500, code: 'UNKNOWN', message: 'Internal Server Error' };
  return 'reset';
}
