import type { ECRClient } from '@aws-sdk/client-ecr';
import type { ResponseDependencies } from '../shared/response';

/** The services that the handler calls. Tests replace them by a simulation. */
export interface Dependencies extends ResponseDependencies {
  readonly ecr: Pick<ECRClient, 'send'>;

  /** GETs a document. */
  get(url: string): Promise<string>;
}
