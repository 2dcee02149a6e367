import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { type FunctionContext, functionEnd } from '../shared/function-end';
import { put } from '../shared/response';
import { SYSTEM_CLOCK } from '../shared/retry';
import type { Dependencies } from './dependencies';
import { type SmokeTestEvent, handle } from './handler';

const AWS: Dependencies = {
  cloudFormation: new CloudFormationClient({ maxAttempts: 5 }),
  s3: new S3Client({ maxAttempts: 5 }),
  sageMaker: new SageMakerClient({ maxAttempts: 5 }),
  // The handler counts the attempts itself.
  runtime: new SageMakerRuntimeClient({ maxAttempts: 1 }),
  put,
  ...SYSTEM_CLOCK,
};

export const handler = (event: SmokeTestEvent, context?: FunctionContext): Promise<void> =>
  handle(event, AWS, functionEnd(context));
