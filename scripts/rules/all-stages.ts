import limits from '../../lib/private/limits.json';
import type { Rule } from './rule';
import { DESIGN, UNDOCUMENTED, AWS, link, api, pull, TRAINING_DATA } from './sources';

export const ALL_STAGES: readonly Rule[] = [
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
    source: link('CloudFormation tags', `${AWS}/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html`),
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
    rule: 'A bucket of the app that a job or a model reads, or the repository of an image, is in a stack of another account.',
    source: DESIGN,
    messages: ['Import it here, for example with', 'Import the repository here, for example with'],
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
];
