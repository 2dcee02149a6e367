import { App, Stack, aws_iam as iam } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  Architecture,
  BuiltInAlgorithm,
  ContainerImage,
  DeepLearningFramework,
  ImagePurpose,
  InstanceType,
  Model,
  Processor,
  type ProvidedImageOptions,
} from '../../lib';
import { errorOf, newStack, placedStack, statementsOf } from '../stacks';

const { TRAINING, INFERENCE } = ImagePurpose;

function pytorch(options: Partial<ProvidedImageOptions> = {}): ContainerImage {
  return ContainerImage.fromDeepLearningContainer(DeepLearningFramework.PYTORCH, {
    purpose: INFERENCE,
    version: '2.3.0',
    processor: Processor.CPU,
    ...options,
  });
}

const inRegion = (region: string): Stack => new Stack(new App(), 'Stack', { env: { region } });

describe('A provided image', () => {
  test('has a literal URI where the region is known', () => {
    expect(pytorch().bind(placedStack()).imageUri).toBe(
      '763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference:2.3.0-cpu-py311',
    );
  });

  test('is for GPUs, CPUs or Graviton by the instance type', () => {
    const on = (instanceType: InstanceType) => {
      const image = pytorch({ processor: undefined, instanceType });
      const { architecture, processor } = image;
      return { architecture, processor, ...image.bind(placedStack()) };
    };
    expect(on(InstanceType.ML_G5_XLARGE)).toMatchObject({
      imageUri: expect.stringContaining(':2.3.0-gpu-py311') as unknown,
      processor: Processor.GPU,
    });
    expect(on(InstanceType.ML_C7I_LARGE).processor).toBe(Processor.CPU);
    expect(on(InstanceType.ML_C7G_LARGE)).toMatchObject({
      imageUri: expect.stringContaining('pytorch-inference-graviton:2.3.0-cpu-py311-ubuntu20.04-sagemaker') as unknown,
      architecture: Architecture.ARM64,
    });
  });

  test('is found by one mapping for each table of accounts where the region is not known', () => {
    const stack = newStack();
    pytorch().bind(stack);
    pytorch({ purpose: TRAINING }).bind(stack);
    const kmeans = ContainerImage.fromBuiltInAlgorithm(BuiltInAlgorithm.KMEANS, { purpose: TRAINING });
    new Model(stack, 'Model', { image: kmeans });
    const { Mappings = {} } = Template.fromStack(stack).toJSON() as { Mappings?: Record<string, object> };
    expect(Object.values(Mappings).map((table) => (table as Record<string, unknown>)['us-gov-west-1'])).toEqual([
      { account: '442386744353' },
      { account: '226302683700' },
    ]);
    Template.fromStack(stack).hasResourceProperties('AWS::SageMaker::Model', {
      PrimaryContainer: {
        Image: {
          'Fn::Join': [
            '',
            [
              { 'Fn::FindInMap': [Match.anyValue(), { Ref: 'AWS::Region' }, 'account'] },
              '.dkr.ecr.',
              { Ref: 'AWS::Region' },
              '.',
              { Ref: 'AWS::URLSuffix' },
              '/kmeans:1',
            ],
          ],
        },
      },
    });
  });

  test('may be pulled, and no other', () => {
    const stack = placedStack();
    const role = new iam.Role(stack, 'User', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    pytorch().bind(stack, role);
    expect(statementsOf(stack, 'User')).toEqual([
      {
        Effect: 'Allow',
        Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Resource: {
          'Fn::Join': [
            '',
            ['arn:', { Ref: 'AWS::Partition' }, ':ecr:eu-west-1:763104351884:repository/pytorch-inference'],
          ],
        },
      },
      { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' },
    ]);
  });

  test('has the only version that there is', () => {
    const image = ContainerImage.fromBuiltInAlgorithm(BuiltInAlgorithm.KMEANS, { purpose: TRAINING });
    expect(image.bind(placedStack()).imageUri).toMatch(/\/kmeans:1$/);
  });

  test('of a version that is newer than the library works, with a warning', () => {
    const stack = placedStack();
    expect(pytorch({ version: '99.0.0' }).bind(stack).imageUri).toMatch(/:99\.0\.0-cpu-py\d+$/);
    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp('pytorch for inference: version 99.0.0 was not known when this library was published'),
    );
  });

  test('has the tag that it is given', () => {
    expect(pytorch({ tag: 'mine' }).bind(placedStack()).imageUri).toMatch(/pytorch-inference:mine$/);
  });

  test('has the Python and the framework that are asked for', () => {
    expect(pytorch({ version: '1.6.0', pythonVersion: 'py3' }).bind(placedStack()).imageUri).toMatch(
      /1\.6\.0-cpu-py3$/,
    );
    const huggingFace = ContainerImage.fromDeepLearningContainer(DeepLearningFramework.HUGGING_FACE, {
      purpose: TRAINING,
      version: '4.6.1',
      baseFramework: 'pytorch1.8.1',
    });
    expect(huggingFace.bind(placedStack()).imageUri).toMatch(
      /huggingface-pytorch-training:1\.8\.1-transformers4\.6\.1-gpu-py36-cu111-ubuntu18\.04$/,
    );
  });

  test('has the domain of its partition', () => {
    expect(pytorch().bind(inRegion('cn-north-1')).imageUri).toContain('.dkr.ecr.cn-north-1.amazonaws.com.cn/');
  });
});

describe('A provided image is refused', () => {
  test.each<[string, () => unknown, string]>([
    [
      'in a region that has none',
      () => pytorch().bind(inRegion('eu-nowhere-1')),
      'Provided image pytorch-inference: there is none in region eu-nowhere-1, only in: af-south-1, ap-east-1',
    ],
    [
      'of a family that there is not',
      () => ContainerImage.fromBuiltInAlgorithm(BuiltInAlgorithm.of('magic'), { purpose: TRAINING }),
      'there is no family "magic", only: autogluon,',
    ],
    [
      'for a purpose that it has not',
      () => ContainerImage.fromBuiltInAlgorithm(BuiltInAlgorithm.SPARKML_SERVING, { purpose: TRAINING }),
      'sparkml-serving for training: there is none, only for inference',
    ],
    [
      'without a version, where there are several',
      () => pytorch({ version: undefined }),
      'pytorch for inference: `version` must be given, one of 0.4.0,',
    ],
    [
      'without a processor, where that decides',
      () => pytorch({ processor: undefined }),
      '`instanceType` or `processor` must be given, since there are images for cpu and gpu only',
    ],
    [
      'for a processor that it has not',
      () => pytorch({ processor: Processor.NEURON }),
      '`instanceType` or `processor` must not be neuron, since there are images for cpu and gpu only',
    ],
    [
      'with a Python that it has not',
      () => pytorch({ pythonVersion: 'py27' }),
      'no image of this version fits `baseFramework` (any) and `pythonVersion` py27. There are: py311',
    ],
    [
      'without the framework below, where there are several',
      () =>
        ContainerImage.fromDeepLearningContainer(DeepLearningFramework.HUGGING_FACE, {
          purpose: TRAINING,
          version: '4.6.1',
        }),
      '`baseFramework` must be given, one of pytorch1.6.0, pytorch1.7.1, pytorch1.8.1, tensorflow2.4.1',
    ],
    [
      'of a new version whose tag cannot be known',
      () =>
        ContainerImage.fromDeepLearningContainer(DeepLearningFramework.HUGGING_FACE_LLM, {
          purpose: INFERENCE,
          version: '99',
        }),
      'and its tag cannot be made. Give `tag`.',
    ],
  ])('%s', (_, make, fault) => {
    expect(errorOf(make)).toContain(fault);
  });
});
