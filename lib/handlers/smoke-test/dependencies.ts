import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { ResponseDependencies } from '../shared/response';

/** The services that the handler calls. Tests replace them by a simulation. */
export interface Dependencies extends ResponseDependencies {
  readonly cloudFormation: Pick<CloudFormationClient, 'send'>;
  readonly sageMaker: Pick<SageMakerClient, 'send'>;
  readonly runtime: Pick<SageMakerRuntimeClient, 'send'>;
  readonly s3: Pick<S3Client, 'send'>;
}
