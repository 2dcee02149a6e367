import { type Access, type AccessTable, requestTags } from '../access';
import type { ParameterStore } from './store';

interface PutInput {
  readonly Name?: string;
  readonly Overwrite?: boolean;
  readonly Tags?: { readonly Key?: string; readonly Value?: string }[];
}

export function ssmAccess(parameters: Pick<ParameterStore, 'arn'>): AccessTable {
  const on = (action: string, name = '', keys?: Access['keys']): Access => ({
    action: `ssm:${action}`,
    resource: parameters.arn(name),
    keys,
  });
  return {
    GetParameter: ({ Name }: { Name?: string }) => [on('GetParameter', Name)],
    GetParameters: ({ Names = [] }: { Names?: string[] }) => Names.map((name) => on('GetParameters', name)),
    GetParametersByPath: ({ Path, Recursive = false }: { Path?: string; Recursive?: boolean }) => [
      on('GetParametersByPath', Path?.replace(/\/$/, ''), { 'ssm:Recursive': String(Recursive) }),
    ],
    // DescribeParameters has no resource-level permissions.
    DescribeParameters: () => [{ action: 'ssm:DescribeParameters', resource: '*' }],
    PutParameter: ({ Name, Overwrite = false, Tags = [] }: PutInput) => [
      on('PutParameter', Name, { 'ssm:Overwrite': String(Overwrite), ...requestTags(Tags) }),
      ...(Tags.length > 0 ? [on('AddTagsToResource', Name, requestTags(Tags))] : []),
    ],
    DeleteParameter: ({ Name }: { Name?: string }) => [on('DeleteParameter', Name)],
  };
}
