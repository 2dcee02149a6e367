import type { PollInput, PollOutput } from '../contract';
import { failed, sendResponse } from '../shared/response';
import type { Dependencies } from './dependencies';
import { type StartEvent, onEvent } from './events';
import { createHash } from './owners';
import { physicalId } from './physical-id';
import { onPoll } from './poll';

/**
 * The handler of jobs. It processes the CloudFormation events of custom resources and the polls of the waiter. Events can be
 * delivered twice, late or out of order.
 */
export async function handle(
  event: StartEvent | PollInput,
  dependencies: Dependencies,
  functionEnd: number,
): Promise<PollOutput | undefined> {
  if ('WaitHandle' in event) return onPoll(event, dependencies);
  await sendResponse(event, await outcomeOf(event, dependencies, functionEnd), dependencies, functionEnd);
  return undefined;
}

async function outcomeOf(event: StartEvent, dependencies: Dependencies, functionEnd: number): Promise<object> {
  try {
    return { Status: 'SUCCESS', ...(await onEvent(event, dependencies, functionEnd)) };
  } catch (error) {
    // CloudFormation deletes a failed resource under this id, which names no job: the event can be delivered again and create one.
    return failed(error as Error, event.PhysicalResourceId ?? physicalId(undefined, createHash(event.RequestId)));
  }
}
