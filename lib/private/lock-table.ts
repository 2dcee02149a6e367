import { RemovalPolicy, Stack, aws_dynamodb as dynamodb } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { handlerSettings } from './handler-settings';

const ID = 'SageMakerLocks';

/** The table with the locks of the workflows of a stack, and with what they have to remember between executions. */
export class LockTable extends Construct {
  public static of(scope: Construct): LockTable {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(ID) as LockTable | undefined) ?? new LockTable(stack);
  }

  public readonly table: dynamodb.Table;

  private constructor(stack: Stack) {
    super(stack, ID);
    this.table = new dynamodb.Table(this, 'Table', {
      partitionKey: { name: 'Name', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      encryptionKey: handlerSettings(this).encryptionKey,
      // It contains the state of running workflows only, so that there is nothing to recover.
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
