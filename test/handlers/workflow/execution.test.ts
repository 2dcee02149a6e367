import { ServiceError } from '../jobs/simulation';
import { type Settings, TRAIN, WORKFLOW, WorkflowWorld } from './simulation';

const MINUTE = 60_000;

/** A workflow whose jobs complete after 10 minutes with this metric, unless a test ends them. */
function world({ auc = 0.9, ...settings }: Settings & { auc?: number } = {}): WorkflowWorld {
  const made = new WorkflowWorld(settings);
  made.onCreated = (job): void => {
    job.metrics = { auc };
    made.objects.set(`s3://reports/${job.name}/evaluation.json`, { time: 0, body: JSON.stringify({ auc }) });
    made.at(10 * MINUTE, () => made.end(job.name, 'Completed'));
  };
  return made;
}

/** A workflow whose jobs run until a test ends them. */
function manual(settings: Settings = {}): WorkflowWorld {
  const made = new WorkflowWorld(settings);
  made.onCreated = (job): void => void (job.metrics = { auc: 0.9 });
  return made;
}

const jobNames = (made: WorkflowWorld): string[] => [...made.jobs.keys()].map((name) => name.replace(/--\w{10}/, ''));
const statuses = (made: WorkflowWorld): string[] => [...made.jobs.values()].map(({ status }) => status);
const lockOf = (made: WorkflowWorld): string | undefined => made.items.get('Retraining')?.Execution?.S;

