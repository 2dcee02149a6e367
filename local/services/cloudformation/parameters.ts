import { ServiceError } from '../../aws-model/service-error';
import type { Permissions } from '../iam';
import type { Parameters, QueryOperations } from '../wire/query';

const VERSION = ['StackName', 'TemplateBody', 'TemplateURL', 'Parameters', 'Tags'];

/** The parameters that the local service implements. */
const IMPLEMENTED: Record<string, string[]> = {
  CreateStack: [...VERSION, 'EnableTerminationProtection'],
  UpdateStack: [...VERSION, 'UsePreviousTemplate'],
  DeleteStack: ['StackName'],
  UpdateTerminationProtection: ['StackName', 'EnableTerminationProtection'],
  DescribeStacks: ['StackName'],
  DescribeStackEvents: ['StackName', 'NextToken'],
  DescribeStackResources: ['StackName', 'LogicalResourceId'],
  ListStackResources: ['StackName'],
  ListStacks: ['StackStatusFilter'],
  ListExports: [],
  GetTemplate: ['StackName', 'TemplateStage'],
  GetTemplateSummary: ['StackName', 'TemplateBody', 'TemplateURL'],
  CreateChangeSet: [...VERSION, 'UsePreviousTemplate', 'ChangeSetName', 'ChangeSetType', 'Description'],
  DescribeChangeSet: ['StackName', 'ChangeSetName'],
  ExecuteChangeSet: ['StackName', 'ChangeSetName'],
  DeleteChangeSet: ['StackName', 'ChangeSetName'],
};

/** Parameters without an effect on a deployment: CloudFormation has all permissions, and there are no nested stacks. */
const WITHOUT_EFFECT = [
  'Action',
  'Version',
  'Capabilities',
  'ClientRequestToken',
  'ClientToken',
  'RoleARN',
  'IncludeNestedStacks',
  'IncludePropertyValues',
];

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
export function withCheckedParameters(operations: QueryOperations, permissions: Permissions): QueryOperations {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (parameters, caller) => {
        checkParameters(name, parameters);
        checkRole(parameters.get('RoleARN'), permissions);
        return operation(parameters, caller);
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
  throw new ServiceError('ValidationError', `The local service does not support ${shown} of ${operation}.`);
}

function checkRole(roleArn: string | undefined, permissions: Permissions): void {
  if (roleArn === undefined || permissions.isTrusting({ roleArn, service: 'cloudformation.amazonaws.com' })) return;
  throw new ServiceError('ValidationError', `Role ${roleArn} is invalid or cannot be assumed`);
}
