import type { Rule } from './rule';
import {
  DESIGN,
  UNDOCUMENTED,
  impliedBy,
  AWS,
  link,
  api,
  issue,
  pull,
  TRAINING_ENVIRONMENT,
  TRAINING_DATA,
  TUNING_RANGES,
  WARM_POOLS,
} from './sources';

export const TRAINING: readonly Rule[] = [
  {
    rule: 'Both or neither of `algorithm` and `image` are set.',
    source: api('AlgorithmSpecification'),
    messages: ['exactly one of `algorithm` and `image` must be set'],
  },
  {
    rule: '`metrics`, `script`, `entrypoint` or `arguments` is set with `algorithm`.',
    source: UNDOCUMENTED,
    messages: ['`…` requires `image`: it is not supported for an algorithm'],
  },
  {
    rule: '`algorithm` is in another region than the job.',
    source: UNDOCUMENTED,
    messages: ['a job must be in the region of its algorithm'],
  },
  {
    rule: '`resources` has an instance type that the algorithm does not support.',
    source: impliedBy(api('TrainingSpecification')),
    messages: ['`resources` must use an instance type that the algorithm supports'],
  },
  {
    rule: '`resources` has several instances, and the algorithm does not support distributed training.',
    source: api('TrainingSpecification'),
    messages: ['the algorithm does not support distributed training'],
  },
  {
    rule: 'A hyperparameter is not one of the algorithm, or one that the algorithm requires is missing.',
    source: impliedBy(api('HyperParameterSpecification')),
    messages: [
      '`hyperparameters["…"]` is not a hyperparameter of the algorithm',
      '`hyperparameters["…"]` is required by the algorithm',
    ],
  },
  {
    rule: 'An input is not a channel of the algorithm, or a required channel is missing.',
    source: impliedBy(api('ChannelSpecification')),
    messages: ['is not a channel of the algorithm', '`inputs["…"]` is required by the algorithm'],
  },
  {
    rule: 'The input mode or the content type of an input is not one that the channel of the algorithm supports.',
    source: impliedBy(api('ChannelSpecification')),
    messages: [
      'must have an input mode that the algorithm supports',
      'must have a content type that the algorithm supports',
    ],
  },
  {
    rule: '`instanceCount` is 0, or `groups` is empty.',
    source: impliedBy(api('ResourceConfig')),
    messages: ['must be a whole number of at least 1, got 0', '`groups` must have at least 1 entry'],
  },
  {
    rule: '`instanceGroups` of an input names a group that `resources` does not have.',
    source: impliedBy(api('S3DataSource')),
    messages: ['`instanceGroups` must each be the name of a group'],
  },
  {
    rule: '`instanceCount` or `trainingPlanArn` is set both for all and for each of the preferred instance types, or `instanceCount` only for some.',
    source: api('InstancePreference'),
    messages: [
      '`instanceCount` must be set for all of `preferences`',
      '`instanceCount` must not be set both in `preferences`',
      '`trainingPlanArn` must not be set both in `preferences`',
    ],
  },
  {
    rule: '`useSpotInstances` is set for a training job with `TrainingResources.preferring()`.',
    source: api('ResourceConfig'),
    messages: ['`useSpotInstances` is not supported with TrainingResources.preferring()'],
  },
  {
    rule: '`trainingPlanArn` is set for a tuning job with `TrainingResources.preferring()`.',
    source: impliedBy(api('HyperParameterTuningResourceConfig')),
    messages: ['`trainingPlanArn` is not supported for a tuning job'],
  },
  {
    rule: '`metrics` is set for a built-in algorithm of SageMaker, which defines its own metrics.',
    source: `${issue('aws/sagemaker-xgboost-container', 121)}, ${pull('awslabs/mlspace', 52)}`,
    messages: ['`metrics` must not be set: the algorithm defines its own metrics'],
  },
  {
    rule: '`keepAlive` is set for a heterogeneous cluster.',
    source: WARM_POOLS,
    messages: ['`keepAlive` is not supported for a heterogeneous cluster'],
  },
  {
    rule: '`keepAlive` is set with `useSpotInstances`.',
    source: WARM_POOLS,
    messages: ['Spot Instances are not kept alive'],
  },
  {
    rule: '`keepAlive` is set for a tuning job, which ignores it.',
    result: 'warning',
    source: pull('aws-controllers-k8s/sagemaker-controller', 176),
    messages: ['`keepAlive` has no effect'],
  },
  {
    rule: '`maxWaitTime` is set without `useSpotInstances`.',
    source: issue('aws/amazon-sagemaker-examples', 869),
    messages: ['`maxWaitTime` requires Spot Instances'],
  },
  {
    rule: '`maxWaitTime` is less than `maxRuntime`.',
    source: api('StoppingCondition'),
    messages: ['`maxWaitTime` must be at least `maxRuntime`'],
  },
  {
    rule: '`maxRuntime` is more than 28 days.',
    source: api('StoppingCondition'),
    messages: ['`maxRuntime` must be at most 28 days'],
  },
  {
    rule: '`maxRuntime` or `maxWaitTime` is longer than the wait of the deployment minus 30 minutes (at most 11.5 hours).',
    source: link(
      'AWS::CloudFormation::WaitCondition',
      `${AWS}/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-waitcondition.html`,
    ),
    messages: ['if the deployment waits', '`duration` must be more than', 'a duration that is known at deployment'],
  },
  {
    rule: 'The result of a job is used in its stack, although the deployment does not wait for the job.',
    source: DESIGN,
    messages: ['must not be used in its stack: with JobWait.none()'],
  },
  {
    rule: 'The result of a job is used in another region or account.',
    source: api('ContainerDefinition'),
    messages: ['which is in another environment'],
  },
  {
    rule: '`compression` Gzip or `recordIoWrapped` is set for another input mode than Pipe.',
    source: api('Channel'),
    messages: ['`compression` Gzip is supported in Pipe mode only', '`recordIoWrapped` is supported in Pipe mode only'],
  },
  {
    rule: '`inputMode` FastFile is set for a manifest.',
    source: TRAINING_DATA,
    messages: ['`inputMode` FastFile is not supported for manifests'],
  },
  {
    rule: '`inputMode` of an augmented manifest is not Pipe.',
    source: api('S3DataSource'),
    messages: ['augmented manifests are supported in Pipe mode only'],
  },
  {
    rule: '`attributeNames` of an augmented manifest is empty.',
    source: impliedBy(api('S3DataSource')),
    messages: ['`attributeNames` must have at least 1 entry'],
  },
  {
    rule: 'The key prefix of a FastFile channel may end within the name of a folder.',
    result: 'warning',
    source: TRAINING_ENVIRONMENT,
    messages: ['in FastFile mode, a key prefix must not end within the name'],
  },
  {
    rule: '`inputMode` of a file system is not File.',
    source: TRAINING_ENVIRONMENT,
    messages: ['`inputMode` must be InputMode.FILE, since file systems are mounted'],
  },
  {
    rule: 'A local directory is used as an input: its archive would not be extracted.',
    source: DESIGN,
    messages: ['`file` must be a file: the CDK uploads a directory as an archive'],
  },
  {
    rule: '`script` of a training job is part of model data, which a training job does not have.',
    source: DESIGN,
    messages: ['`script` must be created with Script.fromDirectory()'],
  },
  {
    rule: '`interval` of the profiler is not 100, 200 or 500 milliseconds, 1 or 5 seconds, or 1 minute.',
    source: api('ProfilerConfig'),
    messages: ['`interval` must be 100, 200 or 500 milliseconds'],
  },
  {
    rule: '`image` of a tuning job is in a private registry.',
    source: api('HyperParameterAlgorithmSpecification'),
    messages: ['a private registry is not supported for tuning jobs'],
  },
  {
    rule: '`ranges` is empty.',
    source: UNDOCUMENTED,
    messages: ['`ranges` must have at least 1 entry'],
  },
  {
    rule: '`ranges` and `hyperparameters` have more than 99 entries in total: the service adds one.',
    source: TUNING_RANGES,
    messages: ['`ranges` and `hyperparameters` must have at most'],
  },
  {
    rule: 'A hyperparameter is in `ranges` and in `hyperparameters`.',
    source: UNDOCUMENTED,
    messages: ['must not be set: `ranges` contains the hyperparameter'],
  },
  {
    rule: 'A range is for a hyperparameter that the algorithm does not have, does not declare as tunable, or declares with another type.',
    source: impliedBy(api('HyperParameterSpecification')),
    messages: [
      '… is not a hyperparameter of the algorithm',
      'must be tunable in the specification',
      'the type that the algorithm declares',
    ],
  },
  {
    rule: 'The bounds of a range are not numbers, not whole numbers for an integer, or in the wrong order.',
    source: impliedBy(api('IntegerParameterRange')),
    messages: [
      'must have whole numbers as bounds',
      '`min` and `max` must be numbers',
      '`…`: `min` must not be greater than `max`',
    ],
  },
  {
    rule: 'A range with logarithmic scaling contains 0 or less.',
    source: TUNING_RANGES,
    messages: ['logarithmic scaling requires values greater than 0'],
  },
  {
    rule: 'A range with reverse logarithmic scaling is not continuous, or is not in [0, 1).',
    source: TUNING_RANGES,
    messages: ['reverse logarithmic scaling requires a continuous range'],
  },
  {
    rule: '`objective` is not an objective of the algorithm.',
    source: api('TrainingSpecification'),
    messages: ['`objective` must be an objective of the algorithm'],
  },
  {
    rule: '`strategy` is Hyperband without `maxResource`, and a definition has no hyperparameter from which the service infers it, or it exceeds 20,000.',
    source: api('HyperbandStrategyConfig'),
    messages: ['`strategy` Hyperband requires `maxResource`', '`maxResource` must be at most …'],
  },
  {
    rule: '`objective` is not one of `metrics`.',
    source: issue('aws/amazon-sagemaker-examples', 1207),
    messages: ['`objective` must name one of `metrics`'],
  },
  {
    rule: '`maxParallelTrainingJobs` is more than `maxTrainingJobs`.',
    source: impliedBy(api('ResourceLimits')),
    messages: ['`maxParallelTrainingJobs` must be at most `maxTrainingJobs`'],
  },
  {
    rule: '`ranges` has other ranges than categorical ones with `strategy` GRID.',
    source: TUNING_RANGES,
    messages: ['`ranges` must all be categorical with `strategy` GRID'],
  },
  {
    rule: '`maxTrainingJobs` is set with `strategy` GRID. AWS accepts it if it equals the number of combinations.',
    source: `${DESIGN}, stricter than AWS: ${TUNING_RANGES}`,
    messages: ['`maxTrainingJobs` must not be set with `strategy` GRID'],
  },
  {
    rule: '`earlyStopping` is set with Hyperband.',
    source: api('HyperParameterTuningJobConfig'),
    messages: ['`earlyStopping` must not be set with Hyperband'],
  },
  {
    rule: '`minResource` of Hyperband is greater than `maxResource`.',
    source: impliedBy(api('HyperbandStrategyConfig')),
    messages: ['`minResource` must not be greater than `maxResource`'],
  },
  {
    rule: '`ranges` has automatic ranges without `autotune`.',
    source: TUNING_RANGES,
    messages: ['`ranges` with HyperparameterRange.auto() require `autotune: true`'],
  },
  {
    rule: 'One of several `definitions` has no `definitionName`.',
    source: UNDOCUMENTED,
    messages: ['`definitions` must each have a `definitionName`'],
  },
  {
    rule: '`algorithm` is in a stack of another account.',
    source: UNDOCUMENTED,
    messages: ['must be in the account of the job'],
  },
];
