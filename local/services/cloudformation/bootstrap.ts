import type { Context } from '../context';
import type { Repositories } from '../ecr';
import type { Buckets } from '../s3';
import type { ParameterStore } from '../ssm';

const QUALIFIER = 'hnb659fds';
const VERSION = '30';

interface BootstrapStores {
  readonly buckets: Buckets;
  readonly parameters: ParameterStore;
  readonly repositories: Repositories;
}

/** Creates the resources of `cdk bootstrap` that the CDK needs to deploy assets. */
export function bootstrap({ account, region }: Context, { buckets, parameters, repositories }: BootstrapStores): void {
  const parameter = `/cdk-bootstrap/${QUALIFIER}/version`;
  if (parameters.value(parameter) === undefined) parameters.put(parameter, VERSION);
  buckets.createBucket(`cdk-${QUALIFIER}-assets-${account}-${region}`);
  repositories.create(`cdk-${QUALIFIER}-container-assets-${account}-${region}`);
}