describe('An execution', () => {
  test('trains, evaluates, registers a version with what made it, reports it once and releases the lock', async () => {
    const made = world({ hasEvaluationJob: true });
    const arn = made.start();
    await made.untilIdle();
    const [train, evaluate] = [...made.jobs.values()];
    expect(made.execution(arn).status).toBe('SUCCEEDED');
    expect(evaluate.request.Environment).toEqual({
      MODEL: `s3://bucket/out/${train.name}/output/model.tar.gz`,
      SELF: evaluate.name,
      OTHER: '{{x}}',
    });
    expect(train.tags.get('team')).toBe('fraud');
    expect(made.packages).toHaveLength(1);
    expect(made.packages[0].request).toMatchObject({
      ClientToken: expect.stringMatching(/^[0-9a-f]{36}$/) as unknown,
      InferenceSpecification: { Containers: [{ ModelDataUrl: `s3://bucket/out/${train.name}/output/model.tar.gz` }] },
      MetadataProperties: { GeneratedBy: `arn:aws:sagemaker:eu-west-1:111122223333:training-job/${train.name}` },
      CustomerMetadataProperties: { execution: arn, trainingJob: train.name, 'metric:auc': '0.9', team: 'fraud' },
      ModelMetrics: { ModelQuality: { Statistics: { S3Uri: `s3://reports/${evaluate.name}/evaluation.json` } } },
    });
    expect(made.events.map(({ detail, source }) => ({ ...detail, source }))).toEqual([
      {
        source: 'cdk-sagemaker-algorithm',
        workflowName: 'Retraining',
        executionArn: arn,
        outcome: 'Registered',
        modelPackageArn: made.packages[0].arn,
        metric: '0.9',
        reason: 'auc is 0.9. It was compared with no version: none is approved',
      },
    ]);
    expect(made.metrics).toEqual([{ namespace: 'cdk-sagemaker-algorithm', name: 'Registered' }]);
    expect(lockOf(made)).toBeUndefined();
  });

  test('records the inputs of a job when it is created, also if they change before it is described or the execution is redriven', async () => {
    const made = manual();
    made.objects.set('train/a.csv', { time: 0, body: '' });
    const arn = made.start();
    await made.pass(MINUTE);
    const recordOf = (attempt: number): string | undefined =>
      [...made.jobs.values()][attempt].tags.get('cdk-sagemaker-algorithm:inputs');
    const first = recordOf(0);
    expect(first).toMatch(/^objects=1 bytes=0 sha256=[0-9a-f]{64}$/);
    made.objects.set('train/b.csv', { time: 0, body: '' });
    made.endExecution(arn, 'FAILED', 'States.Runtime');
    await made.pass(2_000);
    made.redrive(arn);
    await made.pass(5 * MINUTE);
    expect([made.jobs.size, recordOf(0)]).toEqual([1, first]);
    made.end([...made.jobs.keys()][0], 'Failed');
    await made.untilIdle();
    made.redrive(arn);
    await made.pass(5 * MINUTE);
    expect(recordOf(1)).toMatch(/^objects=2 /);
    made.end([...made.jobs.keys()][1], 'Completed');
    await made.untilIdle();
  });

  test('that is worse than the newest approved version ends as rejected with both metrics, and registers nothing', async () => {
    const made = world({ approvalStatus: 'Approved' });
    made.start();
    await made.untilIdle();
    made.onCreated = (job): void => {
      job.metrics = { auc: 0.8 };
      made.at(MINUTE, () => made.end(job.name, 'Completed'));
    };
    const arn = made.start();
    await made.untilIdle();
    expect(made.packages).toHaveLength(1);
    expect(made.events.at(-1)?.detail).toMatchObject({
      executionArn: arn,
      outcome: 'Rejected',
      metric: '0.8',
      baselineMetric: '0.9',
      baselineArn: made.packages[0].arn,
    });
  });

  test('is not compared with a version that was rejected, also if the list still contains it', async () => {
    const made = world({ approvalStatus: 'Approved' });
    made.start();
    await made.untilIdle();
    made.packages[0].status = 'Rejected';
    made.isListLagging = true;
    made.onCreated = (job): void => {
      job.metrics = { auc: 0.8 };
      made.at(MINUTE, () => made.end(job.name, 'Completed'));
    };
    made.start();
    await made.untilIdle();
    expect(made.packages).toHaveLength(2);
  });

  test('starts no other job when its step is repeated after the job has failed', async () => {
    const made = manual();
    made.onCreated = (job): void => made.at(MINUTE, () => made.end(job.name, 'Failed', 'out of memory'));
    const arn = made.start();
    made.at(MINUTE + 20_000, () => (made.lostResponses = 3));
    await made.untilIdle();
    expect(made.execution(arn)).toMatchObject({ status: 'FAILED', error: 'JobFailed' });
    expect(jobNames(made)).toEqual([TRAIN.Prefix]);
    expect(made.events.map(({ detail }) => detail)).toMatchObject([
      { outcome: 'Failed', reason: expect.stringContaining('failed: out of memory (log group') as unknown },
    ]);
  });

  test.each(['Failed', 'Stopped'] as const)(
    'starts the next attempt of a job that is %s only when it is redriven',
    async (status) => {
      const made = manual();
      const arn = made.start();
      made.at(MINUTE, () => made.end([...made.jobs.keys()][0], status));
      await made.untilIdle();
      expect(statuses(made)).toEqual([status]);
      made.onCreated = (job): void => {
        job.metrics = { auc: 0.9 };
        made.at(MINUTE, () => made.end(job.name, 'Completed'));
      };
      made.redrive(arn);
      await made.untilIdle();
      expect(jobNames(made)).toEqual([TRAIN.Prefix, `${TRAIN.Prefix}-2`]);
      expect(made.outcomes()).toEqual(['Failed', 'Registered']);
    },
  );

  test('that is redriven uses the job that has completed since', async () => {
    const made = manual();
    const arn = made.start();
    await made.pass(MINUTE);
    made.end([...made.jobs.keys()][0], 'Completed');
    made.endExecution(arn, 'FAILED', 'States.Runtime');
    await made.untilIdle();
    made.redrive(arn);
    await made.untilIdle();
    expect(statuses(made)).toEqual(['Completed']);
    expect(made.packages).toHaveLength(1);
  });

  test('that is redriven before its end is processed keeps its running job and its lock', async () => {
    const made = manual();
    made.endDelays = (): number[] => [5_000, 40_000];
    const arn = made.start();
    await made.pass(MINUTE);
    made.endExecution(arn, 'FAILED', 'States.Runtime');
    await made.pass(2_000);
    made.redrive(arn);
    await made.pass(5 * MINUTE);
    expect(statuses(made)).toEqual(['InProgress']);
    expect(lockOf(made)).toBe(arn);
    made.end([...made.jobs.keys()][0], 'Completed');
    await made.untilIdle();
    expect(made.outcomes()).toEqual(['Registered']);
  });

  test('that is redriven while its end is being processed keeps its running job and its lock', async () => {
    const made = manual();
    const arn = made.start();
    await made.pass(MINUTE);
    made.endExecution(arn, 'FAILED', 'States.Runtime');
    await made.pass(15_000);
    made.redrive(arn);
    await made.pass(5 * MINUTE);
    expect(statuses(made)).toEqual(['InProgress']);
    expect(lockOf(made)).toBe(arn);
    made.end([...made.jobs.keys()][0], 'Completed');
    await made.untilIdle();
    expect(made.outcomes()).toEqual(['Failed', 'Registered']);
  });

  test('that is redriven while the job of its first run is being stopped starts the next attempt', async () => {
    const made = manual();
    const arn = made.start();
    await made.pass(MINUTE);
    made.endExecution(arn, 'ABORTED');
    await made.pass(45_000);
    expect(statuses(made)).toEqual(['Stopping']);
    made.redrive(arn);
    await made.pass(10 * MINUTE);
    expect(statuses(made)).toEqual(['Stopped', 'InProgress']);
    expect(lockOf(made)).toBe(arn);
    made.end([...made.jobs.keys()][1], 'Completed');
    await made.untilIdle();
    expect(made.outcomes()).toEqual(['Stopped', 'Registered']);
  });

  test.each([
    ['throttling', new ServiceError('ThrottlingException', 'Rate exceeded')],
    ['a quota', new ServiceError('ResourceLimitExceeded', 'The account-level service limit is 0 instances')],
    ['an error of the service', new ServiceError('InternalFailure', 'Something is wrong', 500)],
  ])('is not failed by %s', async (_, error) => {
    const made = world();
    made.errors.push({ call: 'CreateTrainingJob', error }, { call: 'CreateModelPackage', error });
    made.start();
    await made.untilIdle();
    expect(made.outcomes()).toEqual(['Registered']);
  });

  test('starts one job if the function that has started it dies, or the response is lost', async () => {
    const made = world();
    const died = new ServiceError('Sandbox.Timedout', 'Task timed out after 900.00 seconds');
    made.errors.push({ call: 'CreateTrainingJob', error: died, after: true });
    const arn = made.start();
    await made.untilIdle();
    expect(jobNames(made)).toEqual([TRAIN.Prefix]);
    expect(made.outcomes(arn)).toEqual(['Registered']);
  });

  test('that is redriven while another one runs ends as skipped, and leaves the lock and the job to the other one', async () => {
    const made = manual();
    const first = made.start();
    await made.pass(MINUTE);
    made.end([...made.jobs.keys()][0], 'Failed');
    await made.untilIdle();
    expect(made.execution(first).status).toBe('FAILED');
    const second = made.start();
    await made.pass(MINUTE);
    made.redrive(first);
    await made.pass(10 * MINUTE);
    expect(made.execution(first).status).toBe('SUCCEEDED');
    expect(made.outcomes(first)).toEqual(['Failed', 'Skipped']);
    expect(lockOf(made)).toBe(second);
    expect(statuses(made)).toEqual(['Failed', 'InProgress']);
  });

  test('registers one version if the response to its registration is lost', async () => {
    const made = world();
    made.errors.push({ call: 'CreateModelPackage', error: new ServiceError('TimeoutError', 'timed out'), after: true });
    made.start();
    await made.untilIdle();
    expect(made.packages).toHaveLength(1);
  });

  test('reports its outcome when entries of the event bus fail at first', async () => {
    const made = world();
    made.failedEntries.push('ThrottlingException', 'InternalFailure');
    made.errors.push({ call: 'PutEvents', error: new ServiceError('ThrottlingException', 'Rate exceeded') });
    made.errors.push({ call: 'PutMetricData', error: new ServiceError('InternalFailure', 'failed', 500) });
    made.start();
    await made.untilIdle();
    expect(made.outcomes()).toEqual(['Registered']);
    expect(made.metrics).toHaveLength(1);
  });

  test('whose last step is repeated after another execution has started does not end as skipped', async () => {
    const made = world();
    const first = made.start();
    await made.untilIdle();
    const finish = {
      Action: 'Finish' as const,
      Workflow: WORKFLOW,
      Execution: first,
      RedriveCount: 0,
      Input: {},
      Outcome: 'Registered' as const,
    };
    made.onCreated = (job): void => void (job.metrics = { auc: 0.9 });
    const second = made.start();
    await made.pass(MINUTE);
    await made.until(made.call(finish));
    expect(lockOf(made)).toBe(second);
    expect(made.outcomes(first)).toEqual(['Registered', 'Registered']);
  });
});

