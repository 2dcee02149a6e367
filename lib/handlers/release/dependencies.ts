import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { ResponseDependencies } from '../shared/response';
import type { Dependencies as WorkflowDependencies } from '../workflow/dependencies';

/** The services that the handler calls. Tests replace them by a simulation. */
export interface Dependencies
  extends
    ResponseDependencies,
    Pick<WorkflowDependencies, 'stepFunctions' | 'dynamodb' | 'events' | 'cloudwatch' | 's3'> {
  readonly cloudformation: Pick<CloudFormationClient, 'send'>;
  readonly sagemaker: Pick<SageMakerClient, 'send'>;
  readonly ssm: Pick<SSMClient, 'send'>;
}
