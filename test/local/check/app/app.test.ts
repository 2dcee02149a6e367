import {
  App,
  CfnCondition,
  type CfnResource,
  Duration,
  Fn,
  NestedStack,
  Size,
  Stack,
  aws_ecr as ecr,
  aws_ecr_assets as ecr_assets,
  aws_s3 as s3,
  aws_s3_deployment as deployment,
} from 'aws-cdk-lib';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { exampleApp } from '../../../../bin/app';
import {
  AlgorithmImages,
  Channel,
  ContainerImage,
  EndpointConfig,
  HyperparameterRange,
  InstanceType,
  MetricDefinition,
  Model,
  ModelData,
  Objective,
  ProcessingInput,
  ProcessingJob,
  type ProcessingJobProps,
  ProcessingOutput,
  ProcessingResources,
  Processor,
  ProductionVariant,
  S3Location,
  SplitType,
  TrainingInput,
  TrainingJob,
  TrainingOutput,
  TrainingResources,
  TransformInput,
  TransformJob,
  TransformOutput,
  TransformResources,
  TuningJob,
} from '../../../../lib';
import { type AppSubject, type Samples, subjectsOfApp } from '../../../../local/check/app';
import { withRun } from '../../../../local/container';
import { monitoredEndpoint, newWorkflow, processingEvaluation } from '../../../continuous-fixtures';
import { IMAGE_DIRECTORY, newAlgorithm, PlainImage } from '../../../stacks';
import { FakeEngine } from '../../fake-engine';

const NONE: Samples = { channels: new Map(), requests: [] };

function scratch(): string {
  return mkdtempSync(path.join(tmpdir(), 'test-'));
}

/** The subjects of an app; `use` runs while the files that were created for them exist. */
function subjectsOf(
  app: App,
  samples: Partial<Samples> = {},
  use: (subjects: AppSubject[]) => void = () => undefined,
): Promise<AppSubject[]> {
  const { directory } = app.synth();
  return withRun(new FakeEngine(), (run) => {
    const subjects = subjectsOfApp(run, directory, { ...NONE, ...samples });
    use(subjects);
    return Promise.resolve(subjects);
  });
}

async function only(app: App, samples: Partial<Samples> = {}): Promise<AppSubject> {
  const subjects = await subjectsOf(app, samples);
  expect(subjects).toHaveLength(1);
  return subjects[0];
}

function appWith(build: (stack: Stack) => void): App {
  const app = new App();
  build(new Stack(app, 'Stack'));
  return app;
}

const bucketOf = (stack: Stack): s3.IBucket =>
  (stack.node.tryFindChild('bucket') as s3.IBucket | undefined) ?? s3.Bucket.fromBucketName(stack, 'bucket', 'data');
const asset = (): ContainerImage => ContainerImage.fromAsset(IMAGE_DIRECTORY, { processor: Processor.CPU });
const train = scratch();

const job = (stack: Stack, props: object = {}): TrainingJob =>
  new TrainingJob(stack, 'Train', {
    image: asset(),
    inputs: { train: TrainingInput.fromBucket(bucketOf(stack), 'rows/') },
    resources: TrainingResources.of(InstanceType.ML_M5_XLARGE, { instanceCount: 2 }),
    output: TrainingOutput.toBucket(bucketOf(stack), 'models'),
    ...props,
  });

function newTuning(stack: Stack): TuningJob {
  return new TuningJob(stack, 'Tune', {
    definitions: [
      {
        image: asset(),
        metrics: [MetricDefinition.of('auc', 'auc=([0-9.]+)')],
        objective: Objective.maximize('auc'),
        ranges: [
          HyperparameterRange.continuous('eta', { min: 0.01, max: 0.5 }),
          HyperparameterRange.categorical('booster', ['tree', 'linear']),
        ],
        resources: TrainingResources.of(InstanceType.ML_M5_XLARGE),
      },
    ],
    output: TrainingOutput.toBucket(bucketOf(stack), 'tuned'),
  });
}

