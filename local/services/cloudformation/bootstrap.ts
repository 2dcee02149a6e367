import type { Context } from '../context';
import type { Repositories } from '../ecr';
import type { Permissions } from '../iam';
import type { Buckets } from '../s3';
import type { ParameterStore } from '../ssm';

const QUALIFIER = 'hnb659fds';
const VERSION = '30';

interface BootstrapStores {
  readonly buckets: Buckets;
  readonly parameters: ParameterStore;
  readonly repositories: Repositories;
  readonly permissions: Permissions;
}

/** The roles of the CDK, which have all permissions here. Clients assume all of them but the last one, which CloudFormation assumes. */
const ROLES = ['deploy', 'lookup', 'file-publishing', 'image-publishing', 'cfn-exec'];

/** Creates the resources of `cdk bootstrap` that the CDK needs to deploy assets. */
export function bootstrap(context: Context, { buckets, parameters, repositories, permissions }: BootstrapStores): void {
  const { account, region } = context;
  const parameter = `/cdk-bootstrap/${QUALIFIER}/version`;
  if (parameters.value(parameter) === undefined) parameters.put({ Name: parameter, Value: VERSION, Type: 'String' });
  buckets.createBucket(`cdk-${QUALIFIER}-assets-${account}-${region}`);
  repositories.create(`cdk-${QUALIFIER}-container-assets-${account}-${region}`);
  for (const kind of ROLES) createRole(context, permissions, kind);
}

function createRole({ partition, account, region }: Context, { roles }: Permissions, kind: string): void {
  const name = `cdk-${QUALIFIER}-${kind}-role-${account}-${region}`;
  if (roles.find(name) !== undefined) return;
  const Principal: Record<string, string> =
    kind === 'cfn-exec'
      ? { Service: 'cloudformation.amazonaws.com' }
      : { AWS: `arn:${partition}:iam::${account}:root` };
  roles.create({
    name,
    trustPolicy: { Version: '2012-10-17', Statement: { Effect: 'Allow', Principal, Action: 'sts:AssumeRole' } },
    attached: [`arn:${partition}:iam::aws:policy/AdministratorAccess`],
  });
}
