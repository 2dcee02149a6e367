import { Duration, Stack, type aws_dynamodb as dynamodb, aws_iam as iam, type aws_lambda as lambda } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { WORKFLOW } from './grants';
import { handlerFunction } from './handler-function';
import { LockTable } from './lock-table';
import { SOURCE } from './outcomes';

const ID = 'SageMakerWorkflows';

/**
 * The Lambda function that performs the steps of the workflows of a stack, and the table of their locks. Each workflow adds its own
 * permissions to the role.
 */
export class WorkflowHandler extends Construct {
  public static of(scope: Construct): WorkflowHandler {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as WorkflowHandler | undefined) ?? new WorkflowHandler(stack);
  }

  public readonly function: lambda.Function;
  public readonly role: iam.Role;
  public readonly table: dynamodb.Table;

  private constructor(stack: Stack) {
    super(stack, ID);
    const handler = handlerFunction(this, {
      name: 'workflow',
      description: 'Performs the steps of the SageMaker workflows of this stack',
      // The end of an execution is only complete when its jobs have stopped.
      timeout: Duration.minutes(15),
      retryAttempts: 2,
      services: ['sagemaker.api', 'states', 'dynamodb', 'events', 'monitoring', 's3'],
    });
    this.function = handler.function;
    this.role = handler.role;
    this.table = LockTable.of(this).table;
    this.table.encryptionKey?.grantEncryptDecrypt(this.role);
    this.role.addToPolicy(new iam.PolicyStatement({ actions: [...WORKFLOW.lock], resources: [this.table.tableArn] }));
    grantReports(this.role);
  }
}

/** Grants permission to report the outcomes of workflows as events and metrics. */
export function grantReports(role: iam.Role): void {
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: [...WORKFLOW.putEvents],
      resources: [Stack.of(role).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' })],
      conditions: { StringEquals: { 'events:source': SOURCE } },
    }),
  );
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: [...WORKFLOW.putMetrics],
      // The action does not support resource-level permissions. The condition limits it to the metrics of workflows.
      resources: ['*'],
      conditions: { StringEquals: { 'cloudwatch:namespace': SOURCE } },
    }),
  );
}
