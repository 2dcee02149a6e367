import type { PollInput, PollOutput } from '../contract';
import { isTransient, retrying } from '../shared/retrying';
import type { Dependencies } from './dependencies';
import { describeEnd } from './ensure';
import { fitting } from '../shared/fitting';
import { JobService } from './job-service';
import type { Job } from './kinds';

const POLL_DEADLINE_MS = 60_000;

/** A signal has at most 4096 bytes, and the reason is the only part that may be long. */
const MAX_REASON_BYTES = 3000;

/** One round of a waiter: looks at the job, and tells the wait condition when it is over. */
export async function onPoll(input: PollInput, dependencies: Dependencies): Promise<PollOutput> {
  const deadline = dependencies.now() + POLL_DEADLINE_MS;
  const service = new JobService(input.Kind, dependencies, deadline);
  const job = input.Error === undefined ? await service.find(input.JobName) : undefined;
  if (job?.state === 'InProgress' || job?.state === 'Stopping') return { Over: false };
  const failure = failureOf(service, input, job);
  const results = failure === undefined && job !== undefined ? await service.results(job) : [];
  const signal = {
    Status: failure === undefined ? 'SUCCESS' : 'FAILURE',
    // A signal of the same id is the same signal, however often it is sent.
    UniqueId: input.JobName,
    Data: results.join('|'),
    Reason: fitting(failure ?? 'Completed', MAX_REASON_BYTES),
  };
  await retrying(dependencies, deadline, isTransient, async () => {
    const status = await dependencies.put(input.WaitHandle, JSON.stringify(signal));
    // Any other refusal is final: the handle has expired, and with it whoever would have listened.
    if (status >= 500 || status === 429)
      throw Object.assign(new Error(`Signal: HTTP ${status}`), { name: 'ServiceUnavailable' });
  });
  return { Over: true };
}

/** Why the end of a job is not what was waited for. */
function failureOf(
  service: JobService,
  { JobName, AcceptMaxRuntime, Error: fault }: PollInput,
  job?: Job,
): string | undefined {
  if (fault !== undefined) return `${JobName} can no longer be watched: ${fault.Cause ?? 'unknown cause'}`;
  if (job === undefined) return `${JobName} is gone.`;
  const isGood = job.state === 'Completed' || (AcceptMaxRuntime && job.state === 'Stopped' && job.isMaxRuntime);
  return isGood ? undefined : describeEnd(service, job);
}
