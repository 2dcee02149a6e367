import {
  App,
  CfnParameter,
  Lazy,
  Size,
  Stack,
  type StageSynthesisOptions,
  aws_ecr as ecr,
  aws_iam as iam,
  aws_s3 as s3,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  Algorithm,
  AlgorithmImages,
  AlgorithmProvisioning,
  Channel,
  ContainerImage,
  Endpoint,
  EndpointConfig,
  Hyperparameter,
  InferenceComponent,
  InstanceType,
  Model,
  ModelData,
  ModelPackage,
  ModelPackageGroup,
  ProductionVariant,
  TrainingInput,
  TrainingJob,
  TrainingResources,
  TransformInput,
  TransformJob,
  TransformOutput,
  TransformResources,
  TuningJob,
} from '../../lib';
import recorded from '../fixtures/names.json';
import { tuningDefinition } from '../jobs';
import { algorithmProps, errorOf, image, onlyResource } from '../stacks';

/**
 * Definitions whose names are recorded. Only add entries: if the name of an existing definition changes, users who upgrade the
 * library train their models again.
 */
const DEFINITIONS: Record<string, (stack: Stack) => string> = {
  'a minimal algorithm': (stack) =>
    new Algorithm(stack, 'Algorithm', {
      images: AlgorithmImages.trainingOnly(image()),
      channels: [Channel.file('train')],
      trainingInstanceTypes: [InstanceType.ML_M5_XLARGE],
    }).algorithmName,
  'an algorithm with inference': (stack) =>
    new Algorithm(stack, 'Algorithm', algorithmProps({ algorithmName: 'churn', revision: '1' })).algorithmName,
  'an algorithm with every kind of hyperparameter': (stack) =>
    new Algorithm(
      stack,
      'Algorithm',
      algorithmProps({
        hyperparameters: [
          Hyperparameter.integer('a', { min: 1, max: 2, tunable: true }),
          Hyperparameter.continuous('b', { min: 0.1, max: 2, defaultValue: 1e-1 }),
          Hyperparameter.categorical('c', { values: ['x', 'y'], required: true }),
          Hyperparameter.freeText('d'),
        ],
      }),
    ).algorithmName,
  'an algorithm whose image is in a repository of the stack': (stack) => {
    const repository = new ecr.Repository(stack, 'Repository');
    const images = AlgorithmImages.combined(ContainerImage.fromEcrRepository(repository, { tag: '1' }));
    return new Algorithm(stack, 'Algorithm', algorithmProps({ images })).algorithmName;
  },
  'an unversioned model package': (stack) => {
    new ModelPackage(stack, 'Package', {
      algorithm: new Algorithm(stack, 'Algorithm', algorithmProps()),
      modelData: ModelData.fromObject(new s3.Bucket(stack, 'Bucket'), 'model.tar.gz'),
    });
    return onlyResource(stack, 'AWS::SageMaker::ModelPackage').ModelPackageName as string;
  },
  'a training job that runs an image': (stack) => {
    new TrainingJob(stack, 'Train', {
      image: image(),
      resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
      inputs: { train: TrainingInput.fromBucket(new s3.Bucket(stack, 'Data'), 'train/') },
      hyperparameters: { a: '1' },
    });
    return startOf(stack, 'Custom::SageMakerTrainingJob');
  },
  'a training job that runs an algorithm': (stack) => {
    new TrainingJob(stack, 'Train', {
      algorithm: new Algorithm(stack, 'Algorithm', algorithmProps()),
      resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
      inputs: { train: TrainingInput.fromBucket(new s3.Bucket(stack, 'Data'), 'train/') },
    });
    return startOf(stack, 'Custom::SageMakerTrainingJob');
  },
  'a tuning job': (stack) => {
    new TuningJob(stack, 'Tune', { definitions: [tuningDefinition()] });
    return startOf(stack, 'Custom::SageMakerTuningJob');
  },
  'a transform job': (stack) => {
    const data = new s3.Bucket(stack, 'Data');
    new TransformJob(stack, 'Score', {
      model: new Model(stack, 'Model', { image: image() }),
      input: TransformInput.fromBucket(data, 'in/'),
      output: TransformOutput.toBucket(data, 'out'),
      resources: TransformResources.of(InstanceType.ML_M5_XLARGE),
    });
    return startOf(stack, 'Custom::SageMakerTransformJob');
  },
  'an algorithm that a custom resource provisions': (stack) =>
    new Algorithm(stack, 'Algorithm', algorithmProps({ provisioning: AlgorithmProvisioning.CUSTOM_RESOURCE }))
      .algorithmName,
  'an endpoint configuration with a prefix': (stack) => {
    const model = new Model(stack, 'Model', { image: image(), modelName: 'churn' });
    const variants = [ProductionVariant.instances('a', { model, instanceType: InstanceType.ML_C7I_LARGE })];
    new EndpointConfig(stack, 'Config', { variants, endpointConfigName: 'churn' });
    return onlyResource(stack, 'AWS::SageMaker::EndpointConfig').EndpointConfigName as string;
  },
};

/** The logical id of the custom resource, which contains the job identity, and the prefix of the job's name. */
function startOf(stack: Stack, type: string): string {
  const [[id, { Properties }]] = Object.entries(Template.fromStack(stack).findResources(type));
  return `${id} ${(Properties as { Prefix: string }).Prefix}`;
}

test.each(Object.entries(DEFINITIONS))('The name of %s is the same as in earlier releases', (definition, create) => {
  const stack = new Stack(new App(), 'Recorded');
  expect(stack.resolve(create(stack))).toBe((recorded as Record<string, string>)[definition]);
});

