import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { PollInput } from '../contract';
import type { Answering } from '../shared/answer';

/** What the handler needs of the world. Tests put a simulation in its place. */
export interface Dependencies extends Answering {
  readonly sagemaker: Pick<SageMakerClient, 'send'>;

  /** Starts a waiter; one of the same name that exists already is the same waiter. */
  startWaiter(stateMachineArn: string, name: string, input: PollInput): Promise<void>;
}
