import { members } from '../wire/xml';
import type { Change, ChangeSet, Stack, Version } from './store';

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
    Capabilities: members(['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM']),
    Parameters: members(
      Object.entries(version?.parameters ?? {}).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
        ResolvedValue: version?.values[ParameterKey],
      })),
    ),
    Outputs: members(stack.outputs),
    Tags: members(version?.tags ?? []),
    Description: version?.template.Description,
  };
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
    ExecutionStatus: set.executionStatus,
    CreationTime: set.creationTime,
    Parameters: members(
      Object.entries(set.version.parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    ),
    Changes: members(
      set.changes.map((change) => ({
        Type: 'Resource',
        ResourceChange: { ...change, Replacement: change.Action === 'Modify' ? 'Conditional' : undefined },
      })),
    ),
  };
}

/** The changes from one version to another, as far as a comparison of the templates shows them. */
export function changesOf(before: Version | undefined, after: Version): Change[] {
  const [old, wanted] = [before?.template.Resources ?? {}, after.template.Resources];
  const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const areParametersSame = isSame(before?.values, after.values) && isSame(before?.tags, after.tags);
  const changed = Object.keys({ ...old, ...wanted }).flatMap((LogicalResourceId): Change[] => {
    const [was, is] = [old[LogicalResourceId], wanted[LogicalResourceId]];
    const ResourceType = (is ?? was).Type;
    if (was === undefined) return [{ Action: 'Add', LogicalResourceId, ResourceType }];
    if (is === undefined) return [{ Action: 'Remove', LogicalResourceId, ResourceType }];
    return areParametersSame && isSame(was, is) ? [] : [{ Action: 'Modify', LogicalResourceId, ResourceType }];
  });
  const areOutputsSame = isSame(
    [before?.template.Outputs, before?.template.Conditions],
    [after.template.Outputs, after.template.Conditions],
  );
  return changed.length > 0 || areOutputsSame
    ? changed
    : [{ Action: 'Modify', LogicalResourceId: 'Outputs', ResourceType: 'AWS::CloudFormation::Stack' }];
}