describe('A name whose hash covers a reference', () => {
  function nameWith(repositoryOf: (stack: Stack) => ecr.IRepository): unknown {
    const stack = new Stack(new App(), 'Stack');
    const images = AlgorithmImages.combined(ContainerImage.fromEcrRepository(repositoryOf(stack), { tag: '1' }));
    return stack.resolve(new Algorithm(stack, 'Algorithm', algorithmProps({ images })).algorithmName);
  }
  const name = nameWith((stack) => new ecr.Repository(stack, 'Repository'));

  test('changes when another resource is referenced', () => {
    expect(nameWith((stack) => new ecr.Repository(stack, 'Other'))).not.toBe(name);
  });

  test('changes when the physical name of the resource changes, which replaces it under the same logical id', () => {
    expect(nameWith((stack) => new ecr.Repository(stack, 'Repository', { repositoryName: 'new' }))).not.toBe(name);
  });

  test('does not change when the resource is updated in place', () => {
    expect(nameWith((stack) => new ecr.Repository(stack, 'Repository', { imageScanOnPush: true }))).toBe(name);
  });

  test('is the same before and after cross-stack references are resolved', () => {
    const app = new App();
    const repository = new ecr.Repository(new Stack(app, 'Images'), 'Repository');
    const stack = new Stack(app, 'Stack');
    const images = AlgorithmImages.combined(ContainerImage.fromEcrRepository(repository, { tag: '1' }));
    const { algorithmName } = new Algorithm(stack, 'Algorithm', algorithmProps({ images }));
    const before: unknown = stack.resolve(algorithmName);
    app.synth();
    expect(stack.resolve(algorithmName)).toBe(before);
  });

  test('changes when a referenced model is replaced', () => {
    const configName = (tag: string): unknown => {
      const stack = new Stack(new App(), 'Stack');
      const model = new Model(stack, 'Model', { image: image(tag) });
      const variants = [ProductionVariant.instances('a', { model, instanceType: InstanceType.ML_C7I_LARGE })];
      new EndpointConfig(stack, 'Config', { variants, endpointConfigName: 'churn' });
      return onlyResource(stack, 'AWS::SageMaker::EndpointConfig').EndpointConfigName;
    };
    expect(configName('2')).not.toBe(configName('1'));
  });
});

test('A name is computed again when the properties change between two syntheses', () => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  let description = 'first';
  new Algorithm(stack, 'Algorithm', {
    ...algorithmProps(),
    description: Lazy.uncachedString({ produce: () => description }),
  });
  const nameNow = (options: StageSynthesisOptions): unknown => {
    const { template } = app.synth(options).getStackByName('Stack') as { template: { Resources: object } };
    const algorithms = Object.values(template.Resources) as { Properties?: { AlgorithmName?: string } }[];
    return algorithms.map(({ Properties }) => Properties?.AlgorithmName).find((name) => name !== undefined);
  };
  const before = nameNow({});
  expect(nameNow({ force: true })).toBe(before);
  description = 'second';
  expect(nameNow({ force: true, skipValidation: true })).not.toBe(before);
});

/** Each resource with an explicit name that is not hashed. */
const NAMED: [string, string, (stack: Stack, id: string, name: string) => unknown][] = [
  [
    'endpoints',
    'endpointName',
    (stack, id, endpointName) =>
      new Endpoint(stack, id, {
        endpointConfig: EndpointConfig.fromEndpointConfigName(stack, `${id}Config`, 'config'),
        endpointName,
      }),
  ],
  [
    'model package groups',
    'modelPackageGroupName',
    (stack, id, modelPackageGroupName) => new ModelPackageGroup(stack, id, { modelPackageGroupName }),
  ],
  [
    'inference components',
    'inferenceComponentName',
    (stack, id, inferenceComponentName) =>
      new InferenceComponent(stack, id, {
        endpoint: Endpoint.fromEndpointName(stack, `${id}Endpoint`, 'shared'),
        variantName: 'main',
        model: Model.fromModelName(stack, `${id}Model`, 'model'),
        compute: { minMemory: Size.gibibytes(1) },
        inferenceComponentName,
      }),
  ],
];

describe.each(NAMED)('Two %s', (_, property, make) => {
  test.each([
    ['same', 'same'],
    ['Same', 'same'],
  ])('with the names %s and %s in a stack are rejected at synthesis with an error that names both', (one, other) => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    make(stack, 'A', one);
    make(stack, 'B', other);
    const error = errorOf(() => app.synth());
    expect(error).toContain(
      `[Stack/B] \`${property}\` must be unique, regardless of case, got: "${other}", which is also the name of Stack/A`,
    );
  });

  test('with different names, or with a name that is known at deployment, are accepted', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    make(stack, 'A', 'one');
    make(stack, 'B', 'other');
    const name = new CfnParameter(stack, 'Name').valueAsString;
    make(stack, 'C', name);
    make(stack, 'D', name);
    expect(() => app.synth()).not.toThrow();
  });
});

test.each<[string, (stack: Stack, id: string, name: string) => unknown]>([
  [
    'models',
    (stack, id, modelName) =>
      new Model(stack, id, { image: image(), modelName, role: iam.Role.fromRoleName(stack, `${id}Role`, 'role') }),
  ],
  ['algorithms', (stack, id, algorithmName) => new Algorithm(stack, id, algorithmProps({ algorithmName }))],
])('Two %s with equal properties and the same name prefix in different case are rejected', (_, make) => {
  const app = new App();
  const stack = new Stack(app, 'Stack');
  make(stack, 'A', 'Same');
  make(stack, 'B', 'same');
  expect(errorOf(() => app.synth())).toContain('has the same properties and the same name prefix as Stack/A');
});
