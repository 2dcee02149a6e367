import type { ECRClient } from '@aws-sdk/client-ecr';
import type { Answering } from '../shared/answer';

/** What the handler needs of the world. Tests put a simulation in its place. */
export interface Dependencies extends Answering {
  readonly ecr: Pick<ECRClient, 'send'>;

  /** GETs a document. */
  get(url: string): Promise<string>;
}
