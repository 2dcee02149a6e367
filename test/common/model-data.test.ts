import { App, CfnParameter, Stack, aws_iam as iam, aws_s3 as s3, aws_s3_assets as assets } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { ModelData, S3Location, TrainingOutputCompression } from '../../lib';
import { errorOf, newStack } from '../stacks';

const bucketOf = (stack: Stack): s3.IBucket => s3.Bucket.fromBucketName(stack, 'Bucket', 'models');

describe('Model data', () => {
  test('from an asset is one asset when it is bound twice', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'model-')), 'model.tar.gz');
    writeFileSync(file, 'a model');
    const stack = newStack();
    const [first, second] = [1, 2].map(() => ModelData.fromAsset(file).bind(stack));
    expect(second).toEqual(first);
    expect(stack.node.children).toHaveLength(1);
  });

  test.each<[string, (bucket: s3.IBucket) => unknown, string]>([
    [
      'an asset without ".tar.gz"',
      () => ModelData.fromAsset('model.zip'),
      '`file` must end in ".tar.gz", the only archive format that SageMaker extracts, got: "model.zip"',
    ],
    [
      'an object without ".tar.gz"',
      (bucket) => ModelData.fromObject(bucket, 'model.zip'),
      '`objectKey` must end in ".tar.gz", the only archive format that SageMaker extracts, got: "model.zip"',
    ],
    [
      'an object key with a leading "/"',
      (bucket) => ModelData.fromObject(bucket, '/model.tar.gz'),
      '`objectKey` must not start with "/", got: "/model.tar.gz"',
    ],
    [
      'an empty key of an uncompressed object',
      (bucket) => ModelData.fromUncompressedObject(bucket, ''),
      '`objectKey` must not be empty',
    ],
    [
      'a key prefix with a leading "/"',
      (bucket) => ModelData.fromUncompressedPrefix(bucket, '/model'),
      '`keyPrefix` must not start with "/", got: "/model/"',
    ],
  ])('from %s is rejected', (_, create, error) => {
    expect(errorOf(() => create(bucketOf(newStack())))).toContain(error);
  });

  test('from the object of an asset is accepted, whose key has the last part of the extension only', () => {
    const stack = newStack();
    const directory = mkdtempSync(path.join(tmpdir(), 'model-'));
    const file = path.join(directory, 'model.tar.gz');
    writeFileSync(file, '');
    const asset = new assets.Asset(stack, 'Asset', { path: file });
    expect(asset.s3ObjectKey).toMatch(/^[0-9a-f]{64}\.gz$/);
    const { modelDataUrl } = ModelData.fromObject(asset.bucket, asset.s3ObjectKey).bind(stack);
    expect(JSON.stringify(stack.resolve(modelDataUrl))).toContain(`/${asset.s3ObjectKey}"`);
    rmSync(directory, { recursive: true });
  });

  test('from a key prefix that is a token grants access to the keys that start with it, with or without a "/" at its end', () => {
    const stack = newStack();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    const { valueAsString: keyPrefix } = new CfnParameter(stack, 'Prefix');
    ModelData.fromUncompressedPrefix(bucketOf(stack), keyPrefix).bind(stack, role);
    const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
    expect(JSON.stringify(policy)).toContain('models/",{"Ref":"Prefix"},"*"]');
  });

  test.each([
    [TrainingOutputCompression.GZIP, undefined],
    [TrainingOutputCompression.NONE, { isPrefix: true }],
  ])(
    'from a parameter of a job with the output compression %s has the matching storage',
    (compression, uncompressed) => {
      const location = S3Location.fromBucket(bucketOf(newStack()), 'churn');
      expect(ModelData.fromParameter('/churn/model', { location, compression }).uncompressed).toEqual(uncompressed);
    },
  );

  test('from a parameter is resolved at deployment', () => {
    const stack = new Stack(new App(), 'Stack');
    const location = S3Location.fromBucket(bucketOf(stack), 'churn');
    const { modelDataUrl } = ModelData.fromParameter('/churn/model', { location }).bind(stack);
    const [parameter] = Object.keys(Template.fromStack(stack).findParameters('*', { Default: '/churn/model' }));
    expect(stack.resolve(modelDataUrl)).toEqual({ Ref: parameter });
  });
});
