import { type Stack, aws_kms as kms, aws_s3 as s3 } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import {
  BuiltInAlgorithm,
  ContainerImage,
  DeepLearningFramework,
  ImagePurpose,
  InstanceType,
  Model,
  ModelData,
  type ModelProps,
  Processor,
  Script,
  TrainingJob,
  type TrainingJobProps,
  TrainingOutput,
  TrainingOutputCompression,
  TrainingResources,
} from '../../../lib';
import { errorOf, image, newStack, onlyResource, placedStack, statementsOf } from '../../stacks';

const ARTIFACT = 'Custom::SageMakerModelArtifact';
const MODEL = 'AWS::SageMaker::Model';

const PYTORCH = ContainerImage.fromDeepLearningContainer(DeepLearningFramework.PYTORCH, {
  purpose: ImagePurpose.INFERENCE,
  version: '2.5.1',
  processor: Processor.CPU,
});

const bucket = (stack: Stack): s3.IBucket =>
  (stack.node.tryFindChild('Data') as s3.IBucket | undefined) ?? s3.Bucket.fromBucketName(stack, 'Data', 'models');

function script(content = 'print(1)\n'): Script {
  const directory = mkdtempSync(path.join(tmpdir(), 'script-'));
  writeFileSync(path.join(directory, 'inference.py'), content);
  return Script.fromDirectory(directory, 'inference.py');
}

function train(stack: Stack, props: Partial<TrainingJobProps> = {}): TrainingJob {
  return new TrainingJob(stack, 'Train', {
    image: image(),
    resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
    output: TrainingOutput.toBucket(bucket(stack), 'churn'),
    ...props,
  });
}

function host(stack: Stack, props: Partial<ModelProps> = {}): Model {
  return new Model(stack, 'Model', { image: PYTORCH, script: script(), ...props });
}

/** The only resource of a type, with its logical id. */
function resourceOf(
  stack: Stack,
  type: string,
): { id: string; DependsOn: string[]; Properties: Record<string, unknown> } {
  const [[id, resource]] = Object.entries(Template.fromStack(stack).findResources(type));
  return { id, ...(resource as { DependsOn: string[]; Properties: Record<string, unknown> }) };
}

