import type { ListHyperParameterTuningJobsResponse } from '@aws-sdk/client-sagemaker';
import type { JSX } from 'preact';
import type { Wire } from '../../services/wire/record';
import { call } from '../aws';
import { Page } from '../page';
import { Polled } from '../polled';
import { link } from '../route';
import { Status } from '../status';
import { Table } from '../table';
import { Time, duration } from '../time';

type Summaries = Wire<ListHyperParameterTuningJobsResponse>;

/** The latest tuning jobs. */
export function TuningJobs(): JSX.Element {
  const input = { MaxResults: 100, SortBy: 'CreationTime', SortOrder: 'Descending' };
  const load = (): Promise<Summaries> => call('sagemaker', 'ListHyperParameterTuningJobs', input);
  return (
    <Page title="Tuning">
      <Polled load={load}>
        {({ HyperParameterTuningJobSummaries: jobs = [] }) => (
          <Table
            name="Tuning jobs"
            rows={jobs}
            empty="There are no tuning jobs."
            columns={[
              {
                title: 'Name',
                of: ({ HyperParameterTuningJobName: name = '' }) => <a href={link('tuning', name)}>{name}</a>,
              },
              { title: 'Strategy', of: ({ Strategy }) => Strategy, isExtra: true },
              { title: 'Status', of: ({ HyperParameterTuningJobStatus: status }) => <Status of={status} /> },
              {
                title: 'Completed jobs',
                of: ({ TrainingJobStatusCounters: counters }) => counters?.Completed ?? 0,
              },
              { title: 'Created', of: ({ CreationTime }) => <Time of={CreationTime} />, isExtra: true },
              {
                title: 'Duration',
                of: (job) => duration(job.CreationTime, job.HyperParameterTuningEndTime),
                isExtra: true,
              },
            ]}
          />
        )}
      </Polled>
    </Page>
  );
}
