import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { newClient } from '../jobs/client';
import type { ReconcileInput, ReconcileOutput } from '../release-contract';
import { type FunctionContext, functionEnd } from '../shared/function-end';
import { put } from '../shared/response';
import { SYSTEM_CLOCK } from '../shared/retry';
import type { Dependencies } from './dependencies';
import { type ParameterEvent, handle } from './handler';

const AWS: Dependencies = {
  cloudformation: new CloudFormationClient({}),
  sagemaker: newClient({}),
  ssm: new SSMClient({}),
  stepFunctions: new SFNClient({}),
  dynamodb: new DynamoDBClient({}),
  events: new EventBridgeClient({}),
  cloudwatch: new CloudWatchClient({}),
  s3: new S3Client({}),
  put,
  ...SYSTEM_CLOCK,
};

export const handler = (
  event: ReconcileInput | ParameterEvent,
  context?: FunctionContext,
): Promise<ReconcileOutput | undefined> => handle(event, AWS, functionEnd(context));
