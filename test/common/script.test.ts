import { App, Stack } from 'aws-cdk-lib';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import {
  BuiltInAlgorithm,
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

function newScriptDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'script-'));
  mkdirSync(path.join(directory, 'lib'));
  writeFileSync(path.join(directory, 'train.py'), 'print("training")');
  writeFileSync(path.join(directory, 'lib', 'model.py'), '');
  return directory;
}

const provided = (purpose: ImagePurpose): ContainerImage =>
  ContainerImage.fromDeepLearningContainer(DeepLearningFramework.PYTORCH, {
    purpose,
    version: '2.3.0',
    processor: Processor.CPU,
  });

const RESOURCES = TrainingResources.of(InstanceType.ML_M5_XLARGE);

describe('Script', () => {
  test('is passed to a training container in hyperparameters', () => {
    const stack = placedStack();
    new TrainingJob(stack, 'Train', {
      image: provided(ImagePurpose.TRAINING),
      script: Script.fromDirectory(newScriptDirectory(), 'train.py'),
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

  test('is packaged with the other files of its directory', () => {
    const app = new App();
    const stack = new Stack(app, 'Stack');
    new Model(stack, 'Model', { image: image(), script: Script.fromDirectory(newScriptDirectory(), 'train.py') });
    const { directory: assembly } = app.synth();
    const archive = readdirSync(assembly).find((name) => /^asset\..*\.gz$/.test(name)) ?? '';
    const names = execFileSync('tar', ['-tzf', path.join(assembly, archive)], { encoding: 'utf8' })
      .trim()
      .split('\n');
    expect(names.sort()).toEqual(['./', './lib/', './lib/model.py', './train.py']);
  });

  test('changes the identity of its training job if a file changes, and only then', () => {
    const directory = newScriptDirectory();
    const identity = (): unknown => {
      const stack = newStack();
      new TrainingJob(stack, 'Train', {
        image: image(),
        script: Script.fromDirectory(directory, 'train.py'),
        resources: RESOURCES,
      });
      return startJson(stack, 'Custom::SageMakerTrainingJob', 'Identity');
    };
    const before = identity();
    expect(identity()).toEqual(before);
    writeFileSync(path.join(directory, 'train.py'), 'print("changed")');
    expect(identity()).not.toEqual(before);
  });

  test('is passed to the training jobs of a tuning job in static hyperparameters', () => {
    const stack = placedStack();
    new TuningJob(stack, 'Tune', {
      definitions: [
        {
          image: image(),
          script: Script.fromDirectory(newScriptDirectory(), 'train.py'),
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

  test('is passed to an inference container in environment variables', () => {
    const stack = placedStack();
    new Model(stack, 'Model', {
      image: ContainerImage.fromBuiltInAlgorithm(BuiltInAlgorithm.SCIKIT_LEARN, {
        purpose: ImagePurpose.INFERENCE,
        version: '1.2-1',
      }),
      script: Script.fromDirectory(newScriptDirectory(), 'train.py'),
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

  test('can be a file of the model artifact', () => {
    const stack = placedStack();
    new Model(stack, 'Model', { image: image(), script: Script.fromModel('inference.py') });
    expect(onlyResource(stack, 'AWS::SageMaker::Model').PrimaryContainer).toMatchObject({
      Environment: { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code' },
    });
  });
});

describe('The validation of a script', () => {
  test.each<[string, () => unknown, string]>([
    [
      'a program that does not exist',
      () => Script.fromDirectory(newScriptDirectory(), 'none.py'),
      '`program` does not exist in `directory`',
    ],
    [
      'a program outside of the directory',
      () => Script.fromDirectory(newScriptDirectory(), '../x.py'),
      '`program` must be a path in `directory`',
    ],
    [
      'a program with an absolute path',
      () => Script.fromDirectory(newScriptDirectory(), '/etc/hosts'),
      '`program` must be a path in `directory`',
    ],
    [
      'a script for an algorithm',
      () => {
        const stack = newStack();
        const script = Script.fromDirectory(newScriptDirectory(), 'train.py');
        return new TrainingJob(stack, 'Train', { algorithm: newAlgorithm(stack), script, resources: RESOURCES });
      },
      '`script` requires `image`',
    ],
    [
      'a script for a model without an image',
      () => new Model(newStack(), 'Model', { script: Script.fromModel('a.py') }),
      '`script`',
    ],
    [
      'a script that a training job with network isolation would have to download',
      () => {
        const script = Script.fromDirectory(newScriptDirectory(), 'train.py');
        const props = { image: image(), script, networkIsolation: true, resources: RESOURCES };
        return new TrainingJob(placedStack(), 'Train', props);
      },
      '`script` requires a network',
    ],
    [
      'a script in the model artifact for a training job',
      () =>
        new TrainingJob(placedStack(), 'Train', {
          image: image(),
          script: Script.fromModel('train.py'),
          resources: RESOURCES,
        }),
      '`script` must be created with Script.fromDirectory()',
    ],
    [
      'a script that a model with network isolation would have to download',
      () => {
        const script = Script.fromDirectory(newScriptDirectory(), 'train.py');
        return new Model(placedStack(), 'Model', { image: image(), script, networkIsolation: true });
      },
      'Script.fromModel',
    ],
  ])('rejects %s', (_, create, message) => {
    expect(errorOf(create)).toContain(message);
  });
});
