import { describe, expect, it } from 'vitest';
import type { WorldChanges } from '../../sandbox/scenarios/scenario.ts';
import { changes, type DeployOptions, deploy } from './deploy.ts';
import { type Refusal, refused, world } from './refusal.ts';

/** What hygiene has to say of this workspace is told in tests of its own. */
const CHECK = { mode: 'check', hygiene: 'off' } as const;

const breaker = { deploymentCircuitBreaker: { enable: true, rollback: true }, strategy: 'ROLLING' } as const;

function limits(desiredCount: number, minimumHealthyPercent: number, maximumPercent: number): WorldChanges {
  const deploymentConfiguration = { ...breaker, minimumHealthyPercent, maximumPercent };
  return { services: [{ desiredCount, deploymentConfiguration }] };
}

/** Parameters that the container of the task definition names, and those that there are. */
function parameters(named: number, there: number): WorldChanges {
  const names = Array.from({ length: named }, (_, at) => `/dyno/${at}`);
  return {
    container: { secrets: names.map((name, at) => ({ name: `S${at}`, valueFrom: name })) },
    parameters: names.slice(0, there),
  };
}

const refusals: readonly Refusal[] = [
  {
    name: 'nothing at all allowed of ECR',
    sandbox: { denied: ['ecr:*'] },
    codes: ['DG301', 'DG323', 'DG331', 'DG332'],
    says: [
      'ecr:CompleteLayerUpload and ecr:PutImage are denied',
      'docs/iam.md#deploy. If it is there for another name, correct `ecr-repository`.',
    ],
  },
  {
    name: 'a roll back that may not look at services',
    inputs: { mode: 'rollback' },
    sandbox: { denied: ['ecs:DescribeServices'] },
    codes: ['DG501'],
    says: ['docs/iam.md#rollback. If it is there for other names, correct `cluster` and `service`.'],
  },
  {
    name: 'the address of a repository',
    inputs: { 'ecr-repository': 'https://123456789012.dkr.ecr.us-east-1.amazonaws.com/dyno-agent' },
    codes: ['DG101'],
    says: ['Correct `ecr-repository:` under `with:`.'],
    never: ['leave it out'],
  },
  {
    name: 'a repository of GitHub',
    inputs: { 'ecr-repository': 'ghcr.io/acme/dyno-agent' },
    codes: ['DG322'],
    says: ["names the registry ghcr.io, which is not ECR's", '`ecr-repository: dyno-agent`'],
    never: ['create-repository'],
  },
  {
    name: 'the registry without a repository',
    inputs: { 'ecr-repository': '123456789012.dkr.ecr.us-east-1.amazonaws.com' },
    codes: ['DG101'],
    says: ['a URI with the name after the registry'],
  },
  {
    name: 'a registry without https',
    scenario: world({ registryHost: 'registry.example.com' }),
    codes: ['DG351'],
    says: ['The registry registry.example.com would be used without https'],
  },
  {
    name: 'immutable tags with exceptions of their own',
    scenario: world({
      repository: { mutability: 'IMMUTABLE_WITH_EXCLUSION', exclusionFilters: ['stable*', 'dev'] },
    }),
    codes: ['DG341'],
    says: [
      'IMMUTABLE_WITH_EXCLUSION --image-tag-mutability-exclusion-filters filterType=WILDCARD,filter=stable* filterType=WILDCARD,filter=dev filterType=WILDCARD,filter=latest`',
    ],
  },
  {
    name: 'a latest that is the exception',
    scenario: world({
      repository: { mutability: 'MUTABLE_WITH_EXCLUSION', exclusionFilters: ['lat*', 'v*'] },
    }),
    codes: ['DG341'],
    says: [
      'Take the filter lat* out',
      'MUTABLE_WITH_EXCLUSION --image-tag-mutability-exclusion-filters filterType=WILDCARD,filter=v*`',
    ],
  },
  {
    name: 'one tag for both, and immutable',
    scenario: world({ repository: { mutability: 'IMMUTABLE' } }),
    inputs: { 'image-tag': 'latest' },
    codes: ['DG341'],
  },
  {
    name: 'a cluster that is going',
    scenario: world({ clusterStatus: 'DEPROVISIONING' }),
    codes: ['DG512'],
    says: ['Cluster dyno-agent-cluster is DEPROVISIONING, not ACTIVE'],
  },
  {
    name: 'a cluster and a service by ARNs of another region',
    inputs: {
      cluster: 'arn:aws:ecs:eu-west-1:123456789012:cluster/dyno-agent-cluster',
      service: 'arn:aws:ecs:eu-west-1:123456789012:service/dyno-agent-cluster/dyno-agent-service',
    },
    codes: ['DG515'],
    says: ['`cluster` and `service` are named by an ARN in eu-west-1, but `aws-region` is us-east-1'],
  },
  {
    name: 'a revision by an ARN of another region',
    inputs: { 'task-definition': 'arn:aws:ecs:eu-west-1:123456789012:task-definition/dyno-agent:57' },
    codes: ['DG515'],
    says: ['`task-definition` is named by an ARN in eu-west-1'],
  },
  {
    name: 'a cluster by an ARN of another account',
    inputs: { cluster: 'arn:aws:ecs:us-east-1:210987654321:cluster/dyno-agent-cluster' },
    codes: ['DG515'],
    says: ['`cluster` is named by an ARN of account 210987654321, but the credentials are of 123456789012'],
  },
  {
    name: 'one unknown service of several',
    scenario: world({ services: [{ name: 'api' }, { name: 'worker' }] }),
    inputs: { service: 'api, wroker' },
    codes: ['DG521'],
    says: ['There is worker.', 'Write `worker` in place of wroker.'],
  },
  {
    name: 'limits that let no task move',
    scenario: world(limits(1, 50, 100)),
    codes: ['DG532'],
    says: ['with a minimum healthy percent of 50 and a maximum of 100'],
  },
  {
    name: 'a service of another tool',
    scenario: world({ services: [{ controller: 'EXTERNAL' }] }),
    codes: ['DG523'],
    says: ['is deployed by EXTERNAL', 'the tool that manages its task sets'],
  },
  {
    name: 'an unknown service where services may not be listed',
    inputs: { service: 'dyno-agent-servcie' },
    sandbox: { denied: ['ecs:ListServices'] },
    codes: ['DG521'],
    says: ['No near name is given, because ecs:ListServices is denied.'],
  },
  {
    name: 'an unknown cluster where clusters may not be listed',
    inputs: { cluster: 'dyno-agent-clutser' },
    sandbox: { denied: ['ecs:ListClusters'] },
    codes: ['DG511'],
    says: ['No near name is given, because ecs:ListClusters is denied.'],
  },
  {
    name: 'a service that is not there in a cluster that may not be seen',
    inputs: { service: 'dyno-agent-servcie' },
    sandbox: { denied: ['ecs:DescribeClusters'] },
    codes: ['DG521'],
    says: ['DG514 (note) Not looked at for want of permission: whether cluster dyno-agent-cluster is active'],
  },
  ...[{ rollout: 'pin' }, { 'pre-deploy-command': 'alembic upgrade head' }].map((inputs) => ({
    name: `a revision to be registered of what may not be read (${Object.keys(inputs)[0]})`,
    inputs,
    sandbox: { denied: ['ecs:DescribeTaskDefinition'] },
    codes: ['DG527'],
    says: ['(ecs:DescribeTaskDefinition is denied): no revision with the new image can be registered'],
  })),
  {
    name: 'a roll back without a login',
    inputs: { mode: 'rollback' },
    sandbox: { denied: ['ecr:GetAuthorizationToken'] },
    codes: ['DG301'],
  },
  {
    name: 'a roll back that may not read the repository',
    inputs: { mode: 'rollback' },
    sandbox: { denied: ['ecr:BatchGetImage'] },
    codes: ['DG332'],
    says: ['docs/iam.md#rollback'],
  },
  {
    name: 'a roll back of a service that is not there',
    inputs: { mode: 'rollback', service: 'dyno-agent-servcie' },
    codes: ['DG521'],
    says: ['rollback   not checked: needs the repository and the services'],
  },
  {
    name: 'a roll back in a cluster that is not there',
    inputs: { mode: 'rollback', cluster: 'dyno-agent-clutser' },
    codes: ['DG511'],
  },
  {
    name: 'a roll back of a service that is not there to an image that is not there either',
    inputs: { mode: 'rollback', service: 'dyno-agent-servcie', 'image-tag': 'c'.repeat(40) },
    codes: ['DG521', 'DG361'],
  },
  {
    name: 'a roll back that may not read the task definition',
    inputs: { mode: 'rollback' },
    sandbox: { denied: ['ecs:DescribeTaskDefinition'] },
    codes: ['DG367'],
    says: ['ecs:DescribeTaskDefinition is denied', 'docs/iam.md#rollback'],
  },
];

