import { members } from '../wire/xml';
import { isOfParameterStore } from './parameter-values';
import type { ChangeSet, Stack, Version } from './store';

export function describeStack(stack: Stack): Record<string, unknown> {
  const { version } = stack;
  return {
    StackName: stack.name,
    StackId: stack.id,
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    CreationTime: stack.creationTime,
    LastUpdatedTime: stack.updateTime,
    DeletionTime: stack.deletionTime,
    DisableRollback: false,
    EnableTerminationProtection: stack.isProtected ?? false,
    RoleARN: stack.roleArn,
    Capabilities: members(stack.capabilities ?? []),
    Parameters: members(version === undefined ? [] : describeParameters(version)),
    Outputs: members(stack.outputs),
    Tags: members(version?.tags ?? []),
    Description: version?.template.Description,
  };
}

/** The parameters of a version. Only those of Parameter Store have a resolved value. */
function describeParameters({ template, parameters, values }: Version): object[] {
  return Object.entries(template.Parameters ?? {}).map(([ParameterKey, definition]) => ({
    ParameterKey,
    ParameterValue: String(definition.NoEcho) === 'true' ? '****' : parameters[ParameterKey],
    ResolvedValue: isOfParameterStore(definition.Type) ? values[ParameterKey] : undefined,
  }));
}

/** A stack as ListStacks lists it. */
export function summarizeStack(stack: Stack): Record<string, unknown> {
  return {
    StackId: stack.id,
    StackName: stack.name,
    CreationTime: stack.creationTime,
    LastUpdatedTime: stack.updateTime,
    DeletionTime: stack.deletionTime,
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
  };
}

export function describeResources({ name, id, resources }: Stack): { readonly LogicalResourceId: string }[] {
  return Object.values(resources).map((resource) => ({
    StackName: name,
    StackId: id,
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId,
    ResourceType: resource.type,
    Timestamp: resource.time,
    LastUpdatedTimestamp: resource.time,
    ResourceStatus: resource.status,
    ResourceStatusReason: resource.reason,
  }));
}

export function describeChangeSet(set: ChangeSet, stack: Stack): Record<string, unknown> {
  return {
    ChangeSetId: set.id,
    ChangeSetName: set.name,
    StackId: stack.id,
    StackName: set.stackName,
    Status: set.status,
    StatusReason: set.reason,
    Description: set.description,
    ExecutionStatus: isObsolete(set, stack) ? 'OBSOLETE' : set.executionStatus,
    CreationTime: set.creationTime,
    Capabilities: members(set.capabilities),
    Parameters: members(describeParameters(set.version)),
    Changes: members(
      set.changes.map((change) => ({
        Type: 'Resource',
        ResourceChange: { ...change, Replacement: change.Action === 'Modify' ? 'Conditional' : undefined },
      })),
    ),
  };
}

/** Whether another operation has changed the stack since the creation of a change set. */
export function isObsolete({ executionStatus, revision }: ChangeSet, stack: Stack): boolean {
  return executionStatus === 'AVAILABLE' && revision !== (stack.revision ?? 0);
}
