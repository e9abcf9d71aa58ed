import type { RequestContext } from '../access-policy.ts';
import { arnOf } from '../account.ts';
import type { Call, Operation } from '../operation.ts';
import { ServiceError } from '../service-error.ts';

const action = 'iam:SimulatePrincipalPolicy';

/** The members of the form, by their names in it. */
type Form = Readonly<Record<string, string | undefined>>;

/** IAM: what the access policy of the sandbox says. Source: API_SimulatePrincipalPolicy, API_EvaluationResult. */
export const iamOperations: Readonly<Record<string, Operation>> = {
  SimulatePrincipalPolicy: {
    action: undefined,
    resource: () => '*',
    run: (input, call) => simulate(input as Form, call),
  },
};

function simulate(input: Form, { world, caller }: Call): object {
  const source = input['PolicySourceArn'] ?? '';
  if (!world.policy.allows(action, source))
    throw new ServiceError('AccessDenied', world.policy.refusal(caller, action, source), 403);
  const known = [
    ...world.roles.map(({ name }) => arnOf(world.account, 'iam', `role/${name}`)),
    world.credentials.staticKey.caller.arn,
  ];
  if (!known.includes(source)) throw new ServiceError('NoSuchEntity', `${source} cannot be found.`, 404);
  const resources = membersOf(input, 'ResourceArns');
  const context = contextOf(input);
  return { IsTruncated: false, EvaluationResults: membersOf(input, 'ActionNames').map(evaluate) };

  /** One result an action; with a list of resources, one for each below it. */
  function evaluate(name: string): object {
    const decisionOn = (resource: string) =>
      world.policy.allows(name, resource, context) ? 'allowed' : 'implicitDeny';
    return {
      EvalActionName: name,
      EvalResourceName: resources[0] ?? '*',
      EvalDecision: decisionOn(resources[0] ?? '*'),
      MatchedStatements: [],
      MissingContextValues: [],
      ResourceSpecificResults: resources.map((resource) => ({
        EvalResourceName: resource,
        EvalResourceDecision: decisionOn(resource),
        MatchedStatements: [],
        MissingContextValues: [],
      })),
    };
  }
}

/** Condition keys with their first value. */
function contextOf(input: Form): RequestContext {
  const context: Record<string, string> = {};
  for (let index = 1; ; index += 1) {
    const entry = `ContextEntries.member.${index}`;
    const key = input[`${entry}.ContextKeyName`];
    if (key === undefined) return context;
    context[key] = input[`${entry}.ContextKeyValues.member.1`] ?? '';
  }
}

function membersOf(input: Form, name: string): readonly string[] {
  const members: string[] = [];
  for (let index = 1; ; index += 1) {
    const member = input[`${name}.member.${index}`];
    if (member === undefined) return members;
    members.push(member);
  }
}