describe('The example app', () => {
  test.each(['combined', 'split'])(
    'with the layout "%s" contains everything that its check requires except sample requests',
    async (layout) => {
      const request = { file: 'request.csv', contentType: 'text/csv' };
      const other = { file: 'request.png', contentType: 'image/png' };
      let files: string[] = [];
      const app = exampleApp(new App({ context: { layout } }));
      const [{ path: where, subject, errors }, ...others] = await subjectsOf(
        app,
        { requests: [request, other] },
        ([example]) => {
          const [channel] = example.subject?.training?.channels ?? [];
          files = readdirSync(channel.directory);
        },
      );
      expect([where, errors, others]).toEqual(['BreastCancer/Train', [], []]);
      expect(subject?.training).toMatchObject({
        hyperparameters: { alpha: '0.001', epochs: '30', penalty: 'l2', pause_seconds: '0' },
        channels: [
          { name: 'train', contentType: 'text/csv', inputMode: 'File' },
          { name: 'validation', contentType: 'text/csv' },
        ],
        objectives: ['validation:auc', 'train:loss'],
        instanceCount: 1,
        hasCheckpoints: false,
      });
      expect(subject?.training?.metrics?.map(({ name }) => name)).toEqual([
        'train:loss',
        'validation:accuracy',
        'validation:auc',
      ]);
      expect(files).toEqual([expect.stringMatching(/\.csv$/)]);
      expect(subject?.serving).toMatchObject({
        requests: [request],
        accepts: ['application/json', 'text/csv'],
        isServerless: false,
        isMultiModel: false,
      });
      const targets = [subject?.training?.source.target, subject?.serving?.source.target];
      expect(targets).toEqual(layout === 'split' ? ['training', 'inference'] : [undefined, undefined]);
      expect(readFileSync(path.join(subject?.training?.source.source ?? '', 'Dockerfile'), 'utf8')).toContain('FROM');
      expect(subject).toMatchObject({ isGpu: false, platforms: { training: 'linux/amd64', serving: 'linux/amd64' } });
    },
  );
});

describe('A training job of an app', () => {
  test('whose data is not part of the app needs a sample, which the error names', async () => {
    const { subject, errors } = await only(appWith((stack) => void job(stack)));
    expect(subject).toBeUndefined();
    expect(errors).toEqual(['Stack/Train: channel "train" needs a sample of s3://data/rows/: --channel train=DIR']);
  });

  test('with a sample is checked with its instances, isolation, checkpoints, metric definitions and entry point', async () => {
    const { subject } = await only(
      appWith(
        (stack) =>
          void job(stack, {
            checkpoints: { location: S3Location.fromBucket(bucketOf(stack), 'checkpoints'), localPath: '/state' },
            networkIsolation: true,
            hyperparameters: { depth: '3' },
            metrics: [MetricDefinition.of('loss', 'loss=(.*)')],
            entrypoint: ['python3', 'main.py'],
            environment: { MODE: 'fast' },
          }),
      ),
      { channels: new Map([['train', train]]) },
    );
    expect(subject?.training).toMatchObject({
      channels: [{ name: 'train', directory: train, inputMode: 'File' }],
      instanceCount: 2,
      networkIsolation: true,
      hasCheckpoints: true,
      checkpointsTarget: '/state',
      hyperparameters: { depth: '3' },
      metrics: [{ name: 'loss', regex: 'loss=(.*)' }],
      entrypoint: ['python3', 'main.py'],
      environment: { MODE: 'fast' },
    });
    expect(subject?.serving).toBeUndefined();
    expect(subject?.requests).toEqual([{ operation: 'CreateTrainingJob', input: expect.anything() as unknown }]);
  });

  test('uses the data that the app itself deploys to the location of the channel', async () => {
    const data = scratch();
    writeFileSync(path.join(data, 'rows.csv'), '1,2\n');
    let found: string[] = [];
    const app = appWith((stack) => {
      const bucket = new s3.Bucket(stack, 'bucket');
      const sources = [deployment.Source.asset(data)];
      new deployment.BucketDeployment(stack, 'Data', {
        destinationBucket: bucket,
        destinationKeyPrefix: 'rows',
        sources,
      });
      job(stack);
    });
    await subjectsOf(app, {}, ([{ subject }]) => {
      found = readdirSync(subject?.training?.channels?.[0].directory ?? '');
    });
    expect(found).toEqual(['rows.csv']);
  });

  test('with an image of another registry is checked with the image of this name', async () => {
    const { subject } = await only(
      appWith((stack) => void job(stack, { image: new PlainImage('example.com/trainer:1') })),
      { channels: new Map([['train', train]]) },
    );
    expect(subject?.training?.source).toEqual({ source: 'example.com/trainer:1' });
  });

  test('on GPU instances is checked for GPUs', async () => {
    const resources = TrainingResources.of(InstanceType.ML_G5_XLARGE);
    const { subject } = await only(
      appWith((stack) => void job(stack, { resources, image: ContainerImage.fromAsset(IMAGE_DIRECTORY) })),
      { channels: new Map([['train', train]]) },
    );
    expect(subject?.isGpu).toBe(true);
    expect(subject?.training?.gpus).toBeUndefined();
  });

  test('on GPU instances is run with the GPUs of this machine if the caller wants that, and on other instances without', async () => {
    const runs = [InstanceType.ML_G5_XLARGE, InstanceType.ML_M5_XLARGE].map(async (type) => {
      const resources = TrainingResources.of(type);
      const { subject } = await only(
        appWith((stack) => void job(stack, { resources, image: ContainerImage.fromAsset(IMAGE_DIRECTORY) })),
        { channels: new Map([['train', train]]), usesGpus: true },
      );
      return subject?.training?.gpus;
    });
    expect(await Promise.all(runs)).toEqual([true, false]);
  });
});

