import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { serving } from '../../fake-engine';
import { OUTPUT, RESOURCES, ROLE, STOPPING, controlPlane, trainingJob } from './control-plane';

describe('The state changes that SageMaker publishes', () => {
  test('are those of a training job that succeeds, and of one that fails', async () => {
    const { call, changes } = controlPlane(({ spec }) => (spec.environment.TRAINING_JOB_NAME === 'good' ? 0 : 1));
    call('CreateTrainingJob', trainingJob('good'));
    await changes.until('good Completed');
    call('CreateTrainingJob', trainingJob('bad'));
    await changes.until('bad Failed');
    expect(changes.all).toEqual(['good InProgress', 'good Completed', 'bad InProgress', 'bad Failed']);
  });

  test('are those of a training job that is stopped', async () => {
    const { call, changes } = controlPlane(async ({ terminated }) => {
      await terminated;
      return 0;
    });
    call('CreateTrainingJob', trainingJob('job'));
    call('StopTrainingJob', { TrainingJobName: 'job' });
    await changes.until('job Stopped');
    expect(changes.all).toEqual(['job InProgress', 'job Stopping', 'job Stopped']);
  });

  test('are those of an algorithm, which is validated when its jobs have ended', async () => {
    const { call, changes, s3 } = controlPlane(() => 0);
    await s3.put('data', 'train/a.csv', Readable.from(['1,2']));
    const S3DataSource = { S3DataType: 'S3Prefix', S3Uri: 's3://data/train/' };
    const profile = {
      ProfileName: 'small',
      TrainingJobDefinition: {
        TrainingInputMode: 'File',
        InputDataConfig: [{ ChannelName: 'train', DataSource: { S3DataSource } }],
        OutputDataConfig: OUTPUT,
        ResourceConfig: RESOURCES,
        StoppingCondition: STOPPING,
      },
    };
    call('CreateAlgorithm', {
      AlgorithmName: 'churn',
      TrainingSpecification: {
        TrainingImage: 'churn:1',
        SupportedTrainingInstanceTypes: ['ml.m5.large'],
        TrainingChannels: [{ Name: 'train', SupportedContentTypes: ['text/csv'], SupportedInputModes: ['File'] }],
      },
      ValidationSpecification: { ValidationRole: ROLE, ValidationProfiles: [profile] },
    });
    await changes.until('churn Completed');
    expect(changes.all.filter((change) => change.startsWith('churn '))).toEqual([
      'churn InProgress',
      'churn Completed',
    ]);
  });

  test('are those of a training job of an algorithm with a required hyperparameter', async () => {
    const files: string[] = [];
    const { call, changes, s3 } = controlPlane((inside) => {
      files.push(readFileSync(inside.host('/opt/ml/input/config/hyperparameters.json'), 'utf8'));
      return 0;
    });
    await s3.put('data', 'train/a.csv', Readable.from(['1,2']));
    call('CreateAlgorithm', {
      AlgorithmName: 'churn',
      TrainingSpecification: {
        TrainingImage: 'churn:1',
        SupportedTrainingInstanceTypes: ['ml.m5.large'],
        SupportedHyperParameters: [{ Name: 'depth', Type: 'Integer', IsRequired: true }],
        TrainingChannels: [{ Name: 'train', SupportedContentTypes: ['text/csv'], SupportedInputModes: ['File'] }],
      },
    });
    const S3DataSource = { S3DataType: 'S3Prefix', S3Uri: 's3://data/train/' };
    call('CreateTrainingJob', {
      ...trainingJob('job'),
      AlgorithmSpecification: { AlgorithmName: 'churn', TrainingInputMode: 'File' },
      InputDataConfig: [{ ChannelName: 'train', DataSource: { S3DataSource }, ContentType: 'text/csv' }],
      HyperParameters: { depth: '3' },
    });
    await changes.ended('job');
    expect(changes.all.at(-1)).toBe('job Completed');
    expect(files).toEqual(['{"depth":"3"}']);
  });

  test('are those of a transform job, which fails because of one object and keeps the outputs of the others', async () => {
    const { call, changes, s3, logs } = controlPlane(
      serving((inside) => ({
        listener: (request, response) => {
          inside.print('request');
          let body = '';
          request.on('data', (chunk: Buffer) => (body += chunk.toString()));
          request.on('end', () => response.writeHead(body === 'bad' ? 400 : 200).end(body));
        },
      })),
    );
    for (const [key, body] of Object.entries({ a: 'good', b: 'bad', c: 'good' })) {
      await s3.put('data', `in/${key}`, Readable.from([body]));
    }
    call('CreateModel', { ModelName: 'model', PrimaryContainer: { Image: 'churn:1' } });
    call('CreateTransformJob', {
      TransformJobName: 'job',
      ModelName: 'model',
      TransformInput: { DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/in/' } } },
      TransformOutput: OUTPUT,
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
    });
    await changes.ended('job');
    expect(call('DescribeTransformJob', { TransformJobName: 'job' })).toMatchObject({
      TransformJobStatus: 'Failed',
      FailureReason:
        'ClientError: 1 of 3 objects have failed, and have no output.\nb: Received status 400 from the model with message "bad".',
    });
    expect(s3.keys('data', 'out/')).toEqual(['out/a.out', 'out/c.out']);
    const streams = new Set(logs.of('job').map(({ stream }) => stream));
    expect([...streams]).toEqual([expect.stringMatching(/^job\/i-[0-9a-f]{17}-\d{10}$/)]);
  });

  test('are those of a tuning job, which continues when one of its training jobs has ended', async () => {
    const { call, changes } = controlPlane((inside) => {
      inside.print('loss=0.5;');
      return 0;
    });
    call('CreateHyperParameterTuningJob', {
      HyperParameterTuningJobName: 'tune',
      HyperParameterTuningJobConfig: {
        Strategy: 'Random',
        HyperParameterTuningJobObjective: { Type: 'Minimize', MetricName: 'loss' },
        ResourceLimits: { MaxNumberOfTrainingJobs: 2, MaxParallelTrainingJobs: 1 },
      },
      TrainingJobDefinition: {
        RoleArn: ROLE,
        AlgorithmSpecification: {
          TrainingImage: 'churn:1',
          TrainingInputMode: 'File',
          MetricDefinitions: [{ Name: 'loss', Regex: 'loss=(.*?);' }],
        },
        HyperParameterRanges: { ContinuousParameterRanges: [{ Name: 'rate', MinValue: '0', MaxValue: '1' }] },
        OutputDataConfig: OUTPUT,
        ResourceConfig: RESOURCES,
        StoppingCondition: STOPPING,
      },
    });
    await changes.until('tune Completed');
    expect(changes.all.map((change) => change.replace(/^tune-(\d+)-\w+/, '$1'))).toEqual([
      'tune InProgress',
      '001 InProgress',
      '001 Completed',
      '002 InProgress',
      '002 Completed',
      'tune Completed',
    ]);
  });

  test('are the approvals of a model package, and not the changes of its metadata', () => {
    const { call, changes } = controlPlane(() => 0);
    call('CreateModelPackageGroup', { ModelPackageGroupName: 'group' });
    const { ModelPackageArn } = call('CreateModelPackage', {
      ModelPackageGroupName: 'group',
      SourceUri: 's3://data/model',
    }) as { ModelPackageArn: string };
    call('UpdateModelPackage', { ModelPackageArn, CustomerMetadataProperties: { a: 'b' } });
    call('UpdateModelPackage', { ModelPackageArn, ModelApprovalStatus: 'Approved' });
    expect(changes.all).toEqual(['package PendingManualApproval', 'package Approved']);
  });

  test('are those of an endpoint whose containers do not become healthy, up to its deletion', async () => {
    const { call, changes } = controlPlane(() => 1);
    call('CreateModel', { ModelName: 'model', PrimaryContainer: { Image: 'churn:1' } });
    const ProductionVariants = [{ VariantName: 'main', ModelName: 'model', InitialInstanceCount: 1 }];
    call('CreateEndpointConfig', { EndpointConfigName: 'config', ProductionVariants });
    call('CreateEndpoint', { EndpointName: 'endpoint', EndpointConfigName: 'config' });
    await changes.until('endpoint Failed');
    call('DeleteEndpoint', { EndpointName: 'endpoint' });
    await changes.until('endpoint Deleted');
    expect(changes.all).toEqual(['Creating', 'Failed', 'Deleting', 'Deleted'].map((status) => `endpoint ${status}`));
  });
});

test('The log of a training job names the files that its model artifact does not contain', async () => {
  const { call, changes, logs } = controlPlane((inside) => {
    execFileSync('mkfifo', [inside.host('/opt/ml/model/pipe')]);
    return 0;
  });
  call('CreateTrainingJob', trainingJob('job'));
  await changes.until('job Completed');
  expect(logs.of('job').map(({ event }) => event.message)).toEqual([
    'Not uploaded: /opt/ml/model/pipe, because it is a FIFO. A model artifact consists of files and directories (see B34 of the contract).',
  ]);
});
