import type { Rule } from './rule';
import { DESIGN, UNDOCUMENTED, api, guide, impliedBy } from './sources';

export const MODEL_PACKAGES: readonly Rule[] = [
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
    rule: '`commitId` is specified together with another commit, or with custom metadata that leaves no room for it.',
    source: api('CreateModelPackage'),
    messages: ['must not be specified with `commitId`', 'customerMetadata with commitId'],
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
  {
    rule: 'A group is shared with a principal that this app cannot grant what hosting requires: it does not create the repository, the bucket or the KMS key, or the artifacts of training jobs have no KMS key.',
    source: guide('sharing a model group', 'model-registry-version'),
    messages: ['to which this app cannot grant what hosting requires'],
  },
  {
    rule: 'A group is shared with everyone, a service, a principal of its own account, or an account that does not have 12 digits.',
    source: DESIGN,
    messages: [
      '`principal` must be an account, an organization or a role',
      '`principal` must be of another account',
      '`principal` must have an account of 12 digits',
    ],
  },
  {
    rule: 'A variant, a transform job or a validation profile uses an instance type that the inference specification of the model package or the algorithm does not list.',
    source: impliedBy(api('InferenceSpecification')),
    messages: ['is not an instance type that … supports for …'],
  },
];
