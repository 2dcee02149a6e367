import type { Access, AccessTable } from '../access';
import type { Context } from '../context';

const PULL = ['BatchCheckLayerAvailability', 'BatchGetImage', 'GetDownloadUrlForLayer'];

/** The permissions to pull an image; none for the registry of an account that has no local service. */
export function pullAccess(context: Context, imageUri: string): Access[] {
  const owner = registryOf(context, imageUri);
  if (owner === undefined) return [];
  const name = imageUri.slice(owner.registry.length).replace(/(@sha256)?:[^:/]*$/, '');
  const resource = owner.arn('ecr', `repository/${name}`);
  const authenticate = { action: 'ecr:GetAuthorizationToken', resource: '*' };
  return [authenticate, ...PULL.map((action) => ({ action: `ecr:${action}`, resource }))];
}

/** The account in whose registry an image is: this one, or that of another local service. */
export function registryOf(context: Context, imageUri: string): Context | undefined {
  return [context, ...context.peers].find(({ registry }) => imageUri.startsWith(registry));
}

interface Input {
  readonly repositoryName?: string;
  readonly registryId?: string;
}

export function ecrAccess(context: Pick<Context, 'arn'>): AccessTable {
  const on = (action: string, name: string, registryId?: string): Access => ({
    action: `ecr:${action}`,
    resource: context.arn('ecr', `repository/${name}`, registryId),
  });
  const onRepository = (action: string): [string, (input: Input) => Access[]] => [
    action,
    ({ repositoryName = '', registryId }) => [on(action, repositoryName, registryId)],
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
    DescribeRepositories: ({ repositoryNames = ['*'], registryId }: Input & { repositoryNames?: string[] }) =>
      repositoryNames.map((name) => on('DescribeRepositories', name, registryId)),
    GetAuthorizationToken: () => [{ action: 'ecr:GetAuthorizationToken', resource: '*' }],
  };
}
