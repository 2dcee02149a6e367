import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { newClient } from '../jobs/client';
import { type FunctionContext, functionEnd } from '../shared/function-end';
import { put } from '../shared/response';
import { SYSTEM_CLOCK } from '../shared/retry';
import type { WorkflowInput } from '../workflow-contract';
import type { Dependencies } from './dependencies';
import { type WorkflowEvent, handle } from './handler';

const AWS: Dependencies = {
  sagemaker: newClient({ maxAttempts: 5 }),
  stepFunctions: new SFNClient({}),
  dynamodb: new DynamoDBClient({}),
  events: new EventBridgeClient({}),
  cloudwatch: new CloudWatchClient({}),
  s3: new S3Client({}),
  put,
  ...SYSTEM_CLOCK,
};

export const handler = (event: WorkflowInput | WorkflowEvent, context?: FunctionContext): Promise<unknown> =>
  handle(event, AWS, functionEnd(context));
