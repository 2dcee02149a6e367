import type { PollInput, PollOutput } from '../contract';
import { type Dependencies, isTransient, retrying } from './dependencies';
import { type StartEvent, baseOf, onEvent } from './events';
import { fitting } from './fitting';
import { onPoll } from './poll';

const ANSWER_DEADLINE_MS = 30_000;

/** An answer has at most 4096 bytes; all but the reason is far shorter. */
const MAX_REASON_BYTES = 2500;

/**
 * The handler of jobs: answers CloudFormation about start resources, and the waiter about the progress of jobs. Any event
 * may come twice, late or out of order.
 */
export async function handle(
  event: StartEvent | PollInput,
  dependencies: Dependencies,
): Promise<PollOutput | undefined> {
  if ('WaitHandle' in event) return onPoll(event, dependencies);
  await answer(event, await outcomeOf(event, dependencies), dependencies);
  return undefined;
}

async function outcomeOf(event: StartEvent, dependencies: Dependencies): Promise<object> {
  try {
    return { Status: 'SUCCESS', ...(await onEvent(event, dependencies)) };
  } catch (error) {
    const { name, message } = error as Error;
    const reason = name === 'Error' ? message : `${name}: ${message}`;
    // A Create that has failed is deleted under this id: a name of ours, so that the Delete need not wait for the Create.
    const PhysicalResourceId = event.PhysicalResourceId ?? baseOf(event);
    return { Status: 'FAILED', PhysicalResourceId, Reason: fitting(reason, MAX_REASON_BYTES) };
  }
}

/** CloudFormation waits for an answer to every event, and for an hour if there is none. */
async function answer(event: StartEvent, outcome: object, dependencies: Dependencies): Promise<void> {
  const { RequestId, StackId, LogicalResourceId } = event;
  const body = JSON.stringify({ RequestId, StackId, LogicalResourceId, ...outcome });
  await retrying(dependencies, dependencies.now() + ANSWER_DEADLINE_MS, isTransient, async () => {
    const status = await dependencies.put(event.ResponseURL, body);
    if (status >= 300) throw Object.assign(new Error(`Answer: HTTP ${status}`), { name: 'ServiceUnavailable' });
  });
}
