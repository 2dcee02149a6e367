import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Release } from '../release-contract';
import type { Dependencies } from './dependencies';

/** The state that a deployment keeps between its steps and executions. */
export interface ReleaseRecord {
  /** The version that the hosting stack is being updated to. */
  readonly candidate?: Candidate;

  /** The version whose update has failed for reasons that are not its own, and the time in milliseconds at which it is tried again. */
  readonly failed?: { readonly arn: string; readonly retryAt: number };

  /** Whether the last version that was rejected was older than the released one. No further one is tried then. */
  readonly hasSteppedBack?: boolean;

  /** The creation time of the newest version that was rejected while nothing was released, in milliseconds. */
  readonly rejectedAt?: number;

  /** The ARNs of the versions that have served. The deployment does not reject them. */
  readonly served: string[];
}

export interface Candidate {
  readonly arn: string;

  /** The creation time of the version in milliseconds. */
  readonly createdAt: number;

  /** The token of the update, which its events in the stack contain. */
  readonly token: string;

  /** The time at which the update was started, in milliseconds. */
  readonly since: number;

  /** The number of updates of the stack to this version. */
  readonly attempt: number;
  readonly isStepBack: boolean;
}

/** The number of versions that are remembered. */
const MAX_SERVED = 50;

/** The record and the reminder of a deployment, in the table of its lock. */
export class Records {
  constructor(
    private readonly release: Pick<Release, 'Name' | 'Table'>,
    private readonly dependencies: Pick<Dependencies, 'dynamodb'>,
  ) {}

  public async read(): Promise<ReleaseRecord> {
    const { Item } = await this.dependencies.dynamodb.send(
      new GetItemCommand({ ...this.keyOf('record'), ConsistentRead: true }),
    );
    return Item?.Record?.S === undefined ? { served: [] } : (JSON.parse(Item.Record.S) as ReleaseRecord);
  }

  public async write(record: ReleaseRecord): Promise<void> {
    const { TableName, Key } = this.keyOf('record');
    const text = JSON.stringify({ ...record, served: record.served.slice(-MAX_SERVED) });
    await this.dependencies.dynamodb.send(new PutItemCommand({ TableName, Item: { ...Key, Record: { S: text } } }));
  }

  /** Reminds the execution that has the lock, so that it looks again before it ends. */
  public async remind(): Promise<void> {
    const { TableName, Key } = this.keyOf('reminder');
    await this.dependencies.dynamodb.send(new PutItemCommand({ TableName, Item: Key }));
  }

  /** Removes the reminder. Returns whether there was one. */
  public async takeReminder(): Promise<boolean> {
    const { Attributes } = await this.dependencies.dynamodb.send(
      new DeleteItemCommand({ ...this.keyOf('reminder'), ReturnValues: 'ALL_OLD' }),
    );
    return Attributes !== undefined;
  }

  private keyOf(kind: string): { TableName: string; Key: { Name: { S: string } } } {
    return { TableName: this.release.Table, Key: { Name: { S: `${this.release.Name} ${kind}` } } };
  }
}
