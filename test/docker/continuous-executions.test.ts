import { DescribeTrainingJobCommand, ListTrainingJobsCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { RedriveExecutionCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { LifecycleApp } from './lifecycle-app';
import { BYOA, containers, until } from './local-machine';

const { BUCKET, WORKFLOW } = LifecycleApp;
const lifecycle = new LifecycleApp();
const { machine } = lifecycle;

beforeAll(async () => {
  await machine.up();
  await lifecycle.deployTraining();
});
afterAll(() => machine.remove());

/** The behavior of the jobs that start from now on. */
async function setBehavior({ way = 'completes', evaluation = 'completes' } = {}): Promise<void> {
  await lifecycle.upload(BUCKET, 'train/way', way);
  await lifecycle.upload(BUCKET, 'train/evaluation', evaluation);
}

const stop = (executionArn: string): Promise<unknown> =>
  machine.client(SFNClient).send(new StopExecutionCommand({ executionArn }));
const redrive = (executionArn: string): Promise<unknown> =>
  machine.client(SFNClient).send(new RedriveExecutionCommand({ executionArn }));

/** Whether the newest training job is in a phase. */
const isTraining = (phase: string) => async (): Promise<boolean> => {
  const client = machine.client(SageMakerClient);
  const { TrainingJobSummaries = [] } = await client.send(
    new ListTrainingJobsCommand({ SortBy: 'CreationTime', SortOrder: 'Descending' }),
  );
  const [{ TrainingJobName } = {}] = TrainingJobSummaries;
  if (TrainingJobName === undefined) return false;
  return (await client.send(new DescribeTrainingJobCommand({ TrainingJobName }))).SecondaryStatus === phase;
};

/** Waits until an execution has ended and its lock is free, and returns its status. */
async function ended(executionArn: string): Promise<string | undefined> {
  await until(async () => (await lifecycle.execution(executionArn)).status !== 'RUNNING');
  await until(async () => (await lifecycle.lockHolder(WORKFLOW)) === undefined);
  return (await lifecycle.execution(executionArn)).status;
}

interface Jobs {
  readonly training: (string | undefined)[];
  readonly evaluation: (string | undefined)[];
  readonly versions: number;
}

async function allJobs(): Promise<Jobs> {
  return {
    training: await lifecycle.trainingJobs(),
    evaluation: await lifecycle.processingJobs(),
    versions: (await lifecycle.versions()).length,
  };
}

/** Returns a function that returns the jobs and versions that were created since. */
async function jobsSince(): Promise<() => Promise<Jobs>> {
  const before = await allJobs();
  return async () => {
    const { training, evaluation, versions } = await allJobs();
    return {
      training: training.slice(before.training.length),
      evaluation: evaluation.slice(before.evaluation.length),
      versions: versions - before.versions,
    };
  };
}

test('The job of an execution that is stopped is stopped and the lock is free, and a redrive starts the next attempt', async () => {
  const jobs = await jobsSince();
  await setBehavior({ way: 'waits' });
  const execution = await lifecycle.start(WORKFLOW);
  await until(isTraining('Training'));
  await stop(execution);
  expect(await ended(execution)).toBe('ABORTED');
  expect(await jobs()).toEqual({ training: ['Stopped'], evaluation: [], versions: 0 });

  await setBehavior();
  await redrive(execution);
  expect(await ended(execution)).toBe('SUCCEEDED');
  expect(await jobs()).toEqual({ training: ['Stopped', 'Completed'], evaluation: ['Completed'], versions: 1 });
});

test('An execution that is redriven while its job runs uses the job', async () => {
  const jobs = await jobsSince();
  await setBehavior({ way: 'sleeps' });
  const execution = await lifecycle.start(WORKFLOW);
  await until(isTraining('Training'));
  await stop(execution);
  await redrive(execution);
  expect(await ended(execution)).toBe('SUCCEEDED');
  expect(await jobs()).toEqual({ training: ['Completed'], evaluation: ['Completed'], versions: 1 });
});

test('A job that has failed is not started again before a redrive, which uses the completed jobs of the execution', async () => {
  const jobs = await jobsSince();
  await setBehavior({ way: 'fails' });
  const execution = await lifecycle.start(WORKFLOW);
  expect(await ended(execution)).toBe('FAILED');
  expect((await lifecycle.execution(execution)).cause).toContain('the data is bad');
  expect(await jobs()).toEqual({ training: ['Failed'], evaluation: [], versions: 0 });

  await setBehavior({ evaluation: 'fails' });
  await redrive(execution);
  expect(await ended(execution)).toBe('FAILED');
  expect((await lifecycle.execution(execution)).cause).toContain('the evaluation is bad');
  expect(await jobs()).toEqual({ training: ['Failed', 'Completed'], evaluation: ['Failed'], versions: 0 });

  await setBehavior();
  await redrive(execution);
  expect(await ended(execution)).toBe('SUCCEEDED');
  expect(await jobs()).toEqual({
    training: ['Failed', 'Completed'],
    evaluation: ['Failed', 'Completed'],
    versions: 1,
  });
});

/** A moment of an execution. */
type Moment = (jobs: Jobs, execution: string) => boolean | Promise<boolean>;

const inState =
  (state: string): Moment =>
  async (_, execution) =>
    (await lifecycle.stateOf(execution)) === state;

test.each<[string, { way?: string; evaluation?: string }, Moment]>([
  ['trains', { way: 'sleeps' }, isTraining('Training')],
  ['continues after its training', {}, ({ training }) => training[0] === 'Completed'],
  ['evaluates the model', { evaluation: 'sleeps' }, ({ evaluation }) => evaluation[0] === 'InProgress'],
  ['compares the metric', {}, inState('Gate')],
  ['registers the version', {}, inState('Register')],
  ['reports its outcome', {}, inState('Registered')],
])(
  'An execution during which the service is killed while it %s resumes, with one job of each kind and one version',
  async (_, behavior, isReached) => {
    const jobs = await jobsSince();
    await setBehavior(behavior);
    const execution = await lifecycle.start(WORKFLOW);
    await until(async () => isReached(await jobs(), execution), 5);
    await machine.end('SIGKILL');
    await machine.up();
    expect(await ended(execution)).toBe('SUCCEEDED');
    expect(await jobs()).toEqual({ training: ['Completed'], evaluation: ['Completed'], versions: 1 });
    await until(() => containers().length === 0);
  },
);

test('A step that is repeated after its job has failed starts no second job', async () => {
  const jobs = await jobsSince();
  await setBehavior({ way: 'fails' });
  const execution = await lifecycle.start(WORKFLOW);
  await until(async () => (await jobs()).training[0] === 'Failed', 5);
  await machine.end('SIGKILL');
  await machine.up();
  expect(await ended(execution)).toBe('FAILED');
  expect(await jobs()).toEqual({ training: ['Failed'], evaluation: [], versions: 0 });
});

test('`byoa lineage` prints the data, the jobs, the report and the execution that have made a version', async () => {
  await setBehavior();
  const execution = await lifecycle.start(WORKFLOW);
  expect(await ended(execution)).toBe('SUCCEEDED');
  const { arn = '' } = (await lifecycle.versions()).at(-1) ?? {};
  const { code, output } = await machine.byoa('run', '--', process.execPath, BYOA, 'lineage', arn, '--format', 'json');
  const digest = expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as unknown;
  expect([code, JSON.parse(output)]).toMatchObject([
    0,
    {
      modelPackageArn: arn,
      containers: [{ digest, modelDataETag: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown }],
      trainingJob: {
        status: 'Completed',
        image: { digest },
        inputs: {
          channels: [{ channel: 'train', source: `s3://${BUCKET}/train/` }],
          recorded: { objects: 2, isPartial: false },
          isUnchanged: true,
        },
      },
      metrics: { quality: expect.any(String) as unknown },
      evaluationReport: expect.stringMatching(/^s3:\/\/.+\/evaluation\.json$/) as unknown,
      execution: { executionArn: execution, details: { status: 'SUCCEEDED' } },
    },
  ]);
});
