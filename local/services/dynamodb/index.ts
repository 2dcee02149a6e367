import type { Context } from '../context';
import type { Service } from '../service';
import { dynamoDbAccess } from './access';
import { dynamoDbOperations } from './operations';
import { dynamoDbResourceTypes } from './resources';
import { Tables } from './store';

/** Amazon DynamoDB: tables of stacks, and single items with conditional writes. */
export function dynamoDb(context: Context): Service {
  const tables = new Tables(context);
  return {
    signingName: 'dynamodb',
    api: { protocol: 'json', operations: dynamoDbOperations(tables), access: dynamoDbAccess(tables) },
    resourceTypes: dynamoDbResourceTypes(tables, context.region),
  };
}