describe('The lock', () => {
  test('is held by one execution: a second one is skipped, which is reported once', async () => {
    const made = world();
    const first = made.start();
    await made.pass(MINUTE);
    const second = made.start();
    await made.untilIdle();
    expect(made.outcomes(first)).toEqual(['Registered']);
    expect(made.outcomes(second)).toEqual(['Skipped']);
    expect(made.execution(second).status).toBe('SUCCEEDED');
    expect(jobNames(made)).toEqual([TRAIN.Prefix]);
  });

  test('of two executions that start at the same time is taken by one', async () => {
    const made = world();
    made.latency = (): number => 50;
    made.start();
    made.start();
    await made.untilIdle();
    expect(made.outcomes().sort()).toEqual(['Registered', 'Skipped']);
  });

  test.each(['FAILED', 'ABORTED', 'TIMED_OUT'] as const)(
    'is released and the job is stopped when the execution is %s',
    async (status) => {
      const made = manual();
      const arn = made.start();
      await made.pass(MINUTE);
      made.endExecution(arn, status, 'States.Timeout');
      await made.untilIdle();
      expect(statuses(made)).toEqual(['Stopped']);
      expect(lockOf(made)).toBeUndefined();
      expect(made.outcomes()).toEqual([status === 'ABORTED' ? 'Stopped' : 'Failed']);
    },
  );

  test('is taken from an execution whose end was never reported, after its job was stopped', async () => {
    const made = manual();
    made.endDelays = (): number[] => [];
    const first = made.start();
    await made.pass(MINUTE);
    made.endExecution(first, 'ABORTED');
    const second = made.start();
    await made.pass(20 * MINUTE);
    expect(statuses(made)).toEqual(['Stopped', 'InProgress']);
    expect(made.violations).toEqual([]);
    expect(lockOf(made)).toBe(second);
    made.end([...made.jobs.keys()][1], 'Completed');
    await made.untilIdle();
  });

  test.each(['RUNNING', 'PENDING_REDRIVE'])('is not taken from an execution that is %s', async (status) => {
    const made = manual();
    const first = made.start();
    await made.pass(MINUTE);
    made.describeAs(first, status);
    const second = made.start();
    await made.pass(MINUTE);
    expect(made.outcomes(second)).toEqual(['Skipped']);
    expect(lockOf(made)).toBe(first);
  });

  test('is taken from an execution whose record has been deleted', async () => {
    const made = world();
    made.items.set('Retraining', { Name: { S: 'Retraining' }, Execution: { S: 'arn:old' }, RedriveCount: { N: '0' } });
    made.start();
    await made.untilIdle();
    expect(made.outcomes()).toEqual(['Registered']);
  });

  test('is not taken from an execution that has just started and cannot be described yet', async () => {
    const made = manual();
    const first = made.start();
    await made.pass(MINUTE);
    made.lag = (read): number => (read === 'execution' ? MINUTE + 3_000 : 0);
    made.start();
    await made.pass(5_000);
    made.lag = (): number => 0;
    await made.pass(MINUTE);
    expect(lockOf(made)).toBe(first);
    expect(jobNames(made)).toEqual([TRAIN.Prefix]);
  });
});

