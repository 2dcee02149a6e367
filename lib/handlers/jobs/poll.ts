import type { PollInput, PollOutput } from '../contract';
import { isTransient, retry } from '../shared/retry';
import { truncate } from '../shared/truncate';
import type { Dependencies } from './dependencies';
import { describeFailure } from './ensure';
import { JobService } from './job-service';
import { type Job, KINDS } from './kinds';

const POLL_DEADLINE_MS = 60_000;

/** A signal has at most 4096 bytes. All members except the reason are short. */
const MAX_REASON_BYTES = 3000;

/** Describes the job, and signals the wait condition if the job has ended. */
export async function onPoll(input: PollInput, dependencies: Dependencies): Promise<PollOutput> {
  const deadline = dependencies.now() + POLL_DEADLINE_MS;
  const service = new JobService(KINDS[input.Kind], dependencies, deadline);
  const job = input.Error === undefined ? await service.findRecent(input.JobName) : undefined;
  if (job?.state === 'InProgress' || job?.state === 'Stopping') return { IsFinished: false };
  const failure = failureOf(service, input, job);
  const results = failure === undefined && job !== undefined ? await service.results(job) : [];
  const signal = {
    Status: failure === undefined ? 'SUCCESS' : 'FAILURE',
    // CloudFormation counts signals with the same id once.
    UniqueId: input.JobName,
    Data: results.join('|'),
    Reason: truncate(failure ?? 'Completed', MAX_REASON_BYTES),
  };
  await retry(dependencies, deadline, isTransient, async () => {
    const status = await dependencies.put(input.WaitHandle, JSON.stringify(signal));
    // Other errors are final: the URL of the handle has expired, and no deployment waits for the signal any more.
    if (status >= 500 || status === 429)
      throw Object.assign(new Error(`Signal: HTTP ${status}`), { name: 'ServiceUnavailable' });
  });
  return { IsFinished: true };
}

/** The reason why a job that has ended counts as failed. Undefined if it counts as completed. */
function failureOf(
  service: JobService,
  { JobName, AllowMaxRuntimeExceeded, Error: error }: PollInput,
  job?: Job,
): string | undefined {
  if (error !== undefined) return `The status of ${JobName} cannot be polled: ${error.Cause ?? 'unknown cause'}`;
  if (job === undefined) return `${JobName} does not exist any more.`;
  const isSuccess =
    job.state === 'Completed' || (AllowMaxRuntimeExceeded && job.state === 'Stopped' && job.isMaxRuntimeExceeded);
  return isSuccess ? undefined : describeFailure(service, job);
}
