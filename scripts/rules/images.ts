import type { Rule } from './rule';
import {
  DESIGN,
  impliedBy,
  link,
  api,
  issue,
  EXTENDING,
  IMAGE_PATHS,
  INFERENCE,
  PRIVATE_REGISTRIES,
  TOOLKITS,
} from './sources';

export const IMAGES: readonly Rule[] = [
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
    rule: '`pullThroughCache` is set with an `imageUri` that is a token: permission is granted for its repository.',
    source: DESIGN,
    messages: ['an `imageUri` that is known at synthesis'],
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
    rule: 'An image for inference, which AWS provides or which extends such an image, is used for training, or vice versa.',
    source: DESIGN,
    messages: [
      'must be an image for …, got …',
      'an image that AWS provides for …: use `purpose',
      'an image whose `purposes` or `baseImage` are for',
    ],
  },
  {
    rule: '`purposes` is empty.',
    source: DESIGN,
    messages: ['`purposes` must not be empty'],
  },
  {
    rule: '`baseImage` is built or loaded at deployment, or its URI is a token, or its region is not known.',
    source: issue('aws/aws-cdk', 17268),
    messages: [
      'must be an image whose URI is known at synthesis',
      'which the deployment pushes',
      'whose account, region, name or tag is a token',
      'whose registry depends on the region of stack',
      'base-image.ts: a token',
    ],
  },
  {
    rule: 'The Dockerfile of an image with `baseImage` does not start from it.',
    source: EXTENDING,
    messages: ['`baseImage` has no effect, since'],
  },
  {
    rule: '`baseImageArg` is not a variable name or is set without `baseImage`, or `buildArgs` contains it.',
    source: DESIGN,
    messages: [
      '`baseImageArg` must be a variable name',
      '`baseImageArg` requires `baseImage`',
      'which is the build argument for the URI of `baseImage`',
    ],
  },
  {
    rule: '`platform` differs from that of `baseImage`.',
    source: link('multi-platform builds', 'https://docs.docker.com/build/building/multi-platform/'),
    messages: ['`platform` must be that of `baseImage`'],
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
    rule: '`script` is set for an image that AWS does not provide, and that may not contain a SageMaker toolkit.',
    result: 'warning',
    source: TOOLKITS,
    messages: ['it ignores `script` unless'],
  },
];