test('A tuning job is checked with trials at both limits of its ranges', async () => {
  const { subject } = await only(appWith((stack) => void newTuning(stack)));
  expect(subject?.training).toMatchObject({
    objectives: ['auc'],
    trials: [
      { eta: '0.01', booster: 'tree' },
      { eta: '0.5', booster: 'linear' },
    ],
  });
});

test('An algorithm without a training job is checked with what it declares', async () => {
  const { path: where, subject } = await only(
    appWith(
      (stack) =>
        void newAlgorithm(stack, {
          images: AlgorithmImages.combined(asset()),
          channels: [Channel.pipe('train', { contentTypes: ['text/csv'] })],
        }),
    ),
    { channels: new Map([['train', train]]) },
  );
  expect(where).toBe('Stack/Algorithm');
  expect(subject?.training).toMatchObject({
    channels: [{ name: 'train', contentType: 'text/csv', supportedModes: ['Pipe'] }],
    hyperparameters: { max_depth: '6' },
  });
});

describe('A model of an app', () => {
  const model = (stack: Stack, props: object = {}): Model =>
    new Model(stack, 'Model', {
      image: asset(),
      modelData: ModelData.fromObject(bucketOf(stack), 'model.tar.gz'),
      ...props,
    });

  test('of a serverless endpoint is checked for serverless inference', async () => {
    const { subject } = await only(
      appWith((stack) => {
        const variant = ProductionVariant.serverless('main', {
          model: model(stack),
          maxConcurrency: 5,
          memory: Size.mebibytes(2048),
        });
        new EndpointConfig(stack, 'Config', { variants: [variant] });
      }),
      { model: 'model.tar.gz' },
    );
    expect(subject?.training).toBeUndefined();
    expect(subject?.serving).toMatchObject({ isServerless: true, model: 'model.tar.gz' });
  });

  test('on Graviton instances is checked with an image for linux/arm64', async () => {
    const { subject } = await only(
      appWith((stack) => {
        const image = ContainerImage.fromAsset(IMAGE_DIRECTORY, {
          processor: Processor.CPU,
          platform: ecr_assets.Platform.LINUX_ARM64,
        });
        const variant = ProductionVariant.instances('main', {
          model: model(stack, { image }),
          instanceType: InstanceType.of('ml.c7g.large'),
        });
        new EndpointConfig(stack, 'Config', { variants: [variant] });
      }),
      { model: 'model.tar.gz' },
    );
    expect(subject?.platforms.serving).toBe('linux/arm64');
    expect(subject?.serving?.source.platform).toBe('linux/arm64');
  });

  test('on Grace Blackwell instances is checked with an image for linux/arm64, and for GPUs', async () => {
    const { subject } = await only(
      appWith((stack) => {
        const image = ContainerImage.fromAsset(IMAGE_DIRECTORY, {
          processor: Processor.GPU,
          platform: ecr_assets.Platform.LINUX_ARM64,
        });
        const variant = ProductionVariant.instances('main', {
          model: model(stack, { image }),
          instanceType: InstanceType.of('ml.p6e-gb200.36xlarge'),
        });
        new EndpointConfig(stack, 'Config', { variants: [variant] });
      }),
      { model: 'model.tar.gz' },
    );
    expect(subject?.platforms.serving).toBe('linux/arm64');
    expect(subject?.isGpu).toBe(true);
  });

  test('of a batch transform job is checked with the settings of the job', async () => {
    const { subject } = await only(
      appWith((stack) => {
        new TransformJob(stack, 'Transform', {
          model: model(stack),
          input: TransformInput.fromBucket(bucketOf(stack), 'in/', { splitType: SplitType.LINE }),
          output: TransformOutput.toBucket(bucketOf(stack), 'out'),
          resources: TransformResources.of(InstanceType.ML_M5_XLARGE),
          maxConcurrentTransforms: 4,
        });
      }),
      { model: 'model.tar.gz' },
    );
    expect(subject?.serving?.transform).toMatchObject({ split: 'Line', maxConcurrentTransforms: 4 });
    expect(subject?.requests?.map(({ operation }) => operation)).toEqual(['CreateTransformJob']);
  });

  test('whose data is not part of the app needs a sample', async () => {
    const { errors } = await only(appWith((stack) => void model(stack)));
    expect(errors).toEqual(['Stack/Model: the model needs a sample of s3://data/model.tar.gz: --model FILE']);
  });

  test('whose data is an asset is checked with this asset', async () => {
    const file = path.join(scratch(), 'model.tar.gz');
    writeFileSync(file, 'a model');
    let text = '';
    const app = appWith((stack) => void model(stack, { modelData: ModelData.fromAsset(file) }));
    await subjectsOf(app, {}, ([{ subject }]) => {
      const served = subject?.serving === undefined ? undefined : subject.serving.model;
      text = readFileSync(served ?? '', 'utf8');
    });
    expect(text).toBe('a model');
  });

  test('of an asynchronous endpoint is checked with the time limits of asynchronous inference and of its variant', async () => {
    const { subject } = await only(
      appWith((stack) => {
        const location = S3Location.fromBucket(bucketOf(stack), 'asynchronous/');
        const variant = ProductionVariant.instances('main', {
          model: model(stack),
          instanceType: InstanceType.ML_M5_LARGE,
          startupHealthCheckTimeout: Duration.minutes(30),
        });
        new EndpointConfig(stack, 'Config', {
          variants: [variant],
          asyncInference: { input: location, output: location },
        });
      }),
      { model: 'model.tar.gz' },
    );
    expect(subject?.serving).toMatchObject({ isAsync: true, startUpSeconds: 1800 });
  });

  test('with several containers is checked container by container, the trained one together with its training job', async () => {
    const subjects = await subjectsOf(
      appWith((stack) => {
        const trained = job(stack);
        const image = new PlainImage('preprocess:1');
        new Model(stack, 'Model', { containers: [{ image }, { image: asset(), modelData: trained.modelData }] });
      }),
      { channels: new Map([['train', train]]) },
    );
    expect(subjects.map(({ path: where }) => where)).toEqual(['Stack/Train', 'Stack/Model (container 1)']);
    const [trained, other] = subjects.map(({ subject }) => subject?.serving);
    expect(trained).toMatchObject({
      isPipeline: true,
      source: { source: expect.stringContaining('asset.') as string },
    });
    expect(other).toMatchObject({ isPipeline: true, source: { source: 'preprocess:1' } });
  });

  test('in a nested stack is found, with the parameters of the nested stack', async () => {
    const { path: where, errors } = await only(
      appWith((stack) => {
        const bucket = new s3.Bucket(stack, 'bucket');
        const nested = new NestedStack(stack, 'Inner');
        new Model(nested, 'Model', { image: asset(), modelData: ModelData.fromObject(bucket, 'model.tar.gz') });
      }),
    );
    expect(where).toBe('Stack/Inner/Model');
    expect(errors).toEqual([
      expect.stringMatching(
        /^Stack\/Inner\/Model: the model needs a sample of s3:\/\/\{\{Stack\.bucket\w+\}\}\/model\.tar\.gz:/,
      ),
    ]);
  });

  test('whose condition does not hold is not checked', async () => {
    const app = appWith((stack) => {
      const never = new CfnCondition(stack, 'Never', { expression: Fn.conditionEquals('a', 'b') });
      (model(stack).node.findChild('Resource') as CfnResource).cfnOptions.condition = never;
    });
    expect(await subjectsOf(app)).toEqual([]);
  });

  test('whose image is in a repository of the same app cannot be checked', async () => {
    const { errors } = await only(
      appWith((stack) => {
        const repository = new ecr.Repository(stack, 'Repository');
        new Model(stack, 'Model', { image: ContainerImage.fromEcrRepository(repository, { tag: '1' }) });
      }),
    );
    expect(errors).toEqual([expect.stringMatching(/^Stack\/Model: the image .*:1 is not built by the app/)]);
  });
});

