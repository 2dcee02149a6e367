import type { PollInput, PollOutput } from '../contract';
import { failed, sendResponse } from '../shared/response';
import type { Dependencies } from './dependencies';
import { type StartEvent, baseOf, onEvent } from './events';
import { onPoll } from './poll';

/**
 * The handler of jobs. It processes the CloudFormation events of custom resources and the polls of the waiter. Events can be
 * delivered twice, late or out of order.
 */
export async function handle(
  event: StartEvent | PollInput,
  dependencies: Dependencies,
): Promise<PollOutput | undefined> {
  if ('WaitHandle' in event) return onPoll(event, dependencies);
  await sendResponse(event, await outcomeOf(event, dependencies), dependencies);
  return undefined;
}

async function outcomeOf(event: StartEvent, dependencies: Dependencies): Promise<object> {
  try {
    return { Status: 'SUCCESS', ...(await onEvent(event, dependencies)) };
  } catch (error) {
    // CloudFormation deletes a failed resource under this id. A name of this handler spares the Delete event waiting for the Create.
    return failed(error as Error, event.PhysicalResourceId ?? baseOf(event));
  }
}
