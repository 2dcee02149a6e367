import type { Access, AccessTable } from '../access';
import type { Context } from '../context';

const PULL = ['BatchCheckLayerAvailability', 'BatchGetImage', 'GetDownloadUrlForLayer'];

/** The permissions to pull an image; none for a registry that is not that of the account. */
export function pullAccess(context: Context, imageUri: string): Access[] {
  const { account, region, urlSuffix } = context;
  const registry = `${account}.dkr.ecr.${region}.${urlSuffix}/`;
  if (!imageUri.startsWith(registry)) return [];
  const name = imageUri.slice(registry.length).replace(/(@sha256)?:[^:/]*$/, '');
  const resource = context.arn('ecr', `repository/${name}`);
  const authenticate = { action: 'ecr:GetAuthorizationToken', resource: '*' };
  return [authenticate, ...PULL.map((action) => ({ action: `ecr:${action}`, resource }))];
}

interface Input {
  readonly repositoryName?: string;
}

export function ecrAccess(context: Pick<Context, 'arn'>): AccessTable {
  const on = (action: string, name: string): Access => ({
    action: `ecr:${action}`,
    resource: context.arn('ecr', `repository/${name}`),
  });
  const onRepository = (action: string): [string, (input: Input) => Access[]] => [
    action,
    ({ repositoryName = '' }) => [on(action, repositoryName)],
  ];
  return {
    ...Object.fromEntries(
      [
        'CreateRepository',
        'DeleteRepository',
        'DescribeImages',
        'BatchGetImage',
        'GetDownloadUrlForLayer',
        'DescribeImageScanFindings',
      ].map(onRepository),
    ),
    DescribeRepositories: ({ repositoryNames = ['*'] }: { repositoryNames?: string[] }) =>
      repositoryNames.map((name) => on('DescribeRepositories', name)),
    GetAuthorizationToken: () => [{ action: 'ecr:GetAuthorizationToken', resource: '*' }],
  };
}
