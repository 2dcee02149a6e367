import type { S3Client } from '@aws-sdk/client-s3';
import type { ResponseDependencies } from '../shared/response';

/** The services that the handler calls. Tests replace them by a simulation. */
export interface Dependencies extends ResponseDependencies {
  readonly s3: S3Client;
}
