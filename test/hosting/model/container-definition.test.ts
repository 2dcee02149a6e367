import { type Stack } from 'aws-cdk-lib';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import {
  InstanceType,
  Model,
  ModelData,
  TrainingJob,
  TrainingOutput,
  TrainingOutputCompression,
  TrainingResources,
} from '../../../lib';
import { bucket, MODEL } from '../../features';
import { errorOf, image, newStack, onlyResource } from '../../stacks';

describe('Model data of a container', () => {
  test('is uploaded from a local file as an asset', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'model-')), 'model.tar.gz');
    writeFileSync(file, 'data');
    const stack = newStack();
    new Model(stack, 'Model', { image: image(), modelData: ModelData.fromAsset(file) });
    expect(JSON.stringify(onlyResource(stack, 'AWS::SageMaker::Model'))).toMatch(/s3:\/\/.*\.gz/);
  });

  test('is uncompressed if the training job did not compress it', () => {
    const stack = newStack();
    const job = new TrainingJob(stack, 'Train', {
      image: image(),
      resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
      output: TrainingOutput.toBucket(bucket(stack), 'out', { compression: TrainingOutputCompression.NONE }),
    });
    new Model(stack, 'Model', { image: image(), modelData: job.modelData });
    expect(onlyResource(stack, MODEL).PrimaryContainer).toEqual({
      Image: 'example.com/algorithm:1',
      ModelDataSource: {
        S3DataSource: {
          S3Uri: { 'Fn::GetAtt': [expect.stringMatching(/^TrainJob/), 'ModelDataUrl'] },
          S3DataType: 'S3Prefix',
          CompressionType: 'None',
        },
      },
    });
  });

  test.each<[string, (stack: Stack) => unknown]>([
    ['an archive', (stack) => ModelData.fromObject(bucket(stack), '/model.tar.gz')],
    ['an object', (stack) => ModelData.fromUncompressedObject(bucket(stack), '/model')],
    ['a prefix', (stack) => ModelData.fromUncompressedPrefix(bucket(stack), '/models')],
  ])('is rejected if the key of %s starts with "/"', (_, make) => {
    expect(() => make(newStack())).toThrow('must not start with "/"');
  });

  test('is rejected if its object key is empty', () => {
    expect(errorOf(() => ModelData.fromUncompressedObject(bucket(newStack()), ''))).toContain(
      '`objectKey` must not be empty',
    );
  });
});
