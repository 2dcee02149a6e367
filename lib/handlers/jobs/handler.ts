import type { PollInput, PollOutput } from '../contract';
import { respond } from '../shared/response';
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
  // CloudFormation deletes a failed resource under this id, which names no job: the event can be delivered again and create one.
  const failedId = event.PhysicalResourceId ?? physicalId(undefined, createHash(event.RequestId));
  await respond(event, failedId, () => onEvent(event, dependencies, functionEnd), dependencies, functionEnd);
  return undefined;
}
