import { CfnParameter, type Stack, aws_s3 as s3 } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import {
  AlgorithmImages,
  Channel,
  ContentCompression,
  InputMode,
  InstanceType,
  type S3TrainingInputOptions,
  TrainingInput,
  TrainingJob,
  TrainingOutput,
  TrainingResources,
} from '../../lib';
import { errorOf, image, newAlgorithm, newStack, onlyResource, placedStack, startJson, statementsOf } from '../stacks';

const TYPE = 'Custom::SageMakerTrainingJob';
const RESOURCES = TrainingResources.of(InstanceType.ML_M5_XLARGE);

const data = (stack: Stack): s3.IBucket => s3.Bucket.fromBucketName(stack, 'Data', 'data');

/** A stack with a training job that has an input. */
function withInput(input: (stack: Stack) => TrainingInput, stack = placedStack()): Stack {
  new TrainingJob(stack, 'Train', {
    image: image(),
    inputs: { train: input(stack) },
    resources: RESOURCES,
    output: TrainingOutput.toBucket(s3.Bucket.fromBucketName(stack, 'Models', 'models'), 'churn'),
  });
  return stack;
}

describe('TrainingInput', () => {
  test.each([
    [
      'Gzip compression in File mode',
      { inputMode: InputMode.FILE, compression: ContentCompression.GZIP },
      '`compression` Gzip',
    ],
    ['RecordIO wrapping in File mode', { inputMode: InputMode.FILE, recordIoWrapped: true }, '`recordIoWrapped` is'],
    ['a manifest in FastFile mode', { inputMode: InputMode.FAST_FILE }, '`inputMode` FastFile'],
  ])('rejects %s', (_, options, message) => {
    const bucket = s3.Bucket.fromBucketName(newStack(), 'Data', 'data');
    expect(errorOf(() => TrainingInput.fromManifest(bucket, 'm.json', options))).toContain(message);
  });
});

describe('A local file as training input', () => {
  function fileOf(content: string, name = 'train.csv'): string {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'input-')), name);
    writeFileSync(file, content);
    return file;
  }
  const withFile = (content: string, options: S3TrainingInputOptions = {}): Stack =>
    withInput(() => TrainingInput.fromAsset(fileOf(content), options));

  test('is an object in the bucket of the assets, whose key is the hash of its content', () => {
    const { InputDataConfig } = startJson(withFile('1,2'), TYPE, 'Request') as {
      InputDataConfig: { DataSource: { S3DataSource: Record<string, string> } }[];
    };
    const { S3DataType, S3Uri, S3DataDistributionType } = InputDataConfig[0].DataSource.S3DataSource;
    expect({ S3DataType, S3DataDistributionType }).toEqual({
      S3DataType: 'S3Prefix',
      S3DataDistributionType: 'FullyReplicated',
    });
    expect(S3Uri).toMatch(/^s3:\/\/cdk-hnb659fds-assets-[^/]+\/[0-9a-f]{64}\.csv$/);
  });

  test('has the specified options', () => {
    const request = startJson(
      withFile('1,2', { contentType: 'text/csv', inputMode: InputMode.FAST_FILE }),
      TYPE,
      'Request',
    );
    expect(request.InputDataConfig).toEqual([
      expect.objectContaining({ ChannelName: 'train', ContentType: 'text/csv', InputMode: 'FastFile' }),
    ]);
  });

  test('is the only object that the job can read', () => {
    const statements = statementsOf(withFile('1,2'), 'TrainRole') as { Action: string[]; Resource: unknown[] }[];
    const [read] = statements.filter(({ Action }) => Action.includes('s3:GetObject*'));
    const [, objects] = read.Resource as [unknown, { 'Fn::Join': [string, unknown[]] }];
    expect(objects['Fn::Join'][1].at(-1)).toMatch(/\/[0-9a-f]{64}\.csv$/);
  });

  test('starts another job when its content changes, and the same when only its path changes', () => {
    const identityOf = (content: string): unknown => startJson(withFile(content), TYPE, 'Identity').InputDataConfig;
    expect(identityOf('1,2')).toEqual(identityOf('1,2'));
    expect(identityOf('1,2')).not.toEqual(identityOf('3,4'));
  });

  test('can be the input of several channels', () => {
    const stack = newStack();
    const input = TrainingInput.fromAsset(fileOf('1,2'));
    new TrainingJob(stack, 'Train', {
      image: image(),
      inputs: { train: input, validation: input },
      resources: RESOURCES,
    });
    expect(startJson(stack, TYPE, 'Request').InputDataConfig).toHaveLength(2);
  });

  test.each<[string, () => TrainingInput, string]>([
    [
      'a directory',
      () => TrainingInput.fromAsset(tmpdir()),
      '`file` must be a file: the CDK uploads a directory as an archive, which SageMaker does not extract. Upload the files with ' +
        '`BucketDeployment` of aws_s3_deployment, and reference them with TrainingInput.fromBucket(), got:',
    ],
    ['a missing file', () => TrainingInput.fromAsset('/nowhere.csv'), '`file` does not exist, got: "/nowhere.csv"'],
    [
      'Gzip compression in File mode',
      () => TrainingInput.fromAsset(fileOf(''), { inputMode: InputMode.FILE, compression: ContentCompression.GZIP }),
      '`compression` Gzip is supported in Pipe mode only',
    ],
  ])('is rejected for %s', (_, input, message) => {
    expect(errorOf(input)).toContain(message);
  });
});

