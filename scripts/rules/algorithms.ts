import type { Rule } from './rule';
import { DESIGN, impliedBy, AWS, link, api, guide, MARKETPLACE_ALGORITHM, TUNING_METRICS } from './sources';

export const ALGORITHMS: readonly Rule[] = [
  {
    rule: '`images` are in a private registry.',
    source: api('TrainingSpecification'),
    messages: ['an algorithm does not support images of a private registry'],
  },
  {
    rule: '`trainingInstanceTypes` is empty.',
    source: impliedBy(api('TrainingSpecification')),
    messages: ['`trainingInstanceTypes` must have at least 1 entry'],
  },
  {
    rule: 'One of `objectives` is not one of `metrics`.',
    source: TUNING_METRICS,
    messages: ['`objectives` must each name one of `metrics`'],
  },
  {
    rule: '`inference` is set without an inference image.',
    source: api('InferenceSpecification'),
    messages: ['`inference` requires an inference image'],
  },
  {
    rule: '`images` has an inference image that no `inference` declares.',
    source: DESIGN,
    messages: ['`inference` must be set because `images` has an inference image'],
  },
  {
    rule: '`inference` has neither `realtimeInstanceTypes` nor `transformInstanceTypes`, or an empty list.',
    source: api('InferenceSpecification'),
    messages: ['`inference` must have `realtimeInstanceTypes`', 'must have at least 1 entry. Omit it if there is none'],
  },
  {
    rule: 'The environment variables of a container, or of all containers together, have more than 32 KB in total.',
    source: api('ContainerDefinition'),
    messages: ['must have at most … bytes in total'],
  },
  {
    rule: 'The name of a hyperparameter is empty.',
    source: impliedBy(api('HyperParameterSpecification')),
    messages: ['`name` must not be empty'],
  },
  {
    rule: '`min` of a hyperparameter is greater than `max`.',
    source: impliedBy(api('IntegerParameterRangeSpecification')),
    messages: ['hyperparameter.ts: `min` must not be greater than `max`'],
  },
  {
    rule: 'A bound, `defaultValue` or the value in a job does not have the type of the hyperparameter, or is outside of its range.',
    source: impliedBy(api('HyperParameterSpecification')),
    messages: [
      'algorithm/hyperparameter.ts: must be a number',
      'algorithm/hyperparameter.ts: must be a whole number',
      'algorithm/hyperparameter.ts: must be at least',
      'algorithm/hyperparameter.ts: must be at most',
      'algorithm/hyperparameter.ts: must be one of',
    ],
  },
  {
    rule: '`regex` of a metric is not a regular expression, or captures no group.',
    source: [guide('training metrics', 'define-train-metrics'), TUNING_METRICS].join(', '),
    messages: ['`regex` must be a regular expression', '`regex` must capture the number in a group'],
  },
  {
    rule: 'A content type is not a MIME type.',
    result: 'warning',
    source: api('ChannelSpecification'),
    messages: ['Content types that are not MIME types'],
  },
  {
    rule: '`validationProfiles` does not have exactly 1 entry.',
    source: api('AlgorithmValidationSpecification'),
    messages: ['`validationProfiles` must have exactly 1 entry'],
  },
  {
    rule: '`validationProfiles` is set with `provisioning` CLOUDFORMATION: the resource type has no such property.',
    source: link(
      'AWS::SageMaker::Algorithm',
      `${AWS}/AWSCloudFormation/latest/UserGuide/aws-resource-sagemaker-algorithm.html`,
    ),
    messages: ['AWS::SageMaker::Algorithm does not support validation'],
  },
  {
    rule: '`validationRole` is set without `validationProfiles`.',
    source: api('AlgorithmValidationSpecification'),
    messages: ['`validationRole` requires `validationProfiles`'],
  },
  {
    rule: 'A validation profile reads a file system: its training job has no VPC.',
    source: impliedBy(api('TrainingJobDefinition'), api('FileSystemDataSource')),
    messages: ['a file system requires a VPC, which validation jobs do not have'],
  },
  {
    rule: '`transform` of a validation profile is set for an algorithm without `inference`.',
    source: MARKETPLACE_ALGORITHM,
    messages: ['`transform` requires an algorithm with `inference`'],
  },
  {
    rule: 'A hyperparameter is `required` and has a `defaultValue`.',
    result: 'warning',
    source: api('HyperParameterSpecification'),
    messages: ['The default values of required hyperparameters have no effect'],
  },
];
