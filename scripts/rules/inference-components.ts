import type { Rule } from './rule';
import { impliedBy, api, issue, COMPONENTS, EXPORTS } from './sources';

export const INFERENCE_COMPONENTS: readonly Rule[] = [
  {
    rule: 'Both or neither of `model` and `container` are set.',
    source: COMPONENTS,
    messages: ['exactly one of `model` and `container` must be specified'],
  },
  {
    rule: '`model` is in another stack than the inference component: any change replaces a model, and an imported export cannot change.',
    source: EXPORTS,
    messages: ['must be in the same stack as the inference component'],
  },
  {
    rule: '`variantName` is not a variant of the endpoint.',
    source: api('CreateInferenceComponent'),
    messages: ['`variantName` must be the name of a variant of the endpoint'],
  },
  {
    rule: '`variantName` is a variant that hosts a model.',
    source: issue('hashicorp/terraform-provider-aws', 40644),
    messages: ['`variantName` must be the name of a variant for inference components'],
  },
  {
    rule: '`compute` is missing.',
    source: impliedBy(api('InferenceComponentSpecification')),
    messages: ['`compute` is required: specify the resources of a copy'],
  },
  {
    rule: '`minMemory` is more than `maxMemory`.',
    source: impliedBy(api('InferenceComponentComputeResourceRequirements')),
    messages: ['`compute.minMemory` must be at most'],
  },
  {
    rule: 'Only one of `adapterData` and `baseComponent` is set.',
    source: api('InferenceComponentSpecification'),
    messages: ['`adapterData` requires `baseComponent`', '`adapterData` is required with `baseComponent`'],
  },
  {
    rule: '`model`, `container`, `compute` or `copyCount` is set with `baseComponent`.',
    source: api('InferenceComponentSpecification'),
    messages: ['`…` must not be specified with `baseComponent`'],
  },
  {
    rule: '`container.image` is in a private registry.',
    source: api('InferenceComponentContainerSpecification'),
    messages: ['`container.image` must be in Amazon ECR'],
  },
  {
    rule: '`container.modelData` or `adapterData` is not a `.tar.gz` archive.',
    source: api('InferenceComponentContainerSpecification'),
    messages: ['use a `Model` for uncompressed model data'],
  },
  {
    rule: '`deployment` is not a rolling deployment.',
    source: impliedBy(api('InferenceComponentRollingUpdatePolicy')),
    messages: ['`deployment` must be DeploymentPolicy.rolling()'],
  },
  {
    rule: 'A batch of `deployment` is not 5 to 50 % of the copies.',
    source: api('InferenceComponentRollingUpdatePolicy'),
    messages: ['% of the copies, got'],
  },
  {
    rule: '`autoScale` is called for an adapter, which uses the resources of its `baseComponent`.',
    source: impliedBy(api('InferenceComponentSpecification')),
    messages: ['`autoScale` is not supported for an adapter'],
  },
];