describe('A key prefix in FastFile mode', () => {
  const WARNING = Match.stringLikeRegexp('in FastFile mode, a key prefix must not end within the name');
  const fastFile = { inputMode: InputMode.FAST_FILE };

  test('adds a warning if it can end within the name of a folder', () => {
    const stack = withInput((scope) => TrainingInput.fromBucket(data(scope), 'churn/train', fastFile));
    Annotations.fromStack(stack).hasWarning(
      '/Stack/Train',
      Match.stringLikeRegexp(
        '`inputs\\["train"\\]`: in FastFile mode.*got: "churn/train". If it is a folder, use "churn/train/"\\.',
      ),
    );
  });

  test('adds a warning if FastFile is the input mode of the channel of the algorithm', () => {
    const stack = placedStack();
    const algorithm = newAlgorithm(stack, {
      images: AlgorithmImages.combined(image()),
      channels: [Channel.of('train', { inputModes: [InputMode.FAST_FILE] })],
    });
    const inputs = { train: TrainingInput.fromBucket(data(stack), 'train') };
    new TrainingJob(stack, 'Train', { algorithm, inputs, resources: RESOURCES });
    Annotations.fromStack(stack).hasWarning('/Stack/Train', WARNING);
  });

  test.each<[string, (stack: Stack) => TrainingInput]>([
    ['a folder', (stack) => TrainingInput.fromBucket(data(stack), 'churn/train/', fastFile)],
    ['an object', (stack) => TrainingInput.fromBucket(data(stack), 'churn/train.csv', fastFile)],
    ['the whole bucket', (stack) => TrainingInput.fromBucket(data(stack), '', fastFile)],
    [
      'a token',
      (stack) => TrainingInput.fromBucket(data(stack), new CfnParameter(stack, 'Prefix').valueAsString, fastFile),
    ],
    ['a prefix in File mode', (stack) => TrainingInput.fromBucket(data(stack), 'churn/train')],
    ['a local file', () => TrainingInput.fromAsset(__filename, fastFile)],
  ])('adds no warning if it is %s', (_, input) => {
    Annotations.fromStack(withInput(input)).hasNoWarning('*', WARNING);
  });

  test('adds no error, since the prefix could be the key of an object', () => {
    const stack = withInput((scope) => TrainingInput.fromBucket(data(scope), 'churn/train', fastFile));
    expect(onlyResource(stack, TYPE)).toBeDefined();
  });
});
