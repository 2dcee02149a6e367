import type { Access } from '../access';
import type { Parameters } from '../wire/query';
import { members } from '../wire/xml';
import type { Permissions } from './permissions';

/** Evaluates the policies of a role for actions and resources, without a request. */
export function simulate(permissions: Permissions, parameters: Parameters): Record<string, unknown> {
  const { arn } = permissions.roles.existing(parameters.required('PolicySourceArn'));
  const resources = parameters.list('ResourceArns');
  const keys = contextOf(parameters);
  const results = parameters.list('ActionNames').flatMap((action) =>
    (resources.length === 0 ? ['*'] : resources).map((resource) => ({
      EvalActionName: action,
      EvalResourceName: resource,
      EvalDecision: permissions.simulate(arn, { action, resource, keys }),
    })),
  );
  return { EvaluationResults: members(results), IsTruncated: false };
}

function contextOf(parameters: Parameters): Access['keys'] {
  const entries = parameters.structures('ContextEntries', ['ContextKeyName']);
  return Object.fromEntries(
    entries.map(({ ContextKeyName = '' }, index) => [
      ContextKeyName,
      parameters.list(`ContextEntries.member.${index + 1}.ContextKeyValues`),
    ]),
  );
}
