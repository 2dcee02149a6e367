/**
 * The rules that the library checks at synthesis. `npm run generate:rules` writes them to `docs/rules.md`, and `test/rules.test.ts`
 * requires a rule for each message in `lib/`. An entry of `messages` is a part of `file: message`, with `…` for inserted values.
 */
import limits from '../lib/private/limits.json';

export interface Rule {
  /** The refused value or combination of values, in a sentence. */
  readonly rule: string;

  /** The default is an error. */
  readonly result?: 'warning';

  /** Links to where AWS states the rule or shows its own error, or one of the words below. */
  readonly source: string;
  readonly messages: readonly string[];
}

/** The library's own protection: AWS would accept the value, or never receives it. */
const DESIGN = 'design';

/** No page of AWS states or implies the rule. */
const UNDOCUMENTED = 'not documented';

/** The page defines the properties in a way that excludes the value, but does not state that it is refused. */
const impliedBy = (...pages: string[]): string => `implied by ${pages.join(', ')}`;

const AWS = 'https://docs.aws.amazon.com';
const link = (title: string, url: string): string => `[${title}](${url})`;
const api = (shape: string): string => link(shape, `${AWS}/sagemaker/latest/APIReference/API_${shape}.html`);
const guide = (title: string, page: string): string => link(title, `${AWS}/sagemaker/latest/dg/${page}.html`);
const issue = (repository: string, number: number): string =>
  link(`${repository.split('/')[1]}#${number}`, `https://github.com/${repository}/issues/${number}`);
const pull = (repository: string, number: number): string =>
  link(`${repository.split('/')[1]}#${number}`, `https://github.com/${repository}/pull/${number}`);

const ASYNC = guide('asynchronous inference', 'async-inference');
const ASYNC_SCALING = guide('scaling of asynchronous endpoints', 'async-inference-autoscale');
const AUTO_SCALING = guide('auto scaling', 'endpoint-auto-scaling-add-console');
const CONDITIONS = link('conditions', `${AWS}/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html`);
const COMPONENTS = guide('inference components', 'realtime-endpoints-deploy-models');
const DIRECT = guide('multi-container endpoints', 'multi-container-create');
const EXCLUSIONS = guide('deployment exclusions', 'deployment-guardrails-exclusions');
const EXPORTS = link(
  'Fn::ImportValue',
  `${AWS}/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-importvalue.html`,
);
const IMAGE_PATHS = link(
  'registry paths',
  `${AWS}/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html`,
);
const INFERENCE = guide('inference containers', 'your-algorithms-inference-code');
const ISOLATION = guide('network isolation', 'mkt-algo-model-internet-free');
const MARKETPLACE_ALGORITHM = guide('algorithm resources', 'sagemaker-mkt-create-algo');
const MARKETPLACE_LIMITS = link(
  'AWS Marketplace restrictions',
  `${AWS}/marketplace/latest/userguide/ml-service-restrictions-and-limits.html`,
);
const MULTI_MODEL = guide('multi-model endpoints', 'create-multi-model-endpoint');
const PRIVATE_REGISTRIES = guide('private registries', 'your-algorithms-containers-inference-private');
const PROCESSING_DATA = guide('inputs and outputs of processing', 'byoc-input-and-output');
const REMOTE_DEBUGGING = guide('remote debugging', 'train-remote-debugging');
const SCALABLE_TARGET = link(
  'RegisterScalableTarget',
  `${AWS}/autoscaling/application/APIReference/API_RegisterScalableTarget.html`,
);
const SERVERLESS = guide('serverless endpoints', 'serverless-endpoints');
const SHADOW = guide('shadow tests', 'shadow-tests');
const TOOLKITS = guide('toolkits', 'amazon-sagemaker-toolkits');
const TRAINING_ENVIRONMENT = guide('training environment', 'your-algorithms-training-algo-running-container');
const TRAINING_DATA = guide('training data', 'model-access-training-data');
const TUNING_METRICS = guide('tuning metrics', 'automatic-model-tuning-define-metrics-variables');
const TUNING_RANGES = guide('tuning ranges', 'automatic-model-tuning-define-ranges');
const UNCOMPRESSED = guide('uncompressed models', 'large-model-inference-uncompressed');
const WARM_POOLS = guide('warm pools', 'train-warm-pools');

