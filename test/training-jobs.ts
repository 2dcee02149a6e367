import {
  Duration,
  Size,
  type Stack,
  aws_ec2 as ec2,
  aws_efs as efs,
  aws_fsx as fsx,
  aws_kms as kms,
  aws_s3 as s3,
} from 'aws-cdk-lib';
import {
  Algorithm,
  AlgorithmImages,
  Channel,
  CompressionType,
  ContainerImage,
  InputMode,
  InstanceType,
  JobWait,
  MetricDefinition,
  OutputCompression,
  S3DataDistribution,
  TrainingInput,
  type TrainingJobProps,
  TrainingOutput,
  TrainingResources,
} from '../lib';
import { image, newAlgorithm } from './stacks';

type Make = (stack: Stack) => Partial<TrainingJobProps>;

function once<T>(stack: Stack, id: string, make: () => T): T {
  return (stack.node.tryFindChild(id) as T | undefined) ?? make();
}
const bucket = (stack: Stack): s3.IBucket => once(stack, 'Data', () => new s3.Bucket(stack, 'Data'));
const key = (stack: Stack): kms.IKey => once(stack, 'Key', () => new kms.Key(stack, 'Key'));
const vpc = (stack: Stack): ec2.IVpc => once(stack, 'Vpc', () => new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 }));
const prefix = (stack: Stack, options: Parameters<typeof TrainingInput.fromBucket>[2] = {}): TrainingInput =>
  TrainingInput.fromBucket(bucket(stack), 'train/', options);
const input =
  (options: Parameters<typeof TrainingInput.fromBucket>[2]): Make =>
  (stack) => ({
    inputs: { train: prefix(stack, options) },
  });
const on =
  (type: InstanceType, options: Parameters<typeof TrainingResources.of>[1] = {}): Make =>
  () => ({
    resources: TrainingResources.of(type, options),
  });

