import { Readable } from 'node:stream';
import { OUTPUT, controlPlane, trainingJob } from './control-plane';

const S3DataSource = { S3DataType: 'S3Prefix', S3Uri: 's3://data/in/' };
const CALLER = { IamIdentity: { Arn: 'arn:aws:iam::000000000000:user/local', PrincipalId: 'LOCAL' } };

const { call, changes, s3 } = controlPlane(() => 0);

describe('A Describe operation returns what the service fills in', () => {
  test('for a training job, which downloads its data before it trains', async () => {
    await s3.put('data', 'in/a.csv', Readable.from(['1']));
    call('CreateTrainingJob', {
      ...trainingJob('job'),
      InputDataConfig: [{ ChannelName: 'train', DataSource: { S3DataSource } }],
    });
    const { ModelArtifacts } = call('DescribeTrainingJob', { TrainingJobName: 'job' }) as { ModelArtifacts: object };
    expect(ModelArtifacts).toEqual({ S3ModelArtifacts: 's3://data/out/job/output/model.tar.gz' });
    await changes.until('job Completed');
    const job = call('DescribeTrainingJob', { TrainingJobName: 'job' }) as {
      SecondaryStatusTransitions: { Status: string; StatusMessage: string }[];
    };
    expect(job).toMatchObject({
      ModelArtifacts,
      EnableNetworkIsolation: false,
      EnableInterContainerTrafficEncryption: false,
      EnableManagedSpotTraining: false,
      ProfilingStatus: 'Disabled',
      AlgorithmSpecification: { EnableSageMakerMetricsTimeSeries: false },
      InputDataConfig: [{ CompressionType: 'None', RecordWrapperType: 'None' }],
      OutputDataConfig: { KmsKeyId: '', CompressionType: 'GZIP', ...OUTPUT },
      BillableTimeInSeconds: expect.any(Number) as number,
    });
    expect(job.SecondaryStatusTransitions.map(({ Status, StatusMessage }) => `${Status}: ${StatusMessage}`)).toEqual([
      'Starting: Preparing the instances for training',
      'Downloading: Downloading input data',
      'Training: Training image download completed. Training in progress.',
      'Uploading: Uploading generated training model',
      'Completed: Training job completed',
    ]);
  });

  test('for a model, its endpoint configuration, and an asynchronous endpoint whose configuration was deleted', async () => {
    const Image = 'churn:1';
    call('CreateModel', { ModelName: 'model', PrimaryContainer: { Image } });
    const AsyncInferenceConfig = { OutputConfig: { S3OutputPath: 's3://data/async' } };
    const variant = { VariantName: 'a', ModelName: 'model', InstanceType: 'ml.m5.large', InitialInstanceCount: 1 };
    const EndpointConfigName = 'config';
    call('CreateEndpointConfig', { EndpointConfigName, ProductionVariants: [variant], AsyncInferenceConfig });
    call('CreateEndpoint', { EndpointName: 'endpoint', EndpointConfigName });
    expect(call('DescribeModel', { ModelName: 'model' })).toMatchObject({
      EnableNetworkIsolation: false,
      PrimaryContainer: { Image, Mode: 'SingleModel', Environment: {} },
    });
    expect(call('DescribeEndpointConfig', { EndpointConfigName })).toMatchObject({
      EnableNetworkIsolation: false,
      ProductionVariants: [{ ...variant, InitialVariantWeight: 1 }],
    });
    expect(call('DescribeEndpoint', { EndpointName: 'endpoint' })).toMatchObject({ AsyncInferenceConfig });
    await changes.until('endpoint Failed');
    call('DeleteEndpointConfig', { EndpointConfigName });
    expect(call('DescribeEndpoint', { EndpointName: 'endpoint' })).toMatchObject({ EndpointName: 'endpoint' });
  });

  test('for a version of a model package group', () => {
    const ModelPackageGroupName = 'group';
    call('CreateModelPackageGroup', { ModelPackageGroupName });
    const InferenceSpecification = {
      Containers: [{ Image: 'churn:1' }],
      SupportedContentTypes: ['text/csv'],
      SupportedResponseMIMETypes: ['text/csv'],
    };
    const { ModelPackageArn } = call('CreateModelPackage', { ModelPackageGroupName, InferenceSpecification }) as {
      ModelPackageArn: string;
    };
    expect(call('DescribeModelPackage', { ModelPackageName: ModelPackageArn })).toMatchObject({
      ModelPackageName: 'group/1',
      CertifyForMarketplace: false,
      CreatedBy: CALLER,
    });
    call('UpdateModelPackage', { ModelPackageArn, ModelApprovalStatus: 'Approved' });
    expect(call('DescribeModelPackage', { ModelPackageName: ModelPackageArn })).toMatchObject({
      LastModifiedBy: CALLER,
    });
    const group = call('DescribeModelPackageGroup', { ModelPackageGroupName }) as object;
    expect(group).toMatchObject({ CreatedBy: CALLER });
    expect(group).not.toHaveProperty('lastVersion');
    expect(() => call('CreateModelPackage', { ModelPackageGroupName })).toThrow(
      'One of InferenceSpecification and SourceAlgorithmSpecification is required.',
    );
  });
});
