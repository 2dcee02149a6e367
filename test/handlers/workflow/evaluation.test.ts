import type { Dependencies } from '../../../lib/handlers/workflow/dependencies';
import { evaluate } from '../../../lib/handlers/workflow/evaluate';
import { ServiceError } from '../jobs/simulation';
import { WorkflowWorld } from './simulation';

const MINUTE = 60_000;

describe('An evaluation', () => {
  const failureOf = async (made: WorkflowWorld): Promise<string | undefined> => {
    made.start();
    await made.untilIdle();
    return made.events.at(-1)?.detail.reason;
  };

  test('without its metric among those of the training job fails with the metrics that it has', async () => {
    const made = new WorkflowWorld();
    made.onCreated = (job): void => {
      job.metrics = { loss: 0.1 };
      made.at(MINUTE, () => made.end(job.name, 'Completed'));
    };
    expect(await failureOf(made)).toContain('The training job has no final metric auc. It has: loss.');
  });

  test('without a report fails with its location', async () => {
    const made = new WorkflowWorld({ hasEvaluationJob: true });
    made.onCreated = (job): void => made.at(MINUTE, () => made.end(job.name, 'Completed'));
    const reason = await failureOf(made);
    const [, evaluation] = made.jobs.keys();
    expect(reason).toBe(
      `The evaluation has completed, but it has not written its report s3://reports/${evaluation}/evaluation.json`,
    );
    expect(made.outcomes()).toEqual(['Failed']);
  });

  test('without a report fails again when it is redriven, and evaluates the same job', async () => {
    const made = new WorkflowWorld({ hasEvaluationJob: true });
    made.onCreated = (job): void => made.at(MINUTE, () => made.end(job.name, 'Completed'));
    const arn = made.start();
    await made.untilIdle();
    made.redrive(arn);
    await made.untilIdle();
    expect(made.outcomes()).toEqual(['Failed', 'Failed']);
    expect(made.jobs.size).toBe(2);
  });

  test('by a metric with the name of a member that every object has fails if the training job has no such metric', async () => {
    const evaluation = evaluate('constructor', { Metrics: {} }, {} as Dependencies, 0);
    await expect(evaluation).rejects.toThrow('The training job has no final metric constructor. It has none.');
  });

  test('whose report cannot be read at first is repeated', async () => {
    const made = new WorkflowWorld({ hasEvaluationJob: true });
    made.onCreated = (job): void => {
      made.objects.set(`s3://reports/${job.name}/evaluation.json`, { time: 0, body: '{"auc":0.9}' });
      made.at(MINUTE, () => made.end(job.name, 'Completed'));
    };
    made.errors.push({ call: 'GetObject', error: new ServiceError('AccessDenied', 'Access Denied', 403) });
    made.start();
    await made.untilIdle();
    expect(made.outcomes()).toEqual(['Registered']);
  });
});

describe('The metric of the newest approved version', () => {
  test.each<[string, (metadata: Record<string, string>) => unknown]>([
    ['is missing', (metadata) => delete metadata['metric:auc']],
    ['is empty', (metadata) => (metadata['metric:auc'] = ' ')],
  ])('is not compared if it %s in the metadata, and is reported as missing', async (_, change) => {
    const made = new WorkflowWorld({ approvalStatus: 'Approved' });
    made.onCreated = (job): void => {
      job.metrics = { auc: -0.5 };
      made.at(MINUTE, () => made.end(job.name, 'Completed'));
    };
    made.start();
    await made.untilIdle();
    change(made.packages[0].metadata);
    made.start();
    await made.untilIdle();
    expect(made.packages).toHaveLength(2);
    const { detail } = made.events.at(-1)!;
    expect(detail).toMatchObject({ metric: '-0.5', baselineArn: made.packages[0].arn });
    expect(detail.baselineMetric).toBeUndefined();
    expect(detail.reason).toContain('was registered without auc');
  });
});