describe('The end of an execution', () => {
  test('that is reported twice and late has no effect on a later execution', async () => {
    const made = manual();
    made.endDelays = (): number[] => [1_000, 30 * MINUTE];
    const first = made.start();
    await made.pass(MINUTE);
    made.endExecution(first, 'ABORTED');
    await made.pass(10 * MINUTE);
    const second = made.start();
    await made.pass(40 * MINUTE);
    expect(lockOf(made)).toBe(second);
    expect(statuses(made)).toEqual(['Stopped', 'InProgress']);
    made.end([...made.jobs.keys()][1], 'Completed');
    await made.untilIdle();
  });

  test.each([0, 1_000, 5_000, 9_000, 15_000])(
    'leaves no job if a step creates it %i ms after the end and dies',
    async (latency) => {
      const made = manual();
      made.lag = (read): number => (read === 'execution' ? 5_000 : 0);
      made.start('before');
      await made.pass(MINUTE);
      made.endExecution([...made.executions.keys()][0], 'ABORTED');
      await made.untilIdle();
      made.latency = (): number => latency;
      made.deaths.push(8 * Math.max(latency, 1));
      const arn = made.start();
      await made.pass(100);
      made.endExecution(arn, 'ABORTED');
      await made.pass(30_000);
      made.latency = (): number => 0;
      await made.untilIdle();
      expect(made.busy).toEqual([]);
    },
  );

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'is lost: the step whose request %i is in progress stops the job that it creates, also if the job can only be read later',
    async (request) => {
      const made = manual();
      made.endDelays = (): number[] => [];
      made.latency = (): number => 1_000;
      made.lag = (read): number => (read === 'job' ? 5_000 : 0);
      const arn = made.start();
      await made.pass(request * 1_000 - 500);
      made.endExecution(arn, 'ABORTED');
      await made.untilIdle();
      expect(made.busy).toEqual([]);
    },
  );

  test('is processed if the description of the execution lags behind', async () => {
    const made = manual();
    made.lag = (read): number => (read === 'execution' ? 8_000 : 0);
    const arn = made.start();
    await made.pass(MINUTE);
    made.endExecution(arn, 'ABORTED');
    await made.untilIdle();
    expect(statuses(made)).toEqual(['Stopped']);
    expect(made.outcomes()).toEqual(['Stopped']);
  });
});

