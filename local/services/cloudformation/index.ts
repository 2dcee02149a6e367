import type { Context } from '../context';
import type { Repositories } from '../ecr';
import type { Permissions } from '../iam';
import type { Functions } from '../lambda';
import type { Buckets } from '../s3';
import type { Service } from '../service';
import type { ParameterStore } from '../ssm';
import { cloudFormationAccess } from './access';
import { bootstrap } from './bootstrap';
import { ChangeSets } from './change-sets';
import { CustomResources } from './custom-resources';
import { Deployments } from './deployments';
import { StackOperations } from './operations';
import { withCheckedParameters } from './parameters';
import { withRequestTokens } from './request-tokens';
import { resourceTypeFinder } from './resources';
import { respondStatus } from './status';
import { Stacks } from './store';
import { Versions } from './versions';
import { WaitConditions } from './wait-conditions';

export type { ServiceStatus } from './status';

interface CloudFormationOptions {
  readonly buckets: Buckets;
  readonly parameters: ParameterStore;
  readonly repositories: Repositories;
  readonly functions: Functions;
  readonly permissions: Permissions;

  /** The services whose resource types stacks may contain. */
  readonly services: readonly Service[];
}

/** AWS CloudFormation, as the CDK uses it: stacks, with or without change sets, in a bootstrapped account. */
export function cloudFormation(context: Context, options: CloudFormationOptions): Service {
  const stacks = new Stacks(context);
  const customResources = new CustomResources(context, options.functions, options.permissions);
  const waitConditions = new WaitConditions(context);
  const emulated = options.services.map(({ resourceTypes = {} }) => resourceTypes);
  const typeOf = resourceTypeFinder(context, { customResources, waitConditions }, emulated);
  const deployments = new Deployments(context, stacks, typeOf);
  const versions = new Versions(context, options.buckets, options.parameters);
  return {
    signingName: 'cloudformation',
    api: {
      protocol: 'query',
      namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
      access: cloudFormationAccess(context),
      operations: withCheckedParameters(
        withRequestTokens(
          {
            ...new StackOperations(context, stacks, deployments, versions).operations,
            ...new ChangeSets(context, stacks, deployments, versions).operations,
          },
          stacks,
        ),
        options.permissions,
        stacks,
      ),
    },
    routes: [
      waitConditions.route,
      customResources.route,
      { path: /^\/_status$/, respond: () => Promise.resolve(respondStatus(stacks)) },
    ],
    resume: () => {
      bootstrap(context, options);
      deployments.resume();
    },
  };
}
