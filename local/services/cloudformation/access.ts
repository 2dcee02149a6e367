import { type Access, passRole, requestTags } from '../access';
import type { Context } from '../context';
import type { Parameters, QueryApi } from '../wire/query';

/** The operations that are about one stack; without a name, those that describe stacks are about all of them. */
const ON_STACK = [
  'CreateStack',
  'UpdateStack',
  'ContinueUpdateRollback',
  'DeleteStack',
  'UpdateTerminationProtection',
  'DescribeStacks',
  'DescribeStackEvents',
  'DescribeStackResources',
  'ListStackResources',
  'GetTemplate',
  'CreateChangeSet',
  'DescribeChangeSet',
  'ExecuteChangeSet',
  'DeleteChangeSet',
];

const WITHOUT_STACK = ['ListStacks', 'ListExports', 'GetTemplateSummary'];

export function cloudFormationAccess(context: Pick<Context, 'arn'>): QueryApi['access'] {
  const stackArn = (name: string): string =>
    name.startsWith('arn:') ? name : context.arn('cloudformation', `stack/${name}/*`);
  const onStack = (operation: string, parameters: Parameters): Access[] => {
    const name = parameters.get('StackName');
    const tags = parameters.structures('Tags', ['Key', 'Value']);
    const keys = {
      'cloudformation:ChangeSetName': parameters.get('ChangeSetName'),
      'cloudformation:RoleArn': parameters.get('RoleARN'),
      ...requestTags(tags),
    };
    const resource = name === undefined ? '*' : stackArn(name);
    return [
      { action: `cloudformation:${operation}`, resource, keys },
      ...passRole(parameters.get('RoleARN'), 'cloudformation.amazonaws.com'),
    ];
  };
  return {
    ...Object.fromEntries(
      ON_STACK.map((operation) => [operation, (parameters: Parameters) => onStack(operation, parameters)]),
    ),
    ...Object.fromEntries(
      WITHOUT_STACK.map((operation) => [operation, () => [{ action: `cloudformation:${operation}`, resource: '*' }]]),
    ),
  };
}
