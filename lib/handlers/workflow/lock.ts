import { GetItemCommand, UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand } from '@aws-sdk/client-sfn';
import type { Workflow } from '../workflow-contract';
import type { Dependencies } from './dependencies';

/** Stands for the execution of a workflow that is being deleted: no execution can take the lock any more. */
const CLOSED = 'closed';

/**
 * The lock of a workflow: an item of a table, which contains the execution that runs. An execution that has ended keeps no lock, even if
 * it could not release it.
 */
export class Lock {
  private readonly key: { readonly Name: { readonly S: string } };

  constructor(
    private readonly workflow: Pick<Workflow, 'Name' | 'Table'>,
    private readonly dependencies: Pick<Dependencies, 'dynamodb' | 'stepFunctions'>,
  ) {
    this.key = { Name: { S: workflow.Name } };
  }

  /** Takes or confirms the lock. Returns false if another execution has it. */
  public async take(execution: string): Promise<boolean> {
    for (;;) {
      if (await this.set(execution, 'attribute_not_exists(Execution) OR Execution = :new')) return true;
      const holder = await this.holder();
      if (holder === undefined) continue;
      if (holder === CLOSED || (await isRunning(holder, this.dependencies))) return false;
      if (await this.set(execution, 'Execution = :holder', holder)) return true;
    }
  }

  /** The execution that has the lock, if any. */
  public async holder(): Promise<string | undefined> {
    const { Item } = await this.dependencies.dynamodb.send(
      new GetItemCommand({ TableName: this.workflow.Table, Key: this.key, ConsistentRead: true }),
    );
    return Item?.Execution?.S;
  }

  /** Whether an execution that runs has the lock. */
  public async isTaken(): Promise<boolean> {
    const holder = await this.holder();
    return holder !== undefined && (holder === CLOSED || (await isRunning(holder, this.dependencies)));
  }

  /** Releases the lock, if the execution has it. */
  public async release(execution: string): Promise<void> {
    await this.update({
      UpdateExpression: 'REMOVE Execution',
      ConditionExpression: 'Execution = :holder',
      ExpressionAttributeValues: { ':holder': { S: execution } },
    });
  }

  /** Closes the lock for ever. Returns the execution that had it. */
  public async close(): Promise<string | undefined> {
    for (;;) {
      const holder = await this.holder();
      if (holder === CLOSED) return undefined;
      const isUnchanged = holder === undefined ? 'attribute_not_exists(Execution)' : 'Execution = :holder';
      if (await this.set(CLOSED, isUnchanged, holder)) return holder;
    }
  }

  /** Opens a lock that was closed, if the deletion of its workflow was rolled back. */
  public open(): Promise<void> {
    return this.release(CLOSED);
  }

  private set(execution: string, condition: string, holder?: string): Promise<boolean> {
    return this.update({
      UpdateExpression: 'SET Execution = :new',
      ConditionExpression: condition,
      ExpressionAttributeValues: {
        ':new': { S: execution },
        ...(holder === undefined ? {} : { ':holder': { S: holder } }),
      },
    });
  }

  private async update(input: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>): Promise<boolean> {
    try {
      await this.dependencies.dynamodb.send(
        new UpdateItemCommand({ TableName: this.workflow.Table, Key: this.key, ...input }),
      );
      return true;
    } catch (error) {
      if ((error as Error).name === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }
}

/** Whether an execution has not ended. The record of an execution is deleted 90 days after its end. */
export async function isRunning(
  executionArn: string,
  { stepFunctions }: Pick<Dependencies, 'stepFunctions'>,
): Promise<boolean> {
  try {
    const { status } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    return status === 'RUNNING' || status === 'PENDING_REDRIVE';
  } catch (error) {
    if ((error as Error).name === 'ExecutionDoesNotExist') return false;
    throw error;
  }
}
