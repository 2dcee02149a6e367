import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { JobDependencies } from '../jobs/dependencies';
import type { ResponseDependencies } from '../shared/response';

/** The services that the handler calls. Tests replace them by a simulation. */
export interface Dependencies extends JobDependencies, ResponseDependencies {
  readonly stepFunctions: Pick<SFNClient, 'send'>;
  readonly dynamodb: Pick<DynamoDBClient, 'send'>;
  readonly events: Pick<EventBridgeClient, 'send'>;
  readonly cloudwatch: Pick<CloudWatchClient, 'send'>;
}
