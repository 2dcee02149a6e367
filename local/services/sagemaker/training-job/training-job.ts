import type { CreateTrainingJobCommandInput, DescribeTrainingJobCommandOutput } from '@aws-sdk/client-sagemaker';
import { type Wire, now } from '../../wire/record';

export type TrainingJobInput = Wire<CreateTrainingJobCommandInput>;

/** The record of a training job, as DescribeTrainingJob returns it. */
export type TrainingJob = Omit<Wire<DescribeTrainingJobCommandOutput>, '$metadata'> & {
  readonly TrainingJobName: string;
  readonly TrainingJobArn: string;
  readonly TrainingJobStatus: string;
  readonly CreationTime: number;
};

type Transition = NonNullable<TrainingJob['SecondaryStatusTransitions']>[number];

const MESSAGES: Record<string, string> = {
  Starting: 'Preparing the instances for training',
  Downloading: 'Downloading input data',
  Training: 'Training image download completed. Training in progress.',
  Interrupted: 'The instances were interrupted',
  Stopping: 'Stopping the training job',
  Uploading: 'Uploading generated training model',
  Completed: 'Training job completed',
};

/** The members of a job whose secondary status changes; none if it has this status already. */
export function withSecondaryStatus(
  { SecondaryStatusTransitions: before = [] }: Pick<TrainingJob, 'SecondaryStatusTransitions'>,
  status: string,
): Partial<TrainingJob> {
  if (before.at(-1)?.Status === status) return {};
  const time = now();
  const closed = before.map((one, index) => (index === before.length - 1 ? { ...one, EndTime: time } : one));
  return {
    SecondaryStatus: status as TrainingJob['SecondaryStatus'],
    SecondaryStatusTransitions: [...closed, transition(status, time)],
    LastModifiedTime: time,
  };
}

/** Clients print the message of a transition, and require one. */
function transition(status: string, StartTime: number): Transition {
  const StatusMessage = MESSAGES[status] ?? `The training job is ${status}`;
  return { Status: status as Transition['Status'], StartTime, StatusMessage };
}
