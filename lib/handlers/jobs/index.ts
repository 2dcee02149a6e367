import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { PollInput, PollOutput } from '../contract';
import { type FunctionContext, functionEnd } from '../shared/function-end';
import { put } from '../shared/response';
import { newClient } from './client';
import type { Dependencies } from './dependencies';
import type { StartEvent } from './events';
import { handle } from './handler';

/** A request that hangs must not take the time for the response. */
const requestHandler = { connectionTimeout: 5_000, requestTimeout: 20_000 };
const sfn = new SFNClient({ requestHandler });

const AWS: Dependencies = {
  sagemaker: newClient({ maxAttempts: 5, requestHandler }),
  startWaiter: async (stateMachineArn, name, input) => {
    try {
      await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    } catch (error) {
      if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
    }
  },
  put,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  now: () => Date.now(),
};

export const handler = (event: StartEvent | PollInput, context: FunctionContext): Promise<PollOutput | undefined> =>
  handle(event, AWS, functionEnd(context));
