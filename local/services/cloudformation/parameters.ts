import { ServiceError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import type { Permissions } from '../iam';
import type { Parameters, QueryOperations } from '../wire/query';
import type { Stacks } from './store';

const VERSION = ['StackName', 'TemplateBody', 'TemplateURL', 'Parameters', 'Tags', 'Capabilities', 'RoleARN'];
const TOKEN = 'ClientRequestToken';

/** The parameters that the local service implements. */
const IMPLEMENTED: Record<string, string[]> = {
  CreateStack: [...VERSION, TOKEN, 'EnableTerminationProtection'],
  UpdateStack: [...VERSION, TOKEN, 'UsePreviousTemplate'],
  ContinueUpdateRollback: ['StackName', TOKEN, 'ResourcesToSkip', 'RoleARN'],
  DeleteStack: ['StackName', TOKEN, 'RoleARN'],
  UpdateTerminationProtection: ['StackName', 'EnableTerminationProtection'],
  DescribeStacks: ['StackName'],
  DescribeStackEvents: ['StackName', 'NextToken'],
  DescribeStackResources: ['StackName', 'LogicalResourceId'],
  ListStackResources: ['StackName'],
  ListStacks: ['StackStatusFilter'],
  ListExports: [],
  GetTemplate: ['StackName', 'TemplateStage'],
  GetTemplateSummary: ['StackName', 'TemplateBody', 'TemplateURL'],
  CreateChangeSet: [...VERSION, 'UsePreviousTemplate', 'ChangeSetName', 'ChangeSetType', 'Description', 'ClientToken'],
  DescribeChangeSet: ['StackName', 'ChangeSetName'],
  ExecuteChangeSet: ['StackName', 'ChangeSetName', TOKEN],
  DeleteChangeSet: ['StackName', 'ChangeSetName'],
};

/** Parameters without an effect: there are no nested stacks. */
const WITHOUT_EFFECT = ['Action', 'Version', 'IncludeNestedStacks', 'IncludePropertyValues'];

/** The operations that use the role of the stack if the request has none. */
const WITH_STACK_ROLE = ['UpdateStack', 'ContinueUpdateRollback', 'DeleteStack'];

/** The only supported values of further parameters, which are their defaults. */
const DEFAULTS: Record<string, string> = {
  DisableRollback: 'false',
  OnFailure: 'ROLLBACK',
  OnStackFailure: 'ROLLBACK',
  ImportExistingResources: 'false',
  RetainExceptOnCreate: 'false',
  DeletionMode: 'STANDARD',
  'DeploymentConfig.Mode': 'STANDARD',
};

/** The operations, which first reject parameters that would be ignored, and a role that CloudFormation cannot assume. */
export function withCheckedParameters(
  operations: QueryOperations,
  permissions: Permissions,
  stacks: Stacks,
): QueryOperations {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (parameters, ...context) => {
        checkParameters(name, parameters);
        const stack = WITH_STACK_ROLE.includes(name) ? stacks.find(parameters.get('StackName') ?? '') : undefined;
        checkRole(parameters.get('RoleARN') ?? stack?.roleArn, permissions);
        return operation(parameters, ...context);
      },
    ]),
  );
}

function checkParameters(operation: string, parameters: Parameters): void {
  const known = [...IMPLEMENTED[operation], ...WITHOUT_EFFECT];
  const isDefault = (name: string): boolean => name in DEFAULTS && parameters.get(name) === DEFAULTS[name];
  const unknown = parameters.names().find((name) => !known.includes(name.split('.')[0]) && !isDefault(name));
  if (unknown === undefined) return;
  const value = parameters.get(unknown);
  const shown = value === undefined ? unknown : `${unknown}=${value}`;
  throw new ServiceError('ValidationError', notSupported('cloudformation', `${shown} of ${operation}`));
}

function checkRole(roleArn: string | undefined, permissions: Permissions): void {
  if (roleArn === undefined || permissions.isTrusting({ roleArn, service: 'cloudformation.amazonaws.com' })) return;
  throw new ServiceError('ValidationError', `Role ${roleArn} is invalid or cannot be assumed`);
}
