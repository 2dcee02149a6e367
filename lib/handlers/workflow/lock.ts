import { GetItemCommand, UpdateItemCommand, type UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../shared/retry';
import type { Workflow } from '../workflow-contract';
import type { Dependencies } from './dependencies';
import { isRunning } from './execution';

/** The execution that has a lock. */
export interface Holder {
  readonly execution: string;

  /** The number of times that it had been redriven when it confirmed the lock. */
  readonly redriveCount: number;
}

interface State {
  readonly holder?: Holder;

  /** Whether the workflow is being deleted: no execution can take the lock any more. */
  readonly isClosed: boolean;
}

const IS_OPEN = 'attribute_not_exists(Closed)';

/**
 * The lock of a workflow: an item of a table, which contains the execution that runs. An execution that has ended keeps no lock, even if
 * it could not release it.
 *
 * The item also contains the number of redrives of the holder: what has read that an execution has ended must not take its lock or
 * release it once the execution has been redriven.
 */
export class Lock {
  private readonly key: { readonly Name: { readonly S: string } };

  constructor(
    private readonly workflow: Pick<Workflow, 'Name' | 'Table'>,
    private readonly dependencies: Pick<Dependencies, 'dynamodb' | 'stepFunctions' | keyof Clock>,
  ) {
    this.key = { Name: { S: workflow.Name } };
  }

  /**
   * Takes or confirms the lock. Returns false if another execution has it.
   *
   * @param beforeTakeover runs before the lock is taken from an execution that has ended without releasing it
   */
  public async take(
    execution: string,
    redriveCount = 0,
    beforeTakeover: (holder: Holder) => Promise<void> = () => Promise.resolve(),
  ): Promise<boolean> {
    const taker = { execution, redriveCount };
    for (;;) {
      const isOwn = 'Execution = :execution AND RedriveCount <= :redrives';
      if (await this.set(taker, `${IS_OPEN} AND (attribute_not_exists(Execution) OR (${isOwn}))`)) return true;
      const { holder, isClosed } = await this.read();
      if (isClosed) return false;
      if (holder === undefined) continue;
      // A step that ends late, after a redrive, has no effect on the lock.
      if (holder.execution === execution) return true;
      if (await isRunning(holder.execution, this.dependencies)) return false;
      await beforeTakeover(holder);
      const isUnchanged = 'Execution = :holder AND RedriveCount = :holderRedrives';
      if (await this.set(taker, `${IS_OPEN} AND ${isUnchanged}`, holder)) return true;
    }
  }

  /** The execution that has the lock, if any. None has a lock that is closed. */
  public async holder(): Promise<string | undefined> {
    const { holder, isClosed } = await this.read();
    return isClosed ? undefined : holder?.execution;
  }

  /** Whether an execution that runs has the lock. */
  public async isTaken(): Promise<boolean> {
    const { holder, isClosed } = await this.read();
    return isClosed || (holder !== undefined && (await isRunning(holder.execution, this.dependencies)));
  }

  /** Releases the lock, if the execution has it and was not redriven more often. */
  public async release(execution: string, redriveCount = 0): Promise<void> {
    await this.update({
      UpdateExpression: 'REMOVE Execution, RedriveCount',
      ConditionExpression: 'Execution = :execution AND RedriveCount <= :redrives',
      ExpressionAttributeValues: valuesOf({ execution, redriveCount }),
    });
  }

  /** Closes the lock until it is opened again. Returns the execution that has it, again if the lock is closed twice. */
  public async close(): Promise<Holder | undefined> {
    await this.update({
      UpdateExpression: 'SET Closed = :true',
      ExpressionAttributeValues: { ':true': { BOOL: true } },
    });
    return (await this.read()).holder;
  }

  /** Opens a lock that was closed, if a workflow with the same name was deleted before. */
  public async open(): Promise<void> {
    await this.update({ UpdateExpression: 'REMOVE Closed' });
  }

  private async read(): Promise<State> {
    const { Item } = await this.dependencies.dynamodb.send(
      new GetItemCommand({ TableName: this.workflow.Table, Key: this.key, ConsistentRead: true }),
    );
    const execution = Item?.Execution?.S;
    return {
      holder: execution === undefined ? undefined : { execution, redriveCount: Number(Item?.RedriveCount?.N ?? 0) },
      isClosed: Item?.Closed?.BOOL ?? false,
    };
  }

  private set(taker: Holder, condition: string, holder?: Holder): Promise<boolean> {
    return this.update({
      UpdateExpression: 'SET Execution = :execution, RedriveCount = :redrives',
      ConditionExpression: condition,
      ExpressionAttributeValues: {
        ...valuesOf(taker),
        ...(holder === undefined
          ? {}
          : { ':holder': { S: holder.execution }, ':holderRedrives': { N: String(holder.redriveCount) } }),
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

function valuesOf({ execution, redriveCount }: Holder): { ':execution': { S: string }; ':redrives': { N: string } } {
  return { ':execution': { S: execution }, ':redrives': { N: String(redriveCount) } };
}
