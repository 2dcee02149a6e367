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
  test('has a literal URI when the region is known', () => {
    expect(pytorch().bind(placedStack()).imageUri).toBe(
      '763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference:2.3.0-cpu-py311',
    );
  });

  test('is selected for GPU, CPU or Graviton by the instance type', () => {
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

  test('uses one mapping for each table of registry accounts when the region is not known', () => {
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

  test('grants permission to pull from its repository only', () => {
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

  test('has the only version when none is specified', () => {
    const image = ContainerImage.fromBuiltInAlgorithm(BuiltInAlgorithm.KMEANS, { purpose: TRAINING });
    expect(image.bind(placedStack()).imageUri).toMatch(/\/kmeans:1$/);
  });

  test('is used with a warning when the library does not know the version', () => {
    const stack = placedStack();
    expect(pytorch({ version: '99.0.0' }).bind(stack).imageUri).toMatch(/:99\.0\.0-cpu-py\d+$/);
    Annotations.fromStack(stack).hasWarning(
      '*',
      Match.stringLikeRegexp(
        'pytorch for inference: version 99.0.0 was unknown when this version of the library was published',
      ),
    );
  });

  test('has the specified tag', () => {
    expect(pytorch({ tag: 'mine' }).bind(placedStack()).imageUri).toMatch(/pytorch-inference:mine$/);
  });

  test('has the specified Python version', () => {
    expect(pytorch({ version: '1.6.0', pythonVersion: 'py3' }).bind(placedStack()).imageUri).toMatch(
      /1\.6\.0-cpu-py3$/,
    );
  });

  test.each(['pytorch1.8.1', 'pytorch1.8'])(
    'has the base framework %s, also without its patch version',
    (baseFramework) => {
      expect(huggingFace(baseFramework).bind(placedStack()).imageUri).toMatch(
        /huggingface-pytorch-training:1\.8\.1-transformers4\.6\.1-gpu-py36-cu111-ubuntu18\.04$/,
      );
    },
  );

  test('has the registry domain of the partition', () => {
    expect(pytorch().bind(inRegion('cn-north-1')).imageUri).toContain('.dkr.ecr.cn-north-1.amazonaws.com.cn/');
  });
});

const huggingFace = (baseFramework?: string): ContainerImage =>
  ContainerImage.fromDeepLearningContainer(DeepLearningFramework.HUGGING_FACE, {
    purpose: TRAINING,
    version: '4.6.1',
    baseFramework,
  });

describe('A provided image is rejected', () => {
  test.each<[string, () => unknown, string]>([
    [
      'in a region without a registry',
      () => pytorch().bind(inRegion('eu-nowhere-1')),
      'Provided image pytorch-inference does not exist in region eu-nowhere-1, only in: af-south-1, ap-east-1',
    ],
    [
      'when its family does not exist',
      () => ContainerImage.fromBuiltInAlgorithm(BuiltInAlgorithm.of('magic'), { purpose: TRAINING }),
      'Provided image family must be one of autogluon,',
    ],
    [
      'when there is no image for its purpose',
      () => ContainerImage.fromBuiltInAlgorithm(BuiltInAlgorithm.SPARKML_SERVING, { purpose: TRAINING }),
      'sparkml-serving for training does not exist, only for inference',
    ],
    [
      'without a version when there are several',
      () => pytorch({ version: undefined }),
      'pytorch for inference: `version` is required, one of 0.4.0,',
    ],
    [
      'without a processor when there are images for several',
      () => pytorch({ processor: undefined }),
      '`instanceType` or `processor` is required, since there are only images for cpu and gpu',
    ],
    [
      'when there is no image for its processor',
      () => pytorch({ processor: Processor.NEURON }),
      '`instanceType` or `processor` must not be neuron, since there are only images for cpu and gpu',
    ],
    [
      'when there is no image with its Python version',
      () => pytorch({ pythonVersion: 'py27' }),
      'no image of this version matches `baseFramework` (any) and `pythonVersion` py27. Available values: py311',
    ],
    [
      'without a base framework when there are several',
      () => huggingFace(),
      '`baseFramework` is required, one of pytorch1.6.0, pytorch1.7.1, pytorch1.8.1, tensorflow2.4.1',
    ],
    [
      'with a base framework of several versions',
      () => huggingFace('pytorch1'),
      'no image of this version matches `baseFramework` pytorch1 and `pythonVersion` (any). Available values: pytorch1.6.0, pytorch1.7.1',
    ],
    [
      'when the tag of an unknown version cannot be derived',
      () =>
        ContainerImage.fromDeepLearningContainer(DeepLearningFramework.HUGGING_FACE_LLM, {
          purpose: INFERENCE,
          version: '99',
        }),
      'and its tag cannot be derived. Specify `tag`.',
    ],
  ])('%s', (_, create, error) => {
    expect(errorOf(create)).toContain(error);
  });
});