describe.concurrent.each(refusals)('$name', (refusal) => {
  it('is refused with its code and fix before anything is built or changed', async ({ expect }) => {
    await refused(refusal, expect);
  });
});

interface Remark extends DeployOptions {
  readonly name: string;
  /** `DGnnn level`, of all that is found. */
  readonly found: readonly string[];
  readonly says?: readonly string[];
}

/** Has the action see a nearly full disk, whatever there really is. */
const FULL_DISK = `data:text/javascript,${encodeURIComponent(
  "import{createRequire,syncBuiltinESMExports}from'node:module';createRequire('/')('node:fs/promises').statfs=async()=>({bavail:800,bsize:1e6});syncBuiltinESMExports();",
)}`;

const remarks: readonly Remark[] = [
  {
    name: 'a task definition that got no answer',
    sandbox: { faults: [{ service: 'ecs', operation: 'DescribeTaskDefinition', kind: '500' }] },
    found: ['DG527 note'],
    says: ['(The request processing has failed because of an unknown error): whether it runs'],
  },
  {
    name: 'a task definition of a pin that a check may not read',
    inputs: { rollout: 'pin' },
    sandbox: { denied: ['ecs:DescribeTaskDefinition'] },
    found: ['DG527 note'],
  },
  {
    name: 'that IAM gave no answer about the deploy',
    sandbox: { faults: [{ service: 'iam', operation: 'SimulatePrincipalPolicy', kind: '500' }] },
    found: ['DG567 note'],
    says: ['IAM gave no usable answer to iam:SimulatePrincipalPolicy'],
  },
  {
    name: 'a moving tag that can be written once',
    scenario: world({
      repository: { mutability: 'IMMUTABLE' },
      container: { image: '{registry}/dyno-agent:production' },
    }),
    inputs: { 'latest-tag': 'production' },
    found: ['DG344 warning'],
    says: ['this deploy would be the only one'],
  },
  {
    name: 'a disk that is nearly full',
    env: { NODE_OPTIONS: `--import=${FULL_DISK}` },
    found: ['DG415 warning'],
    says: ['Only 800 MB are free in'],
  },
  {
    name: 'nothing of a daemon that stops before it starts',
    scenario: world({
      services: [
        {
          scheduling: 'DAEMON',
          deploymentConfiguration: { ...breaker, minimumHealthyPercent: 0, maximumPercent: 100 },
        },
      ],
    }),
    found: [],
  },
  {
    name: 'a daemon without instances',
    scenario: world({ services: [{ scheduling: 'DAEMON', desiredCount: 0 }] }),
    found: ['DG542 warning'],
    says: ['is a daemon, and no instance of the cluster fits it', 'aws ecs list-container-instances'],
  },
  {
    name: 'nothing of a cluster that may not be seen and has an active service',
    sandbox: { denied: ['ecs:DescribeClusters'] },
    found: [],
  },
  {
    name: 'a health check that is turned off',
    scenario: world({
      services: [{ loadBalanced: false }],
      container: { healthCheck: { command: ['NONE'] } },
    }),
    found: ['DG544 note'],
  },
  {
    name: "nothing of AWS's address of a repository whose registry ECR names otherwise",
    inputs: { 'ecr-repository': '123456789012.dkr.ecr.us-east-1.amazonaws.com/dyno-agent' },
    found: [],
  },
  {
    name: 'more secrets than are looked up',
    scenario: world(parameters(40, 40)),
    found: ['DG548 note'],
    says: ['10 of the secrets and log groups that the task definition of dyno-agent-service names'],
  },
  {
    name: 'what never answers and can be done without, in seconds',
    sandbox: {
      faults: [
        { service: 'ecr', operation: 'GetLifecyclePolicy', kind: 'hang' },
        { service: 'ecs', operation: 'DescribeClusters', kind: 'hang' },
      ],
    },
    found: ['DG335 note'],
    says: ["Not looked at for want of an answer: the repository's lifecycle policy"],
  },
];

/** The findings in the rows of the log's preflight group, as `DGnnn level`. */
function rows(log: string): readonly string[] {
  const levels = { '✗': 'error', '!': 'warning', '·': 'note' } as const;
  return [...log.matchAll(/^([✗!·]) [a-z]+ +(DG\d{3}) /gm)].map(
    ([, mark, code]) => `${code} ${levels[mark as keyof typeof levels]}`,
  );
}

describe.concurrent('mode: check tells', () => {
  it.each(remarks)('$name, and is green', async ({ found, says = [], inputs, ...options }) => {
    const startedAt = performance.now();
    const deployed = await deploy({ ...options, inputs: { ...CHECK, ...inputs } });
    const { run } = deployed;
    expect(rows(run.log), run.log).toEqual(found);
    expect(run.outputs['result'], run.log).toBe('checked');
    for (const words of says) expect(run.log).toContain(words);
    expect(changes(deployed)).toEqual([]);
    // Six attempts of 15 s each would take longer.
    expect(performance.now() - startedAt).toBeLessThan(60_000);
  });
});
