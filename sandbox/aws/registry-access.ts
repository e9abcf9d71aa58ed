import type { RegistryFault, RegistryRequest } from '../registry/http.ts';
import type { AccessPolicy } from './access-policy.ts';
import type { Caller } from './credentials.ts';

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

/** Lets IAM speak at the registry too: a push needs the same actions as the ECR API. */
export function registryAccess(options: {
  readonly policy: AccessPolicy;
  readonly caller: Caller;
  readonly repositoryArn: (name: string) => string;
}): (request: RegistryRequest) => RegistryFault | undefined {
  return ({ method, path }) => {
    const operation = registryOperation(method, path);
    if (operation === undefined) return undefined;
    const action = `ecr:${operation}`;
    const name = /^\/v2\/(.+?)\/(?:blobs|manifests|tags)\//.exec(path)?.[1] ?? '*';
    const repository = options.repositoryArn(name);
    if (options.policy.allows(action, repository)) return undefined;
    const message = options.policy.refusal(options.caller, action, repository);
    return { status: 403, code: 'DENIED', message };
  };
}
