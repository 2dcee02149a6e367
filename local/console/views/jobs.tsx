import type { JSX } from 'preact';
import { call } from '../aws';
import { Page } from '../page';
import { Polled } from '../polled';
import { link } from '../route';
import { Status } from '../status';
import { Table } from '../table';
import { Time, duration } from '../time';

interface JobSummary {
  readonly kind: 'training' | 'processing' | 'transform';
  readonly name?: string;
  readonly status?: string;
  readonly created?: number;
  readonly ended?: number;
}

/** The latest jobs of each kind. */
const LATEST = { MaxResults: 100, SortBy: 'CreationTime', SortOrder: 'Descending' };

/** The training, processing and transform jobs, the latest first. */
export function Jobs(): JSX.Element {
  return (
    <Page title="Jobs">
      <Polled load={load}>
        {(jobs) => (
          <Table
            name="Jobs"
            rows={jobs}
            empty="There are no jobs. Deploy a stack, or start a job with any client."
            columns={[
              { title: 'Name', of: ({ kind, name = '' }) => <a href={link('jobs', kind, name)}>{name}</a> },
              { title: 'Kind', of: ({ kind }) => kind },
              { title: 'Status', of: ({ status }) => <Status of={status} /> },
              { title: 'Created', of: ({ created }) => <Time of={created} />, isExtra: true },
              { title: 'Duration', of: ({ created, ended }) => duration(created, ended), isExtra: true },
            ]}
          />
        )}
      </Polled>
    </Page>
  );
}

async function load(): Promise<JobSummary[]> {
  const [training, processing, transform] = await Promise.all([
    call('sagemaker', 'ListTrainingJobs', LATEST),
    call('sagemaker', 'ListProcessingJobs', LATEST),
    call('sagemaker', 'ListTransformJobs', LATEST),
  ]);
  const jobs: JobSummary[] = [
    ...(training.TrainingJobSummaries ?? []).map((job) => ({
      ...{ kind: 'training' as const, name: job.TrainingJobName, status: job.TrainingJobStatus },
      ...{ created: job.CreationTime, ended: job.TrainingEndTime },
    })),
    ...(processing.ProcessingJobSummaries ?? []).map((job) => ({
      ...{ kind: 'processing' as const, name: job.ProcessingJobName, status: job.ProcessingJobStatus },
      ...{ created: job.CreationTime, ended: job.ProcessingEndTime },
    })),
    ...(transform.TransformJobSummaries ?? []).map((job) => ({
      ...{ kind: 'transform' as const, name: job.TransformJobName, status: job.TransformJobStatus },
      ...{ created: job.CreationTime, ended: job.TransformEndTime },
    })),
  ];
  return jobs.sort((a, b) => (b.created ?? 0) - (a.created ?? 0));
}