/** The rules by stage of the lifecycle. */
export const RULES: Record<string, readonly Rule[]> = {
  'All stages': [
    {
      rule: 'A value is outside of its limits: the length, the pattern, the range, the list of values, or the number of entries.',
      source: link(
        `the service model in ${limits.source}`,
        `${AWS}/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Service.html`,
      ),
      messages: ['private/validation.ts: '],
    },
    {
      rule: 'A property or an argument has the wrong type, a required one is missing, or several exclude each other in a construct of the library.',
      source: DESIGN,
      messages: [
        'private/property-types.ts: ',
        'exactly one of `algorithmName` and `algorithmArn` must be set',
        'an `imageUri` that is known at synthesis',
        'algorithm-dashboard.ts: `trainings` or `endpoints` must have at least 1 entry',
        'must not be specified with `…`, which omits the earlier stages',
        '`images` are required unless',
        '`channels` are required unless',
        '`inputs` are required unless',
      ],
    },
    {
      rule: 'A method is called too late, more than once, or on a construct that does not support it.',
      source: DESIGN,
      messages: [
        '`addRequestOverride()` requires `provisioning: AlgorithmProvisioning.CUSTOM_RESOURCE`',
        'must be configured before they are created',
        'has no connections',
        'has no variant "…"',
        '`autoScale` must be called only once',
      ],
    },
    {
      rule: 'A local file or directory does not exist, is not a file, or cannot be archived.',
      source: DESIGN,
      messages: [
        'Image tarball does not exist',
        '`program` must be a path in `directory`',
        '`program` does not exist in `directory`',
        'could not archive the script directory',
        '`file` does not exist',
        'smoke-test-request.ts: `path` must be the path of a file, got',
      ],
    },
    {
      rule: 'A value is a token, although other values are calculated from it at synthesis.',
      source: DESIGN,
      messages: ['must not be a token, since other values are calculated', 'The ARN of an imported SageMaker resource'],
    },
    {
      rule: 'Names in a list occur more than once: channels, hyperparameters, metrics, ranges, instance groups, variants, instance pools or hostnames.',
      source: `${api('HyperParameterSpecification')}, ${api('AdditionalInferenceSpecificationDefinition')}, otherwise ${UNDOCUMENTED}`,
      messages: ['`…` must be unique, got more than one'],
    },
    {
      rule: '`endpointName`, `inferenceComponentName` or `modelPackageGroupName` is also the name of another resource of the stack, regardless of case.',
      source: api('CreateEndpoint'),
      messages: ['`…` must be unique, regardless of case'],
    },
    {
      rule: 'Two resources of the stack have the same name prefix and the same properties, so that both would have the same name.',
      source: DESIGN,
      messages: ['has the same properties and the same name prefix'],
    },
    {
      rule: 'A name is so long that no hash can be appended: more than 52 characters, or more than 35 for a job.',
      source: DESIGN,
      messages: [
        'since a hash of the properties is appended',
        'since a prefix of the stack and a hash of the job are added',
      ],
    },
    {
      rule: 'A name contains a hash, and a property that is only known at deployment is not part of it.',
      result: 'warning',
      source: DESIGN,
      messages: ['The name contains a hash that is computed at synthesis'],
    },
    {
      rule: 'A resource has more than 50 tags, with those of the stack and those that the library adds.',
      source: api('AddTags'),
      messages: ['`tags` must have at most … entries'],
    },
    {
      rule: 'The key of a tag starts with `aws:`.',
      source: link(
        'CloudFormation tags',
        `${AWS}/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html`,
      ),
      messages: ['must not start with "aws:"'],
    },
    {
      rule: 'Permission to pull an image or to access objects is granted to a principal outside of the app, and the repository or bucket is not created in the app.',
      result: 'warning',
      source: link(
        'cross-account access',
        `${AWS}/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html`,
      ),
      messages: ['the policies of both are outside of this app'],
    },
    {
      rule: '`parameterName` contains other characters than letters, digits, dots, hyphens and underscores, a level without a leading `/`, or starts with `aws` or `ssm`.',
      source: link(
        'PutParameter',
        `${AWS}/sdk-for-kotlin/api/latest/ssm/aws.sdk.kotlin.services.ssm.model/-put-parameter-request/name.html`,
      ),
      messages: ['`parameterName` must consist of', '`parameterName` must not start with'],
    },
    {
      rule: 'The name of a job contains consecutive hyphens, by which permissions and EventBridge rules distinguish the jobs of a stack.',
      source: DESIGN,
      messages: ['must not contain consecutive hyphens'],
    },
    {
      rule: 'The ARN of an imported resource belongs to another type of resource.',
      source: DESIGN,
      messages: ['`…Arn` must have the form'],
    },
    {
      rule: '`instanceType` does not have the form `ml.<family>.<size>`.',
      source: api('ProductionVariant'),
      messages: ['`instanceType` must have the form'],
    },
    {
      rule: 'An instance type, an AMI version, a tuning strategy or a metric of a built-in algorithm is unknown: it may be new.',
      result: 'warning',
      source: DESIGN,
      messages: [
        '… that were unknown when this version of the library was published',
        'Instance types for …',
        'Inference AMIs',
        'Tuning strategies',
        'Metrics of …',
        'Known metrics: …',
      ],
    },
    {
      rule: '`path` of a request override does not name a member, or names one that is set at deployment: the name and the tags of a job.',
      source: DESIGN,
      messages: ['`path` must name a member of the request', '`path` must not be "…"'],
    },
    {
      rule: 'A bucket is in another region than the stack whose job or model reads it.',
      source: [TRAINING_DATA, api('ContainerDefinition')].join(', '),
      messages: ['SageMaker only reads data of its own region'],
    },
    {
      rule: '`keyPrefix` or `objectKey` is an S3 or HTTP URI.',
      source: DESIGN,
      messages: ['must be a key in the bucket, not a URI'],
    },
    {
      rule: '`objectKey` is empty, or `keyPrefix` or `objectKey` starts with `/`: the permission would be for another object.',
      source: DESIGN,
      messages: [
        '`objectKey` must not be empty',
        '`objectKey` must not start with "/"',
        '`keyPrefix` must not start with "/"',
      ],
    },
    {
      rule: 'The key of an input contains `//`, which a job cannot download.',
      source: pull('aws-samples/generative-ai-on-amazon-sagemaker', 242),
      messages: ['must not contain "//"'],
    },
  ],
  Images: [
    {
      rule: '`imageUri` or `tag` is empty.',
      source: impliedBy(api('ContainerDefinition')),
      messages: ['`imageUri` must not be empty', '`tag` must not be empty'],
    },
    {
      rule: 'Both or neither of `tag` and `digest` are set: a new image with the tag `latest` would not change the template.',
      source: DESIGN,
      messages: ['exactly one of `tag` and `digest` must be specified'],
    },
    {
      rule: '`imageUri` is in a public registry: SageMaker pulls from Amazon ECR, or from a private registry through a VPC.',
      source: PRIVATE_REGISTRIES,
      messages: ['must be in a private Amazon ECR repository'],
    },
    {
      rule: 'The repository of an image is in another region than the stack.',
      source: INFERENCE,
      messages: ['SageMaker only pulls images of its own region'],
    },
    {
      rule: 'The architecture of an image differs from that of an instance type.',
      source: link('multi-platform builds', 'https://docs.docker.com/build/building/multi-platform/'),
      messages: ['the container would fail with "exec format error"'],
    },
    {
      rule: 'An image requires a GPU or an AWS Neuron accelerator, and an instance type has none.',
      source: issue('aws/sagemaker-python-sdk', 440),
      messages: [
        'which the image requires (`processor',
        'a g or p family',
        'image-compatibility.ts: AWS Neuron accelerator',
        'an inf or trn family',
      ],
    },
    {
      rule: 'An image uses only the CPU, and an instance type has an accelerator.',
      result: 'warning',
      source: DESIGN,
      messages: ['The image uses only the CPU'],
    },
    {
      rule: 'A verified image runs on instance types with different architectures: images for several platforms are not supported.',
      source: issue('aws/amazon-sagemaker-feedback', 180),
      messages: ['runs on instance types with the architectures'],
    },
    {
      rule: '`verify` is set for an image outside of Amazon ECR.',
      source: DESIGN,
      messages: ['only images in Amazon ECR can be verified'],
    },
    {
      rule: 'A verified image is referenced by a tag of a repository whose tags can be moved.',
      result: 'warning',
      source: DESIGN,
      messages: ['is verified once. When another image is pushed with this tag'],
    },
    {
      rule: '`target` is not a stage of the Dockerfile.',
      source: DESIGN,
      messages: ['`target` must be a stage of the Dockerfile'],
    },
    {
      rule: 'A script in the build directory has Windows line ends, with which Linux cannot run it.',
      result: 'warning',
      source: issue('aws/amazon-sagemaker-examples', 571),
      messages: ['Linux cannot run scripts with Windows line ends'],
    },
    {
      rule: 'An image that AWS provides for inference is used for training, or vice versa.',
      source: DESIGN,
      messages: ['must be an image for …, got an image that AWS provides for …'],
    },
    {
      rule: 'AWS provides no image for the family, the purpose, `version`, `baseFramework`, `pythonVersion` and the processor, or provides several.',
      source: IMAGE_PATHS,
      messages: [
        'Provided image family must be one of',
        '… does not exist, only for ….',
        '`version` is required, one of',
        '`baseFramework` is required, one of',
        'no image of this version matches',
        'since there are only images for',
        'provided-images.ts: is required',
        'provided-images.ts: must not be …',
      ],
    },
    {
      rule: 'AWS provides no image in the region of the stack.',
      source: IMAGE_PATHS,
      messages: ['does not exist in region …, only in'],
    },
    {
      rule: '`version` of an image is unknown, and its tag cannot be derived: `tag` is required.',
      source: DESIGN,
      messages: ['and its tag cannot be derived'],
    },
    {
      rule: '`version` of an image is unknown: it may be new.',
      result: 'warning',
      source: DESIGN,
      messages: ['version … was unknown when this version of the library was published'],
    },
    {
      rule: 'A hyperparameter is `required` and has a `defaultValue`.',
      result: 'warning',
      source: api('HyperParameterSpecification'),
      messages: ['The default values of required hyperparameters have no effect'],
    },
    {
      rule: '`script` is set for an image that AWS does not provide, and that may not contain a SageMaker toolkit.',
      result: 'warning',
      source: TOOLKITS,
      messages: ['it ignores `script` unless'],
    },
  ],
  Algorithms: [
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
      messages: [
        '`inference` must have `realtimeInstanceTypes`',
        'must have at least 1 entry. Omit it if there is none',
      ],
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
  ],
  'Training and tuning': [
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
      messages: [
        '`compression` Gzip is supported in Pipe mode only',
        '`recordIoWrapped` is supported in Pipe mode only',
      ],
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
  ],
  'Model packages': [
    {
      rule: 'The source is not exactly one of `algorithm`, `image` with `inference`, and `containers` with `inference`.',
      source: api('CreateModelPackage'),
      messages: [
        'either `algorithm`, or `image` and `inference`',
        '`image`, `inference` and `containers` must not be specified with `algorithm`',
      ],
    },
    {
      rule: '`modelData` is missing for `algorithm`.',
      source: UNDOCUMENTED,
      messages: ['`modelData` is required with `algorithm`'],
    },
    {
      rule: '`modelData` of a package that refers to an algorithm is not an archive.',
      source: api('SourceAlgorithm'),
      messages: ['`modelData` must be a model.tar.gz archive for a model package'],
    },
    {
      rule: '`algorithm` has no inference specification.',
      source: UNDOCUMENTED,
      messages: ['must have an inference specification: set its `inference`'],
    },
    {
      rule: '`algorithm` is in another region than the model package.',
      source: api('SourceAlgorithm'),
      messages: ['a model package must be in the region of its algorithm'],
    },
    {
      rule: 'An image is in a private registry.',
      source: api('InferenceSpecification'),
      messages: ['the images of a model package must be in Amazon ECR'],
    },
    {
      rule: '`image`, `modelData` or `inference.environment` is set with `containers`.',
      source: DESIGN,
      messages: ['model-package-validation.ts: `…` must not be specified with `containers`'],
    },
    {
      rule: '`modelPackageName`, `certifyForMarketplace`, `revision` or `validationProfile` is set for a version of a `group`.',
      source: api('CreateModelPackage'),
      messages: ['is not supported for a version of a `group`'],
    },
    {
      rule: '`approvalStatus`, `approvalDescription` or `modelCard` is set without a `group`.',
      source: api('CreateModelPackage'),
      messages: ['`…` requires a `group`'],
    },
    {
      rule: '`realtimeInstanceTypes` or `transformInstanceTypes` is missing in `inference` of an unversioned package.',
      source: api('InferenceSpecification'),
      messages: ['must have at least 1 entry for an unversioned package'],
    },
    {
      rule: '`validationRole` is set without `validationProfile`.',
      source: api('ModelPackageValidationSpecification'),
      messages: ['`validationRole` requires `validationProfile`'],
    },
    {
      rule: '`content` of a model card is not a JSON object.',
      source: api('ModelPackageModelCard'),
      messages: ['`content` must be a JSON object'],
    },
  ],
  Models: [
    {
      rule: 'A container does not have exactly one of `image`, `modelPackage` and `algorithm`.',
      source: api('ContainerDefinition'),
      messages: ['exactly one of `…image`, `…modelPackage` and `…algorithm`'],
    },
    {
      rule: '`modelData` is missing for `algorithm`.',
      source: DESIGN,
      messages: ['`…modelData` is required with `…algorithm`'],
    },
    {
      rule: '`algorithm` has no known inference image, such as an algorithm from AWS Marketplace.',
      source: guide('using algorithms', 'sagemaker-mkt-buy'),
      messages: ['the inference image of `…algorithm`'],
    },
    {
      rule: '`modelData` is set with `modelPackage`.',
      source: DESIGN,
      messages: ['`…modelData` must not be specified with `…modelPackage`'],
    },
    {
      rule: '`modelPackage` is not approved.',
      source: [guide('model approval', 'model-registry-approve'), api('CreateModelPackage')].join(', '),
      messages: ['`…modelPackage` must be approved'],
    },
    {
      rule: '`modelPackage` is in another region than the model.',
      source: UNDOCUMENTED,
      messages: ['a model must be in the region of its model package'],
    },
    {
      rule: '`inferenceSpecificationName` is set without `modelPackage`, or the model package does not have the specification.',
      source: impliedBy(api('ContainerDefinition')),
      messages: ['`…inferenceSpecificationName` requires', '`…inferenceSpecificationName` must be the name of'],
    },
    {
      rule: 'Model data is an archive in another format than `.tar.gz`.',
      source: INFERENCE,
      messages: ['must end in ".tar.gz", the only archive format'],
    },
    {
      rule: '`script` is set without `image`.',
      source: DESIGN,
      messages: ['`…script` requires an `image`'],
    },
    {
      rule: '`script` is not part of the model data for an image of PyTorch, TensorFlow, MXNet or Hugging Face, which does not download it.',
      source: [
        issue('aws/sagemaker-python-sdk', 4007),
        link(
          'deployment of PyTorch',
          'https://repost.aws/questions/QUFIru4hJ2TcWLi7CYt3mnuw/did-the-sagemaker-pytorch-deployment-process-change',
        ),
      ].join(', '),
      messages: ['must be part of the model data, since the image does not download it'],
    },
    {
      rule: '`multiModel` is set without `image` and `modelData` with a key prefix.',
      source: MULTI_MODEL,
      messages: [
        '`…multiModel` requires `image` and `modelData`',
        'a multi-model container loads the archives under a key prefix',
      ],
    },
    {
      rule: '`multiModel` is set for several containers of a serial inference pipeline.',
      source: MULTI_MODEL,
      messages: ['a request to a serial inference pipeline selects one model'],
    },
    {
      rule: '`containers` is empty, or is set with the properties of a single container.',
      source: impliedBy(api('CreateModel')),
      messages: [
        '`containers` must have 1 to 15 entries',
        'model-validation.ts: `…` must not be specified with `containers`',
      ],
    },
    {
      rule: '`inferenceExecutionMode` is set without `containers`.',
      source: DIRECT,
      messages: ['`inferenceExecutionMode` requires `containers`'],
    },
    {
      rule: 'A container has no `containerHostname` with `inferenceExecutionMode` DIRECT.',
      source: DIRECT,
      messages: ['`inferenceExecutionMode` DIRECT requires a `containerHostname`'],
    },
    {
      rule: 'Some containers of a serial inference pipeline have a `containerHostname`, and others have none.',
      source: api('ContainerDefinition'),
      messages: ['either all `containers` or none must have a `containerHostname`'],
    },
    {
      rule: 'The images of `containers` have different architectures.',
      source: impliedBy(guide('inference pipelines', 'inference-pipelines')),
      messages: ['the containers of a model run on the same instance'],
    },
  ],
  'Endpoint configurations': [
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
  ],
  'Endpoints and scaling': [
    {
      rule: '`endpointName` is empty.',
      source: impliedBy(api('CreateEndpoint')),
      messages: ['`endpointName` must not be empty'],
    },
    {
      rule: '`endpointConfig` is in another stack than the endpoint: any change replaces it, and an imported export cannot change.',
      source: EXPORTS,
      messages: ['must be in the same stack as the endpoint. Any change'],
    },
    {
      rule: 'A gradual `deployment` with automatic rollback has no alarms.',
      source: DESIGN,
      messages: ['`deployment` requires at least one alarm'],
    },
    {
      rule: 'A gradual `deployment` is set for a variant on Inf1.',
      source: EXCLUSIONS,
      messages: ['is not supported for variant "…", …', 'which runs on Inf1'],
    },
    {
      rule: 'A rolling `deployment` is set for several variants or a serverless variant.',
      source: EXCLUSIONS,
      messages: ['rolling deployments require exactly 1 variant', 'which is serverless and has no instances'],
    },
    {
      rule: 'A step of `deployment` is not 10 to 50 % of the instances (linear), at most 50 % (canary), or 5 to 50 % (rolling). With 1 instance, no step is possible.',
      source: [api('TrafficRoutingConfig'), api('RollingUpdatePolicy')].join(', '),
      messages: ['% of the instances, got', 'which has … instance', 'Set an `instanceCount` of at least 2'],
    },
    {
      rule: '`percent` of a capacity is more than 100.',
      source: impliedBy(api('CapacitySize')),
      messages: ['`percent` must be at most 100'],
    },
    {
      rule: '`autoScale` is called for a serverless variant: CloudFormation does not support its scaling.',
      source: SERVERLESS,
      messages: ['`autoScale` is not supported for a serverless variant'],
    },
    {
      rule: '`autoScale` is called for a variant for inference components, whose instances `managedScaling` scales.',
      source: UNDOCUMENTED,
      messages: ['`autoScale` is not supported for a variant for inference components'],
    },
    {
      rule: '`autoScale` is called for a burstable instance type.',
      source: AUTO_SCALING,
      messages: ['`autoScale` is not supported for the burstable instance type'],
    },
    {
      rule: '`minCapacity` or `maxCapacity` is not a whole number of at least 0.',
      source: SCALABLE_TARGET,
      messages: ['`…` must be a whole number of at least 0'],
    },
    {
      rule: '`maxCapacity` is 0.',
      source: DESIGN,
      messages: ['`maxCapacity` must be at least 1'],
    },
    {
      rule: '`minCapacity` is more than `maxCapacity`.',
      source: impliedBy(SCALABLE_TARGET),
      messages: ['`minCapacity` must be at most `maxCapacity`'],
    },
    {
      rule: '`minCapacity` of a real-time endpoint is 0.',
      source: [ASYNC_SCALING, AUTO_SCALING].join(', '),
      messages: ['`minCapacity` must be at least 1', 'only asynchronous endpoints can scale to zero'],
    },
    {
      rule: '`minCapacity` is 0, and neither `scaleOnBacklog` nor a schedule adds the first instance.',
      source: ASYNC_SCALING,
      messages: ['`minCapacity` of 0 requires `scaleOnBacklog`'],
    },
    {
      rule: '`scaleOnBacklog` is called for an endpoint without `asyncInference`, which has no such metric.',
      source: ASYNC_SCALING,
      messages: ['`scaleOnBacklog` requires an asynchronous endpoint'],
    },
    {
      rule: 'The target of a scaling policy is not more than 0, or `safetyFactor` is more than 1.',
      source: DESIGN,
      messages: ['`…` must be more than 0', '`safetyFactor` must be at most 1'],
    },
    {
      rule: '`datapointsToAlarm` is more than `evaluationPeriods`.',
      source: link(
        'validateDatapointsToAlarm',
        'https://aws.github.io/modern-data-architecture-accelerator/typedocs/functions/_aws-mdaa_cloudwatch-constructs.validateDatapointsToAlarm.html',
      ),
      messages: ['`datapointsToAlarm` must be at most `evaluationPeriods`'],
    },
    {
      rule: '`percentile` of an alarm is not above 0 and at most 100, or `maxPercent` not 0 to 99.',
      source: DESIGN,
      messages: ['`percentile` must be above 0', '`maxPercent` must be 0 to 99'],
    },
  ],
  'Released model packages': [
    {
      rule: 'The name of a release parameter is a token, or its stack is nested.',
      source: DESIGN,
      messages: [
        'release-parameter.ts: `parameterName` must not be a token',
        'release-parameter.ts: `scope` must not be in',
      ],
    },
    {
      rule: 'A released model package is used in another stack, or its condition is applied to a construct of another stack.',
      source: impliedBy(CONDITIONS),
      messages: [
        '`…modelPackage` … must be in the same stack as the model',
        'release-condition.ts: … must be in stack …',
      ],
    },
    {
      rule: 'A resource or an output refers to a resource that only exists while a version is released, and has no such condition.',
      source: impliedBy(CONDITIONS),
      messages: ['release-references.ts: … refers to …'],
    },
    {
      rule: 'The name of a released model or of its endpoint configuration is specified: a release does not change the hash in it.',
      source: DESIGN,
      messages: [
        '`modelName` must not be specified for a released',
        '`endpointConfigName` must not be specified with a released',
      ],
    },
    {
      rule: 'A transform job of a stack runs a released model, whose next version it would not run.',
      source: DESIGN,
      messages: ['`model` … must not be a released model'],
    },
  ],
  'Continuous lifecycle': [
    {
      rule: 'A training workflow has both or none of `training` and `tuning`.',
      source: DESIGN,
      messages: [
        'exactly one of `training` and `tuning` must be set',
        'A training workflow without a training is invalid.',
      ],
    },
    {
      rule: 'The name of a state machine is not 1 to 80 letters, digits, hyphens and underscores.',
      source: link('CreateStateMachine', `${AWS}/step-functions/latest/apireference/API_CreateStateMachine.html`),
      messages: [
        'state-machine.ts: `stateMachineName` must have',
        'continuous-deployment-validation.ts: 1 to 80 letters',
      ],
    },
    {
      rule: 'A gate has no metric, no baseline that it could compare with, or accepts every model.',
      source: DESIGN,
      messages: [
        '`gate` requires `evaluation`',
        '`gate` requires `registration`',
        '`gate` must have a `threshold`',
        '`gate.tolerance` must be at least 0',
        '`gate.tolerance` must not be set',
        'gate.ts: `…` must be a finite number',
      ],
    },
    {
      rule: 'An evaluation names a metric that the training does not have, or a report outside of its output.',
      source: DESIGN,
      messages: [
        '`evaluation.objective` must name',
        '`evaluation.report` must be a path',
        '`evaluation.outputs` must not contain',
      ],
    },
    {
      rule: 'A registration does not define how the model is hosted, or its metadata are those that the workflow adds, or too many.',
      source: api('CreateModelPackage'),
      messages: [
        '`registration` must have `algorithm`',
        '`registration.customerMetadata` must not contain',
        '`registration.customerMetadata` must have at most',
      ],
    },
    {
      rule: 'New data is looked for under an impossible prefix, or in an interval that a schedule cannot have.',
      source: DESIGN,
      messages: [
        '`settle` must be at least 1 minute',
        '`settle` must be whole minutes',
        '`maxDelay` must be at least `settle`',
        '`prefix` must not start with "/"',
      ],
    },
    {
      rule: 'The hosting stack of a continuous deployment is its own stack, is that of another one, does not read the parameter, or is not named by a literal text.',
      source: DESIGN,
      messages: [
        '`stackName` must be another stack',
        '`stackName` must be a stack that reads',
        '`stackName` must be the hosting stack of a single continuous deployment',
        'continuous-deployment-validation.ts: Continuous deployment …: `parameterName` must be read by another stack',
        'continuous-deployment-validation.ts: `…` must be a literal text',
        'continuous-deployment-validation.ts: `…` must be …, got',
      ],
    },
  ],
  'Smoke tests': [
    {
      rule: 'The endpoint is asynchronous, or its variants are for inference components, which have tests of their own.',
      source: [ASYNC, COMPONENTS].join(', '),
      messages: [
        '`smokeTest` is not supported for an asynchronous endpoint',
        '`smokeTest` is not supported for an endpoint with inference components',
      ],
    },
    {
      rule: '`targetVariant` is not a production variant, or is specified for an inference component.',
      source: api('runtime_InvokeEndpoint'),
      messages: ['`smokeTest.targetVariant` must be', '`smokeTest.targetVariant` must not be specified'],
    },
    {
      rule: '`targetModel` is missing for a multi-model container, or is not a header value of 1 to 1024 characters.',
      source: [MULTI_MODEL, api('runtime_InvokeEndpoint')].join(', '),
      messages: ['`smokeTest.targetModel` is required', '`smokeTest.targetModel` must have'],
    },
    {
      rule: 'A request is larger than the variant supports, or its text is too large for a template.',
      source: [api('runtime_InvokeEndpoint'), SERVERLESS].join(', '),
      messages: [
        'smoke-test-request.ts: `text` must have at most',
        'smoke-test-request.ts: `path` must be the path of a file of at most',
        '`smokeTest.request` must have at most',
      ],
    },
    {
      rule: 'The content type, the timeout or an expectation cannot be met or sent.',
      source: DESIGN,
      messages: [
        '`smokeTest.contentType` must not be empty',
        '`smokeTest.timeout` must be 1 to',
        '`smokeTest.expect` must have at least',
        '`status` must be a whole number of 100 to 599',
        '`text` must not be empty, since',
        '`path` must be a JSONPath expression',
        'expectation.ts: `…` must be at least 0',
        'expectation.ts: `value` must be',
        'expectation.ts: `tolerance` must be',
      ],
    },
  ],
  'Inference components': [
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
  ],
  Processing: [
    {
      rule: '`localPath` of an input or an output is not below `/opt/ml/processing/`.',
      source: PROCESSING_DATA,
      messages: ['to which processing jobs restrict inputs and outputs'],
    },
    {
      rule: 'The name of an input or an output contains "/" or is ".", "..": it is part of the path in the container.',
      source: DESIGN,
      messages: ['key must be the name of a folder'],
    },
    {
      rule: '`inputMode` of an input is FastFile.',
      source: api('ProcessingS3Input'),
      messages: ['processing jobs do not support FastFile mode'],
    },
    {
      rule: '`image` is in a private registry.',
      source: impliedBy(api('AppSpecification')),
      messages: ['`image` must not be in a private registry, which processing jobs do not support'],
    },
    {
      rule: '`output` is called with another name than those of `outputs`.',
      source: DESIGN,
      messages: ['`name` must be the name of one of its outputs'],
    },
  ],
  'Batch transform': [
    {
      rule: '`model` has uncompressed model data.',
      source: UNCOMPRESSED,
      messages: ['a transform job does not support uncompressed model data'],
    },
    {
      rule: '`maxConcurrentTransforms` times `maxPayload` is more than 100 MiB.',
      source: api('CreateTransformJob'),
      messages: ['`maxConcurrentTransforms` times `maxPayload` must be at most'],
    },
    {
      rule: '`batchStrategy` is set for an input without `splitType`.',
      source: api('CreateTransformJob'),
      messages: ['`batchStrategy` requires an input that is split into records'],
    },
    {
      rule: 'The execution role of an imported `model` is unknown, and receives no permission for the input and the output.',
      result: 'warning',
      source: DESIGN,
      messages: ['The execution role of model … is unknown'],
    },
  ],
  'Networks, keys and permissions': [
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
      rule: 'Calls of a handler, or for the credentials of a private registry, come from isolated subnets of a VPC without an endpoint for the service.',
      result: 'warning',
      source: [PRIVATE_REGISTRIES, link('functions in a VPC', `${AWS}/lambda/latest/dg/configuration-vpc.html`)].join(
        ', ',
      ),
      messages: [
        'run in subnets without a route to the internet',
        'instances that request the credentials',
        'Lambda functions of the handlers',
      ],
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
  ],
  Marketplace: [
    {
      rule: '`networkIsolation` is false for a product from AWS Marketplace.',
      source: ISOLATION,
      messages: ['an algorithm from AWS Marketplace requires it', '`networkIsolation` must not be false for a product'],
    },
    {
      rule: '`maxWaitTime` is more than 1 hour for an algorithm from AWS Marketplace.',
      source: MARKETPLACE_LIMITS,
      messages: ['`maxWaitTime` must be at most 1 hour'],
    },
    {
      rule: '`remoteDebug` is set for an algorithm from AWS Marketplace.',
      source: REMOTE_DEBUGGING,
      messages: ['`remoteDebug` must not be true'],
    },
    {
      rule: 'A serverless variant has a product from AWS Marketplace.',
      source: MARKETPLACE_LIMITS,
      messages: ['it is a product from AWS Marketplace'],
    },
    {
      rule: '`asyncInference` is set with a product from AWS Marketplace.',
      source: [MARKETPLACE_LIMITS, issue('aws/sagemaker-python-sdk', 3969)].join(', '),
      messages: ['`asyncInference` is not supported for a product from AWS Marketplace'],
    },
    {
      rule: '`shadowVariant` is set with a product from AWS Marketplace.',
      source: SHADOW,
      messages: ['hosts a product from AWS Marketplace'],
    },
    {
      rule: 'A gradual `deployment` is set for a product from AWS Marketplace.',
      source: EXCLUSIONS,
      messages: ['whose model is a product from AWS Marketplace'],
    },
    {
      rule: '`certifyForMarketplace` is set without `validationProfiles` or `validationProfile`: products that are not validated cannot be listed.',
      result: 'warning',
      source: MARKETPLACE_ALGORITHM,
      messages: ['`certifyForMarketplace` is set without'],
    },
  ],
};

