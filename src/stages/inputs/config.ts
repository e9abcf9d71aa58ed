import type { HealthTarget } from '../verify/health-target.ts';
import type { InputName, InputValues } from './schema.ts';
import type { SecretRule } from './secret-rules.ts';

/** All that a run is told, read once. Nothing after it reads `process.env` or an input. */
export interface Config {
  readonly mode: InputValues['mode'];
  readonly region: string | undefined;
  /** Why nothing may be asked of AWS, whatever else is in order; undefined where it may. */
  readonly awsObstacle: string | undefined;
  /** Inputs that are not valid: what hangs on their values isn't checked. */
  readonly invalidInputs: ReadonlySet<InputName>;
  readonly credentials: CredentialSettings;
  readonly proxy: { readonly http: string | undefined; readonly no: string | undefined };
  readonly allowedAccountIds: readonly string[];
  readonly secretRules: readonly SecretRule[];
  /** The environment that the rules are about. Values: never to be printed. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly image: ImageSettings;
  readonly build: BuildSettings;
  /** Undefined: docker, else what is there. */
  readonly engine: EngineName | undefined;
  readonly ecs: EcsSettings;
  readonly healthChecks: { readonly targets: readonly HealthTarget[]; readonly timeoutMs: number };
  /** The GitHub environment's name and URL, as the messages show them. */
  readonly environmentName: string | undefined;
  readonly environmentUrl: string | undefined;
  /** This job's number at GitHub; undefined where the runner does not tell (GitHub Enterprise Server). */
  readonly jobId: string | undefined;
  readonly hygiene: HygieneSettings;
  readonly slack: { readonly webhookUrl: string | undefined; readonly notify: InputValues['slack-notify'] };
}

/** The inputs about who the run is at AWS. */
export interface CredentialSettings {
  readonly keys:
    | { readonly id: string; readonly secret: string; readonly sessionToken: string | undefined }
    | undefined;
  readonly role: string | undefined;
  readonly chaining: boolean;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly externalId: string | undefined;
  readonly audience: string;
}

/** The inputs that name the image. */
export interface ImageSettings {
  /** Repository name without its registry. */
  readonly repository: string;
  /** Host of the registry and the account in it, where `ecr-repository` is a full URI. */
  readonly registry: { readonly host: string; readonly accountId: string | undefined } | undefined;
  readonly tag: string | undefined;
  /** Undefined: no tag is moved. */
  readonly latestTag: string | undefined;
  readonly extraTags: readonly string[];
  readonly reuse: boolean;
}

/** The container engines that `engine` can name. */
export type EngineName = 'docker' | 'podman' | 'buildah' | 'nerdctl';

/** The inputs that docker/build-push-action has too, under the same names. */
export interface BuildSettings {
  readonly context: string;
  readonly file: string | undefined;
  readonly target: string | undefined;
  readonly buildArgs: readonly string[];
  readonly labels: readonly string[];
  readonly platforms: readonly string[];
  readonly secrets: readonly string[];
  readonly secretEnvs: readonly string[];
  readonly secretFiles: readonly string[];
  readonly ssh: readonly string[];
  readonly buildContexts: readonly string[];
  readonly cacheFrom: readonly string[];
  readonly cacheTo: readonly string[];
  readonly provenance: string | undefined;
  readonly sbom: string | undefined;
  readonly pull: boolean;
  readonly noCache: boolean;
}

/** The inputs about the services and their rollout. */
export interface EcsSettings {
  readonly cluster: string;
  readonly services: readonly string[];
  readonly containerName: string | undefined;
  readonly rollout: 'force' | 'pin';
  /** A revision that exists, or the path of a JSON file (`isTaskDefinitionFile`). */
  readonly taskDefinition: string | undefined;
  /** Words, without a shell. */
  readonly preDeployCommand: readonly string[] | undefined;
  readonly waitMinutes: number;
  readonly failFast: boolean;
  readonly onFailure: 'report' | 'rollback';
}

/** The inputs about the repository itself. */
export interface HygieneSettings {
  readonly level: InputValues['hygiene'];
  /** Codes, each alone or with a pattern of paths after it. */
  readonly ignore: readonly string[];
  /** Path from the root of the workspace. */
  readonly sarifFile: string | undefined;
}
