import { App, Stack } from 'aws-cdk-lib';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import {
  ContainerImage,
  DeepLearningFramework,
  HyperparameterRange,
  ImagePurpose,
  InstanceType,
  MetricDefinition,
  Model,
  Objective,
  Processor,
  Script,
  TrainingJob,
  TrainingResources,
  TuningJob,
} from '../../lib';
import { errorOf, image, newAlgorithm, newStack, onlyResource, placedStack, startJson, statementsOf } from '../stacks';

function directory(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'script-'));
  mkdirSync(path.join(made, 'lib'));
  writeFileSync(path.join(made, 'train.py'), 'print("training")');
  writeFileSync(path.join(made, 'lib', 'model.py'), '');
  return made;
}

const provided = (purpose: ImagePurpose): ContainerImage =>
  ContainerImage.fromDeepLearningContainer(DeepLearningFramework.PYTORCH, {
    purpose,
    version: '2.3.0',
    processor: Processor.CPU,
  });

const RESOURCES = TrainingResources.of(InstanceType.ML_M5_XLARGE);

describe('A script', () => {
  test('reaches the container that trains by its hyperparameters', () => {
    const stack = placedStack();
    new TrainingJob(stack, 'Train', {
      image: provided(ImagePurpose.TRAINING),
      script: Script.fromDirectory(directory(), 'train.py'),
      hyperparameters: { epochs: '3' },
      resources: RESOURCES,
    });
    expect(startJson(stack, 'Custom::SageMakerTrainingJob', 'Request').HyperParameters).toEqual({
      epochs: '3',
      sagemaker_program: 'train.py',
      sagemaker_submit_directory: expect.stringMatching(/^s3:\/\/.*\/[0-9a-f]{64}\.gz$/) as unknown,
      sagemaker_container_log_level: '20',
      sagemaker_region: 'eu-west-1',
    });
    expect(JSON.stringify(statementsOf(stack, 'TrainRole'))).toContain('s3:GetObject*');
  });

  test('is packed with all that is beside it', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    new Model(stack, 'Model', { image: image(), script: Script.fromDirectory(directory(), 'train.py') });
    const { directory: assembly } = app.synth();
    const archive = readdirSync(assembly).find((name) => /^asset\..*\.gz$/.test(name)) ?? '';
    const names = execFileSync('tar', ['-tzf', path.join(assembly, archive)], { encoding: 'utf8' })
      .trim()
      .split('\n');
    expect(names.sort()).toEqual(['./', './lib/', './lib/model.py', './train.py']);
  });

  test('trains again when it has changed, and only then', () => {
    const made = directory();
    const identity = (): unknown => {
      const stack = newStack();
      new TrainingJob(stack, 'Train', {
        image: image(),
        script: Script.fromDirectory(made, 'train.py'),
        resources: RESOURCES,
      });
      return startJson(stack, 'Custom::SageMakerTrainingJob', 'Identity');
    };
    const before = identity();
    expect(identity()).toEqual(before);
    writeFileSync(path.join(made, 'train.py'), 'print("otherwise")');
    expect(identity()).not.toEqual(before);
  });

  test('tunes in the same way', () => {
    const stack = placedStack();
    new TuningJob(stack, 'Tune', {
      definitions: [
        {
          image: image(),
          script: Script.fromDirectory(directory(), 'train.py'),
          metrics: [MetricDefinition.of('auc', '(1)')],
          objective: Objective.maximize('auc'),
          ranges: [HyperparameterRange.integer('depth', { min: 1, max: 3 })],
          resources: RESOURCES,
        },
      ],
    });
    const { TrainingJobDefinition } = startJson(stack, 'Custom::SageMakerTuningJob', 'Request') as {
      TrainingJobDefinition: object;
    };
    expect(TrainingJobDefinition).toMatchObject({ StaticHyperParameters: { sagemaker_program: 'train.py' } });
  });

  test('reaches the container that answers by its environment', () => {
    const stack = placedStack();
    new Model(stack, 'Model', {
      image: provided(ImagePurpose.INFERENCE),
      script: Script.fromDirectory(directory(), 'train.py'),
      environment: { LOG: '1' },
    });
    expect(onlyResource(stack, 'AWS::SageMaker::Model').PrimaryContainer).toMatchObject({
      Environment: {
        LOG: '1',
        SAGEMAKER_PROGRAM: 'train.py',
        SAGEMAKER_SUBMIT_DIRECTORY: expect.stringMatching(/^s3:.*[.]gz$/) as unknown,
        SAGEMAKER_CONTAINER_LOG_LEVEL: '20',
        SAGEMAKER_REGION: 'eu-west-1',
      },
    });
    expect(JSON.stringify(statementsOf(stack, 'ModelRole'))).toContain('s3:GetObject*');
  });

  test('may come with the model', () => {
    const stack = placedStack();
    new Model(stack, 'Model', { image: image(), script: Script.fromModel('inference.py') });
    expect(onlyResource(stack, 'AWS::SageMaker::Model').PrimaryContainer).toMatchObject({
      Environment: { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code' },
    });
  });
});

describe('A script is refused', () => {
  test.each<[string, () => unknown, string]>([
    [
      'that is not there',
      () => Script.fromDirectory(directory(), 'none.py'),
      '`program` does not exist in `directory`',
    ],
    [
      'that is elsewhere',
      () => Script.fromDirectory(directory(), '../x.py'),
      '`program` must be a path in `directory`',
    ],
    [
      'by an absolute path',
      () => Script.fromDirectory(directory(), '/etc/hosts'),
      '`program` must be a path in `directory`',
    ],
    [
      'for an algorithm, which brings its own',
      () => {
        const stack = newStack();
        const script = Script.fromDirectory(directory(), 'train.py');
        return new TrainingJob(stack, 'Train', { algorithm: newAlgorithm(stack), script, resources: RESOURCES });
      },
      '`script` is for jobs with `image`',
    ],
    [
      'for a model without an image',
      () => new Model(newStack(), 'Model', { script: Script.fromModel('a.py') }),
      '`script` is for an `image` that SageMaker provides',
    ],
    [
      'that a job without a network would have to fetch',
      () => {
        const script = Script.fromDirectory(directory(), 'train.py');
        const props = { image: image(), script, networkIsolation: true, resources: RESOURCES };
        return new TrainingJob(placedStack(), 'Train', props);
      },
      '`script` is fetched by the container, and `networkIsolation` leaves no network',
    ],
    [
      'of a model that is still to be trained',
      () =>
        new TrainingJob(placedStack(), 'Train', {
          image: image(),
          script: Script.fromModel('train.py'),
          resources: RESOURCES,
        }),
      '`script` must be Script.fromDirectory()',
    ],
    [
      'that a model without a network would have to fetch',
      () => {
        const script = Script.fromDirectory(directory(), 'train.py');
        return new Model(placedStack(), 'Model', { image: image(), script, networkIsolation: true });
      },
      'let the model bring it (Script.fromModel)',
    ],
  ])('%s', (_, make, fault) => {
    expect(errorOf(make)).toContain(fault);
  });
});
