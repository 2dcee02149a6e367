import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { PollInput } from '../contract';
import type { ResponseDependencies } from '../shared/response';

/** The services that the handler calls. Tests replace them by a simulation. */
export interface Dependencies extends ResponseDependencies {
  readonly sagemaker: Pick<SageMakerClient, 'send'>;

  /** Starts an execution of the waiter, unless one with the same name exists. */
  startWaiter(stateMachineArn: string, name: string, input: PollInput): Promise<void>;
}
