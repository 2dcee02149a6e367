import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Alarms, Metrics } from '../../../../local/services/cloudwatch';
import { Context, type Settings } from '../../../../local/services/context';
import { Repositories } from '../../../../local/services/ecr';
import { Permissions } from '../../../../local/services/iam';
import { Functions } from '../../../../local/services/lambda';
import { Logs } from '../../../../local/services/logs';
import { Buckets } from '../../../../local/services/s3';
import { ControlPlane } from '../../../../local/services/sagemaker/operations';
import { Notifications } from '../../../../local/services/sns';
import { FakeEngine, type Program } from '../../fake-engine';

export const ROLE = 'arn:aws:iam::000000000000:role/any';
export const RESOURCES = { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 1 } as const;
export const OUTPUT = { S3OutputPath: 's3://data/out' };
export const STOPPING = { MaxRuntimeInSeconds: 60 };

/** A control plane whose state changes are recorded. */
export function controlPlane(
  program: Program,
  settings: Settings = {},
): {
  engine: FakeEngine;
  s3: Buckets;
  call: (operation: string, input: object) => unknown;
  changes: Changes;
  logs: Logs;
  close: () => Promise<void>;
} {
  const directory = mkdtempSync(path.join(tmpdir(), 'events-'));
  const engine = new FakeEngine(program);
  const context = new Context(directory, 'us-east-1', engine, () => '', settings);
  const s3 = new Buckets(context);
  s3.createBucket('data');
  const repositories = new Repositories(context);
  const logs = new Logs(context.directory);
  const permissions = new Permissions(context, false);
  const metrics = new Metrics(context);
  const alarms = new Alarms(context, metrics);
  const functions = new Functions(context, logs, permissions);
  const notifications = new Notifications({ context, logs, functions, permissions });
  const control = new ControlPlane({
    ...{ context, s3, repositories, logs, permissions, metrics, alarms, notifications },
  });
  const changes = new Changes(context);
  return {
    s3,
    engine,
    changes,
    logs,
    close: () => control.close(),
    call: (operation, input) => control.operations[operation](input as never),
  };
}

class Changes {
  public readonly all: string[] = [];
  private notify: () => void = () => undefined;

  constructor({ events }: Context) {
    const record = (name: string, status: string): void => {
      this.all.push(`${name} ${status}`);
      this.notify();
    };
    events.subscribe('algorithm', (one) => record(one.AlgorithmName, one.AlgorithmStatus));
    events.subscribe('trainingJob', (one) => record(one.TrainingJobName, one.TrainingJobStatus));
    events.subscribe('transformJob', (one) => record(one.TransformJobName, one.TransformJobStatus));
    events.subscribe('processingJob', (one) => record(one.ProcessingJobName, one.ProcessingJobStatus));
    events.subscribe('tuningJob', (one) => record(one.HyperParameterTuningJobName, one.HyperParameterTuningJobStatus));
    events.subscribe('modelPackage', (one) => record('package', one.ModelApprovalStatus ?? one.ModelPackageStatus));
    events.subscribe('endpoint', (one) => record(one.EndpointName, one.EndpointStatus));
  }

  public async until(...changes: string[]): Promise<void> {
    const isIncluded = (change: string): boolean => this.all.includes(change);
    while (!changes.some(isIncluded)) await new Promise<void>((resolve) => (this.notify = resolve));
  }

  public ended(job: string): Promise<void> {
    return this.until(`${job} Completed`, `${job} Failed`);
  }
}

export const trainingJob = (TrainingJobName: string): object => ({
  TrainingJobName,
  RoleArn: ROLE,
  AlgorithmSpecification: { TrainingImage: 'churn:1', TrainingInputMode: 'File' },
  OutputDataConfig: OUTPUT,
  ResourceConfig: RESOURCES,
  StoppingCondition: STOPPING,
});