describe('The container of an endpoint monitor', () => {
  const monitored = (): App =>
    appWith((stack) => {
      monitoredEndpoint(stack);
      newWorkflow(stack, { evaluation: processingEvaluation(stack) });
    });

  test('is checked with the environment of a monitor, whose endpoint and window are those of the sample', async () => {
    const captured = scratch();
    mkdirSync(path.join(captured, 'churn'));
    const inputs = new Map([
      ['endpoint', captured],
      ['baseline', train],
    ]);
    const subjects = await subjectsOf(monitored(), { inputs, model: 'model.tar.gz' });
    expect(subjects.map(({ path: where, errors }) => [where, errors])).toContainEqual(['Stack/Endpoint/Drift', []]);
    const processed = subjects.flatMap(({ subject }) => subject?.processing ?? []);
    expect(processed).toEqual([
      {
        source: { source: expect.stringContaining('monitor') as unknown },
        inputs: [
          { name: 'baseline', target: '/opt/ml/processing/input/baseline', directory: train },
          { name: 'endpoint', target: '/opt/ml/processing/input/endpoint', directory: captured },
        ],
        outputs: [{ name: 'report', target: '/opt/ml/processing/output/report' }],
        environment: {
          dataset_format: '{"sagemakerCaptureJson":{"captureIndexNames":["endpointInput","endpointOutput"]}}',
          dataset_source: '/opt/ml/processing/input/endpoint',
          output_path: '/opt/ml/processing/output/report',
          publish_cloudwatch_metrics: 'Disabled',
          sagemaker_endpoint_name: 'churn',
          sagemaker_monitoring_schedule_name: 'drift',
          start_time: '1970-01-01T00:00:00Z',
          end_time: '2100-01-01T00:00:00Z',
          baseline_source: '/opt/ml/processing/input/baseline',
          baseline_constraints: '/opt/ml/processing/input/baseline/constraints.json',
          baseline_statistics: '/opt/ml/processing/input/baseline/statistics.json',
        },
        instanceCount: 1,
        isMonitor: true,
      },
    ]);
  });

  test('needs samples of the captured data and of the baseline', async () => {
    const subjects = await subjectsOf(monitored());
    expect(subjects.find(({ path: where }) => where === 'Stack/Endpoint/Drift')?.errors).toEqual([
      'Stack/Endpoint/Drift: input "baseline" needs a sample of s3://data/baseline/: --input baseline=DIR',
      'Stack/Endpoint/Drift: input "endpoint" needs a sample: --input endpoint=DIR',
    ]);
  });
});