/** The texts in the library that are neither errors nor warnings, in the form of `messages`, by the reason. */
export const EXEMPT: Record<string, readonly string[]> = {
  'the name of a property or an object, which another message contains': [
    'inputs key "…"',
    'inference-specification.ts: inference containers',
    'read and write',
    'closed-features.ts: Explain predictions',
    'closed-features.ts: Analyze the captured data',
    'closed-features.ts: Use the metrics of the instances',
    'closed-features.ts: `…` requires SageMaker …, which has been closed',
    ': Model Monitor',
    '… objects of bucket …',
    'pull images of …',
    'Grant it in the policy of the',
    'the environment variables of all `…`',
    'the environment variables of all `containers`',
    'the environment variables of all inference containers',
    'hyperparameter.ts: `defaultValue` …',
    'specification-compatibility.ts: `hyperparameters["…"]` …',
    '`validationProfiles` "…": …',
    '`definitions[…]`: …',
    'model-validation.ts: `containers`: …',
    '`validationProfile`: …',
    'tags key "…"',
    's3-location.ts: … (S3 URI)',
    'processing-validation.ts: …["…"] (path in the container)',
    'arn.ts: …Arn (name)',
    'Image from a private registry',
    'Image from a registry',
    'Provided image … for …',
    'ranges of type …',
    'environment of all definitions',
    'environment.ts: in region …, and this stack in …',
    'release-references.ts: Use `endpointName`',
    'release-references.ts: Another stack, by the export',
    'release-references.ts: `…` of …',
    'model-package.ts: to pull the images (specify',
    'model-package.ts: to read the model artifacts (specify',
    'model-package.ts: The execution roles of models that host',
    'continuous-deployment-validation.ts: a stack name',
    'continuous-deployment-validation.ts: a parameter name',
  ],
  'an information about what starts a job, or a part of it': [
    'excludes files from the build',
    '`.dockerignore` is used with another',
    'image/build-target.ts: ',
    'image/dockerfile.ts: ',
    'Every change in directory … starts a new training job',
    'the Dockerfile has no stage',
    '`buildContexts` adds other sources',
  ],
  'the description of a resource, a widget or an alarm, or a part of it': [
    'lifecycle/algorithm-dashboard.ts: ',
    'fingerprint.ts: parameter …',
    'Verifies container images for SageMaker',
    'Adds inference scripts to model artifacts',
    'Starts, monitors and stops the SageMaker jobs',
    'Tests SageMaker endpoints after they are deployed',
    'release-parameter.ts: The SSM parameter with the ARN',
    'There are requests, and no … is running',
    'endpoint-variant.ts: requests to',
    'The p… latency of the model of variant',
    'has received no invocations',
    'More than … % of the … … fail',
    'Releases the newest approved version of a model package group',
    'The continuous deployment to stack … requires a person',
    'A version was registered, approved or rejected',
    'An update of the hosting stack has ended',
    'continuous-deployment.ts: Events can be lost',
    'Performs the steps of the SageMaker workflows',
    'Stops the jobs of executions that have failed',
    'workflow-steps.ts: Another execution is running',
  ],
  'the name or the value of an event, a state, a tag or a file mode': [
    'State Change',
    'Status Change',
    'SageMaker Workflow Outcome',
    'Continuous Deployment Outcome',
    'continuous-deployment.ts: Is finished',
    'Is accepted',
    'workflow-steps.ts: Wait for …',
    'workflow-steps.ts: Is … finished',
    'job-kinds.ts: ',
    'staged-files.ts: not executable',
    'Instances of one training job',
    'Instances of one processing job',
  ],
};
