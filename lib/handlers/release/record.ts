import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Release } from '../release-contract';
import type { Dependencies } from './dependencies';

/** The state that a deployment keeps between its steps and executions. */
export interface ReleaseRecord {
  /** The number of times that the record was written. A function that has read an older record must not overwrite it. */
  readonly revision: number;

  /** The update of the hosting stack that was started last. */
  readonly candidate?: Candidate;

  /** The update that has failed for reasons that are not those of a version, and the time in milliseconds at which it is tried again. */
  readonly failed?: HostedVersions & { readonly retryAt: number };

  /** Whether the last version that was rejected was older than the released one. No further one is tried then. */
  readonly hasSteppedBack?: boolean;

  /** The last version that the deployment has rejected, and the time in milliseconds. */
  readonly rejected?: { readonly arn: string; readonly time: number };

  /** The ARNs of the versions that have served. The deployment does not reject them. */
  readonly served: string[];

  /** The test of the version in the shadow variant, or the last one that has ended. */
  readonly test?: Test;

  /** The ARNs of the versions whose test has ended. They are not tested again. */
  readonly tested?: string[];
}

/** The versions that the hosting stack serves: the values of the SSM parameters that it reads. */
export interface HostedVersions {
  readonly released: string;

  /** The version in the shadow variant. */
  readonly shadow: string;
}

/** An update of the stack. */
export interface Candidate extends HostedVersions {
  /** The version that the update adds, moves or, from the shadow variant, removes. */
  readonly arn: string;

  /** The token of the update, which its events in the stack contain. */
  readonly token: string;

  /** The time at which the update was started, in milliseconds. */
  readonly since: number;

  /** The number of the attempt, which starts at 1 and counts the attempts that failed. */
  readonly attempt: number;
  readonly isStepBack: boolean;

  /** Why CloudFormation has refused the update. Undefined if it has started, or if it is unknown whether it has. */
  readonly refusal?: Refusal;
}

/** The test of a version in the shadow variant. */
export interface Test {
  readonly arn: string;

  /** The time since which the shadow variant has served the version, in milliseconds. */
  readonly since: number;

  /** The comparison by a job. Undefined until it starts. */
  readonly comparison?: StartedComparison;

  /** The result, which is recorded before anything is done about it. */
  readonly verdict?: Verdict;
}

/** A comparison whose manifests have been written. */
export interface StartedComparison {
  /** The time at which it has started, in milliseconds. The captured data ends there. */
  readonly since: number;

  /** The number of requests with a captured response of both variants at that time. */
  readonly requestCount: number;
}

/** The result of a test. It has no figures if an alarm has ended the test. */
export interface Verdict extends Partial<Figures> {
  readonly isPassed: boolean;
  readonly reason: string;
}

/** The figures of a comparison, as text in the events about outcomes. */
export interface Figures {
  /** The part of the requests with the same response. Undefined if a job has compared them. */
  readonly agreement?: string;

  /** The metric that the job has reported. */
  readonly metric?: string;
  readonly requestCount: string;
}

export interface Refusal {
  readonly reason: string;

  /** Whether the same update would be refused again. */
  readonly isFinal: boolean;
}

/** The latest reason to look again. */
export interface Reminder {
  readonly text: string;

  /** Milliseconds since 1970. */
  readonly time: number;
}

/** The number of versions that are remembered. */
const MAX_VERSIONS = 50;

/** The record and the reminder of a deployment, in the table of its lock. */
export class Records {
  constructor(
    private readonly release: Pick<Release, 'Name' | 'Table'>,
    private readonly dependencies: Pick<Dependencies, 'dynamodb' | 'now'>,
  ) {}

  public async read(): Promise<ReleaseRecord> {
    const { Item } = await this.dependencies.dynamodb.send(
      new GetItemCommand({ ...this.keyOf('record'), ConsistentRead: true }),
    );
    return Item?.Record?.S === undefined
      ? { revision: 0, served: [] }
      : { ...(JSON.parse(Item.Record.S) as ReleaseRecord), revision: Number(Item.Revision?.N ?? 0) };
  }

  /**
   * Writes the record that follows the one that was read, and returns it.
   *
   * @throws an error if it was written in the meantime. The step is repeated then, with what the other function has written
   */
  public async write(record: ReleaseRecord): Promise<ReleaseRecord> {
    const { TableName, Key } = this.keyOf('record');
    const { served, tested } = record;
    const next = {
      ...record,
      revision: record.revision + 1,
      served: served.slice(-MAX_VERSIONS),
      tested: tested?.slice(-MAX_VERSIONS),
    };
    await this.dependencies.dynamodb.send(
      new PutItemCommand({
        TableName,
        Item: { ...Key, Record: { S: JSON.stringify(next) }, Revision: { N: String(next.revision) } },
        ConditionExpression: 'attribute_not_exists(Revision) OR Revision = :revision',
        ExpressionAttributeValues: { ':revision': { N: String(record.revision) } },
      }),
    );
    return next;
  }

  /** Reminds the execution that has the lock, so that it looks again before it ends. */
  public async remind(execution: string): Promise<void> {
    const { TableName, Key } = this.keyOf('reminder');
    const Reminder = { S: `${this.dependencies.now()} ${execution}` };
    await this.dependencies.dynamodb.send(new PutItemCommand({ TableName, Item: { ...Key, Reminder } }));
  }

  public async reminder(): Promise<Reminder | undefined> {
    const { Item } = await this.dependencies.dynamodb.send(
      new GetItemCommand({ ...this.keyOf('reminder'), ConsistentRead: true }),
    );
    const text = Item?.Reminder?.S;
    return text === undefined ? undefined : { text, time: Number(text.split(' ')[0]) };
  }

  /** Removes a reminder, if any. Returns false if there is another one. */
  public async remove(reminder?: Reminder): Promise<boolean> {
    try {
      await this.dependencies.dynamodb.send(
        new DeleteItemCommand({
          ...this.keyOf('reminder'),
          ConditionExpression: 'attribute_not_exists(Reminder) OR Reminder = :reminder',
          ExpressionAttributeValues: { ':reminder': { S: reminder?.text ?? 'none' } },
        }),
      );
      return true;
    } catch (error) {
      if ((error as Error).name === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }

  private keyOf(kind: string): { TableName: string; Key: { Name: { S: string } } } {
    return { TableName: this.release.Table, Key: { Name: { S: `${this.release.Name} ${kind}` } } };
  }
}
