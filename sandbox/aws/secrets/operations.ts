import { arnOf } from '../account.ts';
import { type AwsWorld, type Operation, operation } from '../operation.ts';
import { ServiceError } from '../service-error.ts';

interface DescribeParametersInput {
  readonly ParameterFilters?: readonly { readonly Key?: string; readonly Values?: readonly string[] }[];
}

/** Systems Manager: which parameters there are. Source: API_DescribeParameters. */
export const ssmOperations: Readonly<Record<string, Operation>> = {
  DescribeParameters: operation<DescribeParametersInput, { Parameters: object[] }>({
    action: 'ssm:DescribeParameters',
    resource: () => '*',
    run: (input, { world }) => {
      const wanted = (input.ParameterFilters ?? []).filter(({ Key }) => Key === 'Name');
      const fits = (name: string) => wanted.every(({ Values = [] }) => Values.includes(name));
      return {
        Parameters: world.parameters
          .filter(fits)
          .map((Name) => ({ Name, Type: 'SecureString', ARN: parameterArn(world, Name) })),
      };
    },
  }),
};

function parameterArn(world: AwsWorld, name: string): string {
  return arnOf(world.account, 'ssm', `parameter/${name.replace(/^\//, '')}`);
}

interface DescribeSecretInput {
  readonly SecretId?: string;
}

/** Secrets Manager: how it is with a secret. Source: API_DescribeSecret. */
export const secretsManagerOperations: Readonly<Record<string, Operation>> = {
  DescribeSecret: operation<DescribeSecretInput, { ARN: string; Name: string; DeletedDate?: Date }>({
    action: 'secretsmanager:DescribeSecret',
    resource: ({ SecretId = '' }) => SecretId,
    run: ({ SecretId }, { world }) => {
      const secret = world.secrets.find(({ arn }) => arn === SecretId);
      if (secret === undefined) {
        throw new ServiceError(
          'ResourceNotFoundException',
          "Secrets Manager can't find the specified secret.",
        );
      }
      const name = secret.arn.slice(secret.arn.lastIndexOf(':') + 1).replace(/-[A-Za-z0-9]{6}$/, '');
      const gone = secret.beingDeleted ? { DeletedDate: new Date(world.timeline.now()) } : {};
      return { ARN: secret.arn, Name: name, ...gone };
    },
  }),
};
