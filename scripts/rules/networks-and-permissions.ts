import type { Rule } from './rule';
import {
  DESIGN,
  AWS,
  link,
  api,
  ISOLATION,
  PRIVATE_REGISTRIES,
  REMOTE_DEBUGGING,
  TRAINING_ENVIRONMENT,
} from './sources';

export const NETWORKS_AND_PERMISSIONS: readonly Rule[] = [
  {
    rule: '`vpcSubnets` or `securityGroups` is set without `vpc`.',
    source: DESIGN,
    messages: ['`vpcSubnets` and `securityGroups` require `vpc`'],
  },
  {
    rule: 'A training job reads a file system without `vpc`.',
    source: TRAINING_ENVIRONMENT,
    messages: ['it is a file system, which is only accessible in its VPC'],
  },
  {
    rule: 'An image is in a private registry, and the training job or the model has no `vpc`.',
    source: [api('TrainingImageConfig'), PRIVATE_REGISTRIES].join(', '),
    messages: [
      'it is in a private registry, which is only accessible in a VPC',
      'in a private registry requires a `vpc`',
    ],
  },
  {
    rule: 'The inline policies of the role of a handler have more than 10,240 characters. Each job, workflow and smoke test of a stack adds one.',
    source: link('quotas of IAM', `${AWS}/IAM/latest/UserGuide/reference_iam-quotas.html`),
    messages: ['The inline policies of a role must have at most … characters'],
  },
  {
    rule: 'Calls of a handler, or for the credentials of a private registry, come from isolated subnets of a VPC without an endpoint for the service.',
    result: 'warning',
    source: [PRIVATE_REGISTRIES, link('functions in a VPC', `${AWS}/lambda/latest/dg/configuration-vpc.html`)].join(
      ', ',
    ),
    messages: ['run in subnets without a route to the internet'],
  },
  {
    rule: '`script` of a training job or a model is downloaded by the container, with `networkIsolation`.',
    source: ISOLATION,
    messages: ['`script` requires a network', '`script` must be part of the model data with `networkIsolation`'],
  },
  {
    rule: '`remoteDebug` is set with `networkIsolation`.',
    source: REMOTE_DEBUGGING,
    messages: ['`remoteDebug` requires a network'],
  },
  {
    rule: '`volumeEncryptionKey` or `encryptionKey` is set for an instance type with local storage.',
    source: `${api('ResourceConfig')}, ${api('TransformResources')}; for \`encryptionKey\`, stricter than AWS: ${api('CreateEndpointConfig')}`,
    messages: ['whose local storage is encrypted by the hardware', 'endpoint-config-validation.ts:  of variant "…"'],
  },
];
