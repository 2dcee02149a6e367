import type { Rule } from './rule';
import { DESIGN, UNDOCUMENTED, impliedBy, link, api, guide, issue, DIRECT, INFERENCE, MULTI_MODEL } from './sources';

export const MODELS: readonly Rule[] = [
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
  {
    rule: '`modelPackage` is in a stack of another account.',
    source: DESIGN,
    messages: ['Share its group with'],
  },
];