describe('The deletion of a workflow', () => {
  test('stops the execution and its job, and no execution can run afterwards', async () => {
    const made = manual();
    const arn = made.start();
    await made.pass(MINUTE);
    expect(await made.until(made.resource('Delete'))).toBe('SUCCESS');
    expect(made.execution(arn).status).toBe('ABORTED');
    expect(statuses(made)).toEqual(['Stopped']);
    const late = made.start();
    await made.untilIdle();
    made.redrive(arn);
    await made.untilIdle();
    expect(made.outcomes(late)).toEqual(['Skipped']);
    expect(statuses(made)).toEqual(['Stopped']);
  });

  test('that has failed is completed by the next one', async () => {
    const made = manual();
    made.endDelays = (): number[] => [];
    made.start();
    await made.pass(MINUTE);
    made.errors.push({ call: 'StopExecution', error: new ServiceError('InvalidArn', 'Invalid Arn') });
    expect(await made.until(made.resource('Delete'))).toBe('FAILED');
    expect(statuses(made)).toEqual(['InProgress']);
    expect(await made.until(made.resource('Delete'))).toBe('SUCCESS');
    expect(statuses(made)).toEqual(['Stopped']);
    expect(await made.until(made.resource('Delete'))).toBe('SUCCESS');
  });

  test.each([0, 500, 2_000, 6_000])('during a step with requests of %i ms leaves no job', async (latency) => {
    const made = manual();
    made.endDelays = (): number[] => [];
    made.latency = (): number => latency;
    made.start();
    await made.pass(latency * 4);
    await made.until(made.resource('Delete'));
    await made.untilIdle();
    expect(made.busy).toEqual([]);
  });

  test('that is rolled back lets executions run again', async () => {
    const made = world();
    await made.until(made.resource('Delete'));
    await made.until(made.resource('Create'));
    made.start();
    await made.untilIdle();
    expect(made.outcomes()).toEqual(['Registered']);
  });

  test('without an execution succeeds', async () => {
    const made = world();
    expect(await made.until(made.resource('Delete'))).toBe('SUCCESS');
  });
});