describe('A processing job', () => {
  const prepare = (stack: Stack, props: Partial<ProcessingJobProps> = {}): ProcessingJob =>
    new ProcessingJob(stack, 'Prepare', {
      image: asset(),
      resources: ProcessingResources.of(InstanceType.ML_M5_XLARGE, { instanceCount: 2 }),
      ...props,
    });
  const rows = (stack: Stack): Partial<ProcessingJobProps> => ({
    inputs: { rows: ProcessingInput.fromBucket(bucketOf(stack), 'rows/', { localPath: '/opt/ml/processing/rows' }) },
  });

  test('is checked with the container, the data and the request of its template', async () => {
    const {
      path: where,
      subject,
      errors,
    } = await only(
      appWith((stack) => {
        prepare(stack, {
          ...rows(stack),
          outputs: { train: ProcessingOutput.toBucket(bucketOf(stack), 'train') },
          entrypoint: ['python3', '/prepare.py'],
          arguments: ['--rows', '10'],
          environment: { LOG_LEVEL: 'debug' },
          networkIsolation: true,
        });
      }),
      { inputs: new Map([['rows', train]]) },
    );
    expect(errors).toEqual([]);
    expect(where).toBe('Stack/Prepare');
    expect(subject?.processing).toEqual({
      source: expect.objectContaining({ source: expect.stringContaining('asset.') as unknown }) as unknown,
      inputs: [{ name: 'rows', target: '/opt/ml/processing/rows', directory: train }],
      outputs: [{ name: 'train', target: '/opt/ml/processing/output/train' }],
      entrypoint: ['python3', '/prepare.py'],
      arguments: ['--rows', '10'],
      environment: { LOG_LEVEL: 'debug' },
      instanceCount: 2,
      networkIsolation: true,
    });
    expect(subject).toMatchObject({ isGpu: false, platforms: { processing: 'linux/amd64' } });
    expect([subject?.training, subject?.serving]).toEqual([undefined, undefined]);
    expect(subject?.requests?.map(({ operation }) => operation)).toEqual(['CreateProcessingJob']);
  });

  test('whose input is not part of the app needs a sample', async () => {
    const { errors, subject } = await only(appWith((stack) => void prepare(stack, rows(stack))));
    expect(errors).toEqual(['Stack/Prepare: input "rows" needs a sample of s3://data/rows/: --input rows=DIR']);
    expect(subject).toBeUndefined();
  });

  test('whose input is an asset is checked with this asset, which a sample replaces', async () => {
    const file = path.join(scratch(), 'rows.csv');
    writeFileSync(file, '1,2');
    const app = (): App =>
      appWith((stack) => void prepare(stack, { inputs: { rows: ProcessingInput.fromAsset(file) } }));
    let text = '';
    await subjectsOf(app(), {}, ([{ subject }]) => {
      const directory = subject?.processing?.inputs?.[0].directory ?? '';
      text = readFileSync(path.join(directory, readdirSync(directory)[0]), 'utf8');
    });
    expect(text).toBe('1,2');
    const { subject } = await only(app(), { inputs: new Map([['rows', train]]) });
    expect(subject?.processing?.inputs?.[0].directory).toBe(train);
  });

  test('that reads what a training job has written needs a sample, and is checked in addition to the training job', async () => {
    const subjects = await subjectsOf(
      appWith((stack) => {
        prepare(stack, { inputs: { model: ProcessingInput.fromModelData(job(stack).modelData) } });
      }),
      { channels: new Map([['train', train]]), inputs: new Map([['model', train]]) },
    );
    expect(subjects.map(({ path: where, errors }) => [where, errors])).toEqual([
      ['Stack/Train', []],
      ['Stack/Prepare', []],
    ]);
    expect(subjects[1].subject?.processing?.inputs).toEqual([
      { name: 'model', target: '/opt/ml/processing/input/model', directory: train },
    ]);
  });

  test('on preferred instance types with GPUs is checked with the first number of instances, and for GPUs', async () => {
    const { subject } = await only(
      appWith((stack) => {
        const preferences = [InstanceType.ML_G5_12XLARGE, InstanceType.ML_G6_12XLARGE].map((instanceType, index) => ({
          instanceType,
          instanceCount: 4 - index,
        }));
        prepare(stack, {
          image: ContainerImage.fromAsset(IMAGE_DIRECTORY, { processor: Processor.GPU }),
          resources: ProcessingResources.preferring(preferences),
        });
      }),
    );
    expect(subject).toMatchObject({ isGpu: true, processing: { instanceCount: 4 } });
  });

  test('whose image is in a repository of the same app cannot be checked', async () => {
    const { errors } = await only(
      appWith((stack) => {
        const repository = new ecr.Repository(stack, 'Repository');
        prepare(stack, { image: ContainerImage.fromEcrRepository(repository, { tag: '1' }) });
      }),
    );
    expect(errors).toEqual([expect.stringMatching(/^Stack\/Prepare: the image .*:1 is not built by the app/)]);
  });
});

test('The best model of a tuning job is checked together with the tuning job', async () => {
  const { path: where, subject } = await only(
    appWith((stack) => {
      const tuning = newTuning(stack);
      new Model(stack, 'Model', { image: asset(), modelData: tuning.bestModelData });
    }),
  );
  expect(where).toBe('Stack/Tune');
  expect(subject?.training).toBeDefined();
  expect(subject?.serving).toBeDefined();
});

test('A directory without a manifest is an error that names the directory to pass', async () => {
  const directory = scratch();
  const reading = withRun(new FakeEngine(), (run) => Promise.resolve(subjectsOfApp(run, directory, NONE)));
  await expect(reading).rejects.toThrow(
    `"${path.join(directory, 'manifest.json')}" does not exist: pass the output directory of \`cdk synth\``,
  );
});
