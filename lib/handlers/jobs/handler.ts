import type { PollInput, PollOutput } from '../contract';
import { answer, failed } from '../shared/answer';
import type { Dependencies } from './dependencies';
import { type StartEvent, baseOf, onEvent } from './events';
import { onPoll } from './poll';

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
    // A Create that has failed is deleted under this id: a name of ours, so that the Delete need not wait for the Create.
    return failed(error as Error, event.PhysicalResourceId ?? baseOf(event));
  }
}