describe('A script for an image that loads it from the model data', () => {
  test('is added to the model artifact of a training job when the job has ended', () => {
    const stack = newStack();
    host(stack, { modelData: train(stack).modelData });
    const artifact = resourceOf(stack, ARTIFACT);
    const [start] = Object.keys(Template.fromStack(stack).findResources('Custom::SageMakerTrainingJob'));
    const [condition] = Object.keys(Template.fromStack(stack).findResources('AWS::CloudFormation::WaitCondition'));
    expect(artifact.Properties).toMatchObject({
      ScriptUrl: expect.objectContaining({
        'Fn::Sub': expect.stringMatching(/^s3:\/\/cdk-.*\.gz$/) as string,
      }) as object,
      Destination: 's3://models/churn/with-script',
    });
    expect(JSON.stringify(artifact.Properties.ModelDataUrl)).toContain(start);
    expect(artifact.Properties).not.toHaveProperty('KmsKeyArn');
    expect(artifact.DependsOn).toContain(condition);
    const model = resourceOf(stack, MODEL);
    expect(model.Properties.PrimaryContainer).toMatchObject({
      ModelDataUrl: { 'Fn::GetAtt': [artifact.id, 'ModelDataUrl'] },
      Environment: { SAGEMAKER_PROGRAM: 'inference.py', SAGEMAKER_SUBMIT_DIRECTORY: '/opt/ml/model/code' },
    });
    expect(model.DependsOn).toContain(artifact.id);
  });

  test('is read by the function that adds it, and not by the model', () => {
    const stack = placedStack();
    host(stack, { modelData: train(stack).modelData });
    const archive = (objects: string): unknown => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, objects]] });
    const statements = statementsOf(stack, 'SageMakerArtifactsRole') as {
      Action: string | string[];
      Resource: unknown;
    }[];
    const resourcesOf = (action: string): unknown[] =>
      statements.filter(({ Action }) => [Action].flat().includes(action)).flatMap(({ Resource }) => Resource);
    expect(resourcesOf('s3:PutObject')).toEqual([archive(':s3:::models/churn/with-script/*')]);
    expect(resourcesOf('s3:DeleteObject*')).toEqual([archive(':s3:::models/churn/with-script/*')]);
    expect(resourcesOf('s3:GetObject*')).toContainEqual(archive(':s3:::models/churn/*'));
    expect(JSON.stringify(statements)).toContain('cdk-hnb659fds-assets');
    expect(JSON.stringify(statementsOf(stack, 'ModelRole'))).not.toContain('cdk-hnb659fds-assets');
  });

  test('leads to a new artifact and a new model when it changes', () => {
    const [before, after] = ['print(1)\n', 'print(2)\n'].map((content) => {
      const stack = newStack();
      host(stack, { modelName: 'churn', modelData: train(stack).modelData, script: script(content) });
      return [resourceOf(stack, ARTIFACT).Properties.ScriptUrl, resourceOf(stack, MODEL).Properties.ModelName];
    });
    expect(after[0]).not.toEqual(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });

  test('is encrypted with the KMS key of the output', () => {
    const stack = newStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    const output = TrainingOutput.toBucket(bucket(stack), 'churn', { encryptionKey });
    host(stack, { modelData: train(stack, { output }).modelData });
    expect(resourceOf(stack, ARTIFACT).Properties.KmsKeyArn).toEqual({
      'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'],
    });
    const statements = JSON.stringify(statementsOf(stack, 'SageMakerArtifactsRole'));
    expect(statements).toContain('kms:GenerateDataKey*');
    expect(statements).toContain('kms:Decrypt');
  });

  test('requires no network, and is added for each container', () => {
    const stack = newStack();
    const { modelData } = train(stack);
    const containers = ['a', 'b'].map((content) => ({ image: PYTORCH, modelData, script: script(content) }));
    new Model(stack, 'Model', { containers, networkIsolation: true });
    Template.fromStack(stack).resourceCountIs(ARTIFACT, 2);
    Template.fromStack(stack).resourcePropertiesCountIs('AWS::Lambda::Function', { MemorySize: 2048 }, 1);
  });

  test.each<[string, (stack: Stack) => ModelData | undefined]>([
    ['no model data', () => undefined],
    ['an object', (stack) => ModelData.fromObject(bucket(stack), 'model.tar.gz')],
    [
      'an uncompressed artifact',
      (stack) => {
        const compression = TrainingOutputCompression.NONE;
        return train(stack, { output: TrainingOutput.toBucket(bucket(stack), 'churn', { compression }) }).modelData;
      },
    ],
  ])('is rejected for a model with %s', (_, modelData) => {
    const stack = newStack();
    expect(errorOf(() => host(stack, { modelData: modelData(stack) }))).toContain(
      'and use Script.fromModel(). Only to the compressed artifact of a training job of the app, a script is added when the stack is deployed',
    );
  });
});

test('A script that the image downloads, or that is part of the model data, does not change the artifact', () => {
  const sklearn = ContainerImage.fromBuiltInAlgorithm(BuiltInAlgorithm.SCIKIT_LEARN, {
    purpose: ImagePurpose.INFERENCE,
    version: '1.2-1',
  });
  for (const props of [{ image: sklearn }, { script: Script.fromModel('inference.py') }]) {
    const stack = newStack();
    host(stack, { modelData: train(stack).modelData, ...props });
    Template.fromStack(stack).resourceCountIs(ARTIFACT, 0);
    expect(onlyResource(stack, MODEL).PrimaryContainer).toHaveProperty('ModelDataUrl.Fn::GetAtt');
  }
});
