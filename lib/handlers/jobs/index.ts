import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { PollInput, PollOutput } from '../contract';
import { type FunctionContext, functionEnd } from '../shared/function-end';
import { put } from '../shared/response';
import { SYSTEM_CLOCK } from '../shared/retry';
import { newClient } from './client';
import type { Dependencies } from './dependencies';
import type { StartEvent } from './events';
import { handle } from './handler';

const sfn = new SFNClient({});

const AWS: Dependencies = {
  sagemaker: newClient({ maxAttempts: 5 }),
  s3: new S3Client({}),
  startWaiter: async (stateMachineArn, name, input) => {
    try {
      await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    } catch (error) {
      if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
    }
  },
  put,
  ...SYSTEM_CLOCK,
};

export const handler = (event: StartEvent | PollInput, context?: FunctionContext): Promise<PollOutput | undefined> =>
  handle(event, AWS, functionEnd(context));