/** Training jobs that between them use every property. */
export const TRAINING_JOBS: Record<string, Make> = {
  'an image alone': () => ({}),
  'a prefix': input({}),
  'a content type': input({ contentType: 'text/csv' }),
  shards: input({ distribution: S3DataDistribution.SHARDED_BY_S3_KEY }),
  'full copies': input({ distribution: S3DataDistribution.FULLY_REPLICATED }),
  FastFile: input({ inputMode: InputMode.FAST_FILE }),
  Pipe: input({ inputMode: InputMode.PIPE }),
  'Pipe, unpacked': input({ inputMode: InputMode.PIPE, compression: CompressionType.GZIP }),
  'Pipe, wrapped': input({ inputMode: InputMode.PIPE, recordIoWrapped: true }),
  shuffled: input({ inputMode: InputMode.PIPE, shuffleSeed: 0 }),
  'a manifest': (stack) => ({ inputs: { train: TrainingInput.fromManifest(bucket(stack), 'manifest.json') } }),
  'an augmented manifest': (stack) => ({
    inputs: {
      train: TrainingInput.fromAugmentedManifest(bucket(stack), 'a.json', {
        attributeNames: ['source-ref'],
        recordIoWrapped: true,
      }),
    },
  }),
  'several channels': (stack) => ({
    inputs: { train: prefix(stack), validation: prefix(stack), 'a.b-c_d': prefix(stack) },
  }),
  EFS: (stack) => ({
    vpc: vpc(stack),
    inputs: { train: TrainingInput.fromEfs(new efs.FileSystem(stack, 'Efs', { vpc: vpc(stack) }), '/train') },
  }),
  'FSx for Lustre': (stack) => ({
    vpc: vpc(stack),
    inputs: {
      train: TrainingInput.fromFsxLustre(
        fsx.LustreFileSystem.fromLustreFileSystemAttributes(stack, 'Fsx', {
          dnsName: 'fs',
          fileSystemId: 'fs-0123456789abcdef0',
          securityGroup: new ec2.SecurityGroup(stack, 'FsxGroup', { vpc: vpc(stack) }),
        }),
        '/mount/train',
      ),
    },
  }),
  hyperparameters: () => ({ hyperparameters: { eta: '0.1', name: '', objective: 'binary:logistic' } }),
  environment: () => ({ environment: { LOG_LEVEL: 'debug', EMPTY: '' } }),
  entrypoint: () => ({ entrypoint: ['python', 'train.py'] }),
  arguments: () => ({ arguments: ['--fast', '--epochs=3'] }),
  'entrypoint and arguments': () => ({ entrypoint: ['python'], arguments: ['train.py'] }),
  metrics: () => ({ metrics: [MetricDefinition.of('auc', 'auc=([0-9.]+)')] }),
  'several instances': on(InstanceType.ML_G5_12XLARGE, { instanceCount: 4 }),
  'a large volume': on(InstanceType.ML_M5_LARGE, { volumeSize: Size.gibibytes(500) }),
  'an encrypted volume': (stack) => on(InstanceType.ML_M5_LARGE, { volumeEncryptionKey: key(stack) })(stack),
  'a warm pool': on(InstanceType.ML_M5_LARGE, { keepAlive: Duration.hours(1) }),
  'a short run': () => ({ maxRuntime: Duration.minutes(5) }),
  'a long run that nobody waits for': () => ({ maxRuntime: Duration.days(28), wait: JobWait.none() }),
  'a run whose end by time is accepted': () => ({ maxRuntime: Duration.hours(1), acceptMaxRuntime: true }),
  spot: () => ({ maxRuntime: Duration.hours(1), spotMaxWait: Duration.hours(3) }),
  'spot with checkpoints': (stack) => ({
    maxRuntime: Duration.hours(1),
    spotMaxWait: Duration.hours(3),
    checkpoints: { bucket: bucket(stack), prefix: 'checkpoints/' },
  }),
  'checkpoints elsewhere': (stack) => ({
    checkpoints: { bucket: bucket(stack), prefix: 'c/', localPath: '/opt/ml/state' },
  }),
  retries: () => ({ maxRetryAttempts: 30 }),
  'a network': (stack) => ({ vpc: vpc(stack) }),
  'chosen subnets and groups': (stack) => ({
    vpc: vpc(stack),
    vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
    securityGroups: [new ec2.SecurityGroup(stack, 'Own', { vpc: vpc(stack) })],
  }),
  isolation: () => ({ networkIsolation: true }),
  'encrypted traffic': () => ({ encryptInterContainerTraffic: true }),
  'an output with a key': (stack) => ({
    output: TrainingOutput.toBucket(bucket(stack), 'models', { encryptionKey: key(stack) }),
  }),
  'an output that is not packed': (stack) => ({
    output: TrainingOutput.toBucket(bucket(stack), 'models', { compression: OutputCompression.NONE }),
  }),
  'a name and a revision': () => ({ trainingJobName: 'Churn', revision: '2' }),
  'an image of a repository': () => ({
    image: ContainerImage.fromRegistry('111122223333.dkr.ecr.eu-west-1.amazonaws.com/churn:1'),
  }),
  'an own algorithm': (stack) => ({
    image: undefined,
    algorithm: newAlgorithm(stack),
    inputs: { train: prefix(stack) },
    hyperparameters: { max_depth: '7' },
  }),
  'an own algorithm that streams': (stack) => ({
    image: undefined,
    algorithm: newAlgorithm(stack, {
      images: AlgorithmImages.split({ training: image('a'), inference: image('b') }),
      channels: [Channel.of('train', { inputModes: [InputMode.PIPE, InputMode.FILE] })],
    }),
    inputs: { train: prefix(stack) },
  }),
  'a subscribed algorithm': (stack) => ({
    image: undefined,
    algorithm: Algorithm.fromAlgorithmArn(
      stack,
      'Subscribed',
      'arn:aws:sagemaker:eu-west-1:999988887777:algorithm/churn',
    ),
  }),
};
