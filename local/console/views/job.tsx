import type { MetricDefinition } from '@aws-sdk/client-sagemaker';
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { MetricReader } from '../../container/metrics';
import type { Wire } from '../../services/wire/record';
import { call } from '../aws';
import { Chart, type Point } from '../chart';
import { Facts } from '../facts';
import { Log } from '../log';
import { type LogLine, LogReader } from '../log-reader';
import { Page } from '../page';
import { Polled } from '../polled';
import { link } from '../route';
import { Status } from '../status';
import { Time, duration } from '../time';

/** What all kinds of jobs have. */
interface Description {
  readonly status?: string;
  readonly reason?: string;
  readonly created?: number;
  readonly ended?: number;
  readonly definitions?: readonly Wire<MetricDefinition>[];
  readonly all: object;
}

interface Kind {
  readonly logGroup: string;
  readonly describe: (name: string) => Promise<Description>;
}

const KINDS: Record<string, Kind> = {
  training: { logGroup: '/aws/sagemaker/TrainingJobs', describe: describeTraining },
  processing: { logGroup: '/aws/sagemaker/ProcessingJobs', describe: describeProcessing },
  transform: { logGroup: '/aws/sagemaker/TransformJobs', describe: describeTransform },
};

/** A job with its metrics and its log, while it runs and afterwards. */
export function Job({ path: [kind, name = ''] }: { readonly path: readonly string[] }): JSX.Element {
  const { logGroup, describe } = Object.hasOwn(KINDS, kind) ? KINDS[kind] : KINDS.training;
  const [reader] = useState(() => new LogReader(logGroup, `${name}/`));
  const load = async (): Promise<[Description, readonly LogLine[]]> => Promise.all([describe(name), reader.read()]);
  return (
    <Page title={name} parent={[link('jobs'), 'Jobs']}>
      <Polled load={load}>
        {([{ status, reason, created, ended, definitions = [], all }, lines]) => (
          <>
            <Facts
              of={{
                Status: <Status of={status} />,
                Reason: reason,
                Created: <Time of={created} />,
                Duration: duration(created, ended),
              }}
              all={all}
            />
            {definitions.length > 0 && <Metrics definitions={definitions} lines={lines} />}
            <h2>Log</h2>
            <Log lines={lines} />
          </>
        )}
      </Polled>
    </Page>
  );
}

/** A chart for each metric, of all values in the log: those of CloudWatch are aggregated to seconds, and later to minutes. */
function Metrics({
  definitions,
  lines,
}: {
  readonly definitions: readonly Wire<MetricDefinition>[];
  readonly lines: readonly LogLine[];
}): JSX.Element {
  const charts = useMemo(() => {
    const reader = new MetricReader(definitions.map(({ Name = '', Regex = '' }) => ({ name: Name, regex: Regex })));
    lines.forEach(({ text }) => reader.read(text));
    const finite = reader.values.filter(({ value }) => Number.isFinite(value));
    const ofMetric = (name?: string): Point[] =>
      finite.filter((value) => value.name === name).map(({ value }, index) => ({ x: index + 1, y: value }));
    return definitions.map(({ Name = '' }) => ({ name: Name, points: ofMetric(Name) }));
  }, [lines, definitions.length]);
  return (
    <>
      <h2>Metrics</h2>
      <div class="charts">
        {charts.map(({ name, points }) =>
          points.length === 0 ? (
            <p key={name} class="muted">
              <strong>{name}</strong>: no value in the log
            </p>
          ) : (
            <Chart key={name} title={name} points={points} x="value" kind="line" />
          ),
        )}
      </div>
    </>
  );
}

async function describeTraining(name: string): Promise<Description> {
  const input = { TrainingJobName: name };
  const job = await call('sagemaker', 'DescribeTrainingJob', input);
  const { AlgorithmSpecification: { AlgorithmName, MetricDefinitions: own = [] } = {} } = job;
  return {
    status: job.TrainingJobStatus === 'InProgress' ? job.SecondaryStatus : job.TrainingJobStatus,
    reason: job.FailureReason,
    created: job.CreationTime,
    ended: job.TrainingEndTime,
    definitions: AlgorithmName === undefined ? own : await definitionsOf(AlgorithmName),
    all: job,
  };
}

async function definitionsOf(AlgorithmName: string): Promise<readonly Wire<MetricDefinition>[]> {
  const { TrainingSpecification: { MetricDefinitions = [] } = {} } = await call('sagemaker', 'DescribeAlgorithm', {
    AlgorithmName,
  });
  return MetricDefinitions;
}

async function describeProcessing(name: string): Promise<Description> {
  const input = { ProcessingJobName: name };
  const job = await call('sagemaker', 'DescribeProcessingJob', input);
  return {
    ...{ status: job.ProcessingJobStatus, reason: job.FailureReason ?? job.ExitMessage },
    ...{ created: job.CreationTime, ended: job.ProcessingEndTime, all: job },
  };
}

async function describeTransform(name: string): Promise<Description> {
  const input = { TransformJobName: name };
  const job = await call('sagemaker', 'DescribeTransformJob', input);
  return {
    ...{ status: job.TransformJobStatus, reason: job.FailureReason },
    ...{ created: job.CreationTime, ended: job.TransformEndTime, all: job },
  };
}
