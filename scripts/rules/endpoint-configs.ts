import type { Rule } from './rule';
import {
  UNDOCUMENTED,
  impliedBy,
  api,
  issue,
  pull,
  ASYNC,
  EXCLUSIONS,
  EXPORTS,
  SERVERLESS,
  SHADOW,
  UNCOMPRESSED,
} from './sources';

export const ENDPOINT_CONFIGS: readonly Rule[] = [
  {
    rule: 'A model is in another stack than the endpoint configuration: any change replaces a model, and an imported export cannot change.',
    source: EXPORTS,
    messages: ['must be in the same stack as the endpoint configuration'],
  },
  {
    rule: '`variantName` is empty.',
    source: impliedBy(api('ProductionVariant')),
    messages: ['`variantName` must not be empty'],
  },
  {
    rule: 'All `variants` have a weight of 0.',
    source: UNDOCUMENTED,
    messages: ['`variants` must not all have a weight of 0'],
  },
  {
    rule: 'Both or neither of `instanceType` and `instancePools` are set.',
    source: impliedBy(api('ProductionVariant')),
    messages: ['exactly one of `instanceType` and `instancePools`'],
  },
  {
    rule: '`volumeSize` is set for an instance type with local storage.',
    source: pull('aws/sagemaker-python-sdk', 4828),
    messages: ['`volumeSize` is not supported for …, which has local storage'],
  },
  {
    rule: '`managedScaling` is set for a variant that hosts a model.',
    source: pull('hashicorp/terraform-provider-aws', 45926),
    messages: ['`managedScaling` is only supported for inference components'],
  },
  {
    rule: '`minInstanceCount` of `managedScaling` is more than `maxInstanceCount`.',
    source: impliedBy(api('ProductionVariantManagedInstanceScaling')),
    messages: ['`managedScaling.minInstanceCount` must be at most', 'managedScaling.cooldown (minutes)'],
  },
  {
    rule: '`prefixAwareRouting` is set with another `routing` than PREFIX_AWARE.',
    source: api('ProductionVariantRoutingConfig'),
    messages: ['`prefixAwareRouting` requires `routing`'],
  },
  {
    rule: 'Some `variants` are for inference components, and others host a model.',
    source: issue('hashicorp/terraform-provider-aws', 40644),
    messages: ['either all `variants` or none must be for inference components'],
  },
  {
    rule: '`instancePools.model` is set for inference components.',
    source: issue('hashicorp/terraform-provider-aws', 40644),
    messages: ['`instancePools.model` is not supported for inference components'],
  },
  {
    rule: '`role` or `vpc` is set for variants that host a model, which has its own.',
    source: UNDOCUMENTED,
    messages: ['`…` requires variants for inference components'],
  },
  {
    rule: '`memory` of a serverless variant is not a whole number of GiB.',
    source: api('ProductionVariantServerlessConfig'),
    messages: ['`memory` must be a whole number of GiB'],
  },
  {
    rule: '`provisionedConcurrency` is more than `maxConcurrency`.',
    source: api('ProductionVariantServerlessConfig'),
    messages: ['`provisionedConcurrency` must be at most `maxConcurrency`'],
  },
  {
    rule: 'A serverless variant has a model with a GPU image, in a `vpc`, with `networkIsolation`, several containers, `multiModel`, or an image in a private registry.',
    source: SERVERLESS,
    messages: [
      'is not supported for a serverless variant: …',
      'its image requires a GPU',
      'it is in a `vpc`',
      'it has `networkIsolation`',
      'it has … containers',
      'it is a multi-model container',
      'its image is in a private registry instead of Amazon ECR',
    ],
  },
  {
    rule: 'A serverless variant has a model whose image requires an AWS Neuron accelerator.',
    source: UNDOCUMENTED,
    messages: ['its image requires an AWS Neuron accelerator'],
  },
  {
    rule: 'A serverless variant has a model whose image is in another account.',
    source: issue('aws/amazon-sagemaker-feedback', 181),
    messages: ['its image is in the Amazon ECR registry of another account'],
  },
  {
    rule: 'A serverless variant has a model with uncompressed model data.',
    source: UNCOMPRESSED,
    messages: ['its model data is not an archive'],
  },
  {
    rule: 'A serverless variant is set with other variants, `dataCapture` or `networkIsolation`.',
    source: SERVERLESS,
    messages: [
      'a serverless variant must be the only one of `variants`',
      '`dataCapture` is not supported for a serverless variant',
      '`networkIsolation` is not supported for a serverless variant',
    ],
  },
  {
    rule: '`shadowVariant` is set with several `variants`.',
    source: api('CreateEndpointConfig'),
    messages: ['`shadowVariant` requires exactly 1 entry'],
  },
  {
    rule: '`shadowVariant` is set with a serverless variant, several containers, `multiModel` or Inf1.',
    source: SHADOW,
    messages: [
      'which shadow tests do not support',
      'endpoint-config-validation.ts: is serverless',
      'endpoint-config-validation.ts: has … containers',
      'has a multi-model container',
      'endpoint-config-validation.ts: runs on Inf1',
    ],
  },
  {
    rule: '`shadowVariant` is set with a variant for inference components.',
    source: UNDOCUMENTED,
    messages: ['endpoint-config-validation.ts: is for inference components'],
  },
  {
    rule: '`asyncInference` is set with several `variants`, a serverless variant or one for inference components.',
    source: `${ASYNC}, ${EXCLUSIONS}; ${UNDOCUMENTED} for inference components`,
    messages: [
      '`asyncInference` requires exactly 1 entry',
      '`asyncInference` requires a variant that hosts a model on instances',
    ],
  },
  {
    rule: '`asyncInference` is set with `shadowVariant`.',
    source: SHADOW,
    messages: ['`asyncInference` must not be specified with `shadowVariant`'],
  },
  {
    rule: '`includeInferenceResponseIn` has a topic that is not set.',
    source: impliedBy(api('AsyncInferenceNotificationConfig')),
    messages: ['`asyncInference.includeInferenceResponseIn` with …'],
  },
  {
    rule: '`metrics.publishFrequency` is not 10, 30, 60, 120, 180, 240 or 300 seconds.',
    source: api('MetricsConfig'),
    messages: ['`metrics.publishFrequency` must be one of'],
  },
];
