import type {
  DescribeHyperParameterTuningJobResponse,
  HyperParameterTrainingJobSummary,
} from '@aws-sdk/client-sagemaker';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Wire } from '../../services/wire/record';
import { call } from '../aws';
import { Chart, type Point } from '../chart';
import { Facts } from '../facts';
import { number } from '../number';
import { Page } from '../page';
import { Polled } from '../polled';
import { link } from '../route';
import { Status } from '../status';
import { Table } from '../table';
import { duration } from '../time';

type TuningJob = Wire<DescribeHyperParameterTuningJobResponse>;
type Trial = Wire<HyperParameterTrainingJobSummary>;

const ORDER = 'training job';

/** A tuning job with its training jobs as a scatter plot: the objective metric, over a hyperparameter or their order. */
export function TuningJob({ path: [name = ''] }: { readonly path: readonly string[] }): JSX.Element {
  return (
    <Page title={name} parent={[link('tuning'), 'Tuning']}>
      <Polled load={() => Promise.all([describe(name), trialsOf(name)])}>
        {([job, trials]) => (
          <>
            <Facts
              of={{
                Status: <Status of={job.HyperParameterTuningJobStatus} />,
                Reason: job.FailureReason,
                Strategy: job.HyperParameterTuningJobConfig?.Strategy,
                'Best training job': nameOfBest(job),
                Duration: duration(job.CreationTime, job.HyperParameterTuningEndTime),
              }}
              all={job}
            />
            <Trials job={job} trials={trials} />
          </>
        )}
      </Polled>
    </Page>
  );
}

function Trials({ job, trials }: { readonly job: TuningJob; readonly trials: readonly Trial[] }): JSX.Element {
  const [axis, setAxis] = useState(ORDER);
  const names = [...new Set(trials.flatMap(({ TunedHyperParameters = {} }) => Object.keys(TunedHyperParameters)))];
  const numeric = names.filter((name) => trials.every((trial) => !Number.isNaN(valueOf(trial, name))));
  const points = trials.flatMap((trial, index): Point[] => {
    const x = axis === ORDER ? index + 1 : valueOf(trial, axis);
    const y = objectiveOf(trial)?.Value;
    return y === undefined ? [] : [{ x, y, label: trial.TrainingJobName ?? '' }];
  });
  const metric = trials.map((trial) => objectiveOf(trial)?.MetricName).find((one) => one !== undefined);
  return (
    <>
      {points.length > 0 && (
        <>
          <h2>Objective metric</h2>
          <label class="axis">
            Horizontal axis
            <select value={axis} onChange={({ currentTarget }) => setAxis(currentTarget.value)}>
              {[ORDER, ...numeric].map((option) => (
                <option key={option}>{option}</option>
              ))}
            </select>
          </label>
          <Chart
            title={metric ?? 'Objective metric'}
            points={points}
            x={axis}
            kind="scatter"
            isLogarithmic={isLogarithmic(job, axis)}
            best={points.find(({ label }) => label === nameOfBest(job))}
          />
        </>
      )}
      <h2>Training jobs</h2>
      <Table
        name="Training jobs"
        rows={trials}
        empty="No training job has started yet."
        columns={[
          {
            title: 'Name',
            of: ({ TrainingJobName: name = '' }) => <a href={link('jobs', 'training', name)}>{name}</a>,
          },
          { title: 'Status', of: ({ TrainingJobStatus }) => <Status of={TrainingJobStatus} /> },
          { title: metric ?? 'Objective', of: (trial) => objectiveOf(trial)?.Value },
          ...names.map((name) => ({
            title: name,
            of: ({ TunedHyperParameters = {} }: Trial) => shortened(TunedHyperParameters[name]),
            isExtra: true,
          })),
        ]}
      />
    </>
  );
}

function objectiveOf({ FinalHyperParameterTuningJobObjectiveMetric: metric }: Trial): typeof metric {
  return metric;
}

function valueOf({ TunedHyperParameters = {} }: Trial, name: string): number {
  return Number(TunedHyperParameters[name] ?? NaN);
}

/** A hyperparameter with fewer digits, if it is a number. */
function shortened(value = ''): string {
  return value === '' || Number.isNaN(Number(value)) ? value : number(Number(value));
}

function isLogarithmic({ HyperParameterTuningJobConfig: config }: TuningJob, name: string): boolean {
  const { ContinuousParameterRanges = [], IntegerParameterRanges = [] } = config?.ParameterRanges ?? {};
  const range = [...ContinuousParameterRanges, ...IntegerParameterRanges].find(({ Name }) => Name === name);
  return range?.ScalingType === 'Logarithmic';
}

function nameOfBest({ BestTrainingJob: best }: TuningJob): string | undefined {
  return best?.TrainingJobName;
}

function describe(name: string): Promise<TuningJob> {
  return call('sagemaker', 'DescribeHyperParameterTuningJob', { HyperParameterTuningJobName: name });
}

async function trialsOf(name: string): Promise<readonly Trial[]> {
  const { TrainingJobSummaries = [] } = await call('sagemaker', 'ListTrainingJobsForHyperParameterTuningJob', {
    HyperParameterTuningJobName: name,
    MaxResults: 100,
    SortBy: 'CreationTime',
    SortOrder: 'Ascending',
  });
  return TrainingJobSummaries;
}
