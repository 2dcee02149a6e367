import { members } from '../wire/xml';
import type { ChangeSet, Stack, Version } from './store';

/** A stack as DescribeStacks tells it. */
export function describe(stack: Stack): Record<string, unknown> {
  const { version } = stack;
  return {
    StackName: stack.name,
    StackId: stack.id,
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    CreationTime: stack.created,
    LastUpdatedTime: stack.updated,
    DisableRollback: false,
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
  };
}

/** What would change from one version to another, as far as that can be told without making it. */
export function changesOf(before: Version | undefined, after: Version): ChangeSet['changes'] {
  const [old, wanted] = [before?.template.Resources ?? {}, after.template.Resources];
  const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const areParametersSame = isSame(before?.values, after.values) && isSame(before?.tags, after.tags);
  const changed = Object.keys({ ...old, ...wanted }).flatMap((LogicalResourceId) => {
    const [was, is] = [old[LogicalResourceId], wanted[LogicalResourceId]];
    const ResourceType = (is ?? was).Type;
    if (was === undefined) return [{ Action: 'Add', LogicalResourceId, ResourceType }];
    if (is === undefined) return [{ Action: 'Remove', LogicalResourceId, ResourceType }];
    return areParametersSame && isSame(was, is) ? [] : [{ Action: 'Modify', LogicalResourceId, ResourceType }];
  });
  const isRest = isSame(
    [before?.template.Outputs, before?.template.Conditions],
    [after.template.Outputs, after.template.Conditions],
  );
  return changed.length > 0 || isRest
    ? changed
    : [{ Action: 'Modify', LogicalResourceId: 'Outputs', ResourceType: 'AWS::CloudFormation::Stack' }];
}
