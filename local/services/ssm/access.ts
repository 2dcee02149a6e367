import type { Access, AccessTable } from '../access';
import type { Context } from '../context';

export function ssmAccess(context: Pick<Context, 'arn'>): AccessTable {
  const on = (action: string, name = ''): Access => ({
    action: `ssm:${action}`,
    resource: context.arn('ssm', `parameter/${name.replace(/^\//, '')}`),
  });
  return {
    GetParameter: ({ Name }: { Name?: string }) => [on('GetParameter', Name)],
    GetParameters: ({ Names = [] }: { Names?: string[] }) => Names.map((name) => on('GetParameters', name)),
    PutParameter: ({ Name }: { Name?: string }) => [on('PutParameter', Name)],
    DeleteParameter: ({ Name }: { Name?: string }) => [on('DeleteParameter', Name)],
  };
}
