import type { S3Client } from '@aws-sdk/client-s3';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { PollInput } from '../contract';
import type { ResponseDependencies } from '../shared/response';
import type { Clock } from '../shared/retry';

/** The dependencies of the operations on jobs. */
export interface JobDependencies extends Clock {
  readonly sagemaker: Pick<SageMakerClient, 'send'>;
  readonly s3: Pick<S3Client, 'send'>;
}

/** The services that the handler calls. Tests replace them by a simulation. */
export interface Dependencies extends JobDependencies, ResponseDependencies {
  /** Starts an execution of the waiter, unless one with the same name exists. */
  startWaiter(stateMachineArn: string, name: string, input: PollInput): Promise<void>;
}
