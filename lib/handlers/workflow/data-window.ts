import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DataWindow, SelectDataInput, Workflow } from '../workflow-contract';
import type { Dependencies } from './dependencies';

const HOUR_MS = 3_600_000;

/**
 * The window of an execution: from the end of the last window that was analyzed to the last complete hour before the delay. It consists of
 * whole hours, since captured data is stored in a folder for each hour. It is empty if no hour has passed since the last window.
 *
 * @param previousEnd the end of the last window that was analyzed, in milliseconds
 */
export function windowOf(
  { StartedAt, DelayHours, MaxWindowHours }: Pick<SelectDataInput, 'StartedAt' | 'DelayHours' | 'MaxWindowHours'>,
  previousEnd?: number,
): DataWindow & { readonly isEmpty: boolean } {
  const end = Math.floor(Date.parse(StartedAt) / HOUR_MS - DelayHours) * HOUR_MS;
  const earliest = end - MaxWindowHours * HOUR_MS;
  const start = Math.min(end, Math.max(earliest, previousEnd ?? earliest));
  const isCut = previousEnd !== undefined && previousEnd < earliest;
  return {
    isEmpty: start === end,
    StartTime: textOf(start),
    EndTime: textOf(end),
    ...(isCut ? { NotAnalyzedSince: textOf(previousEnd) } : {}),
  };
}

/** The end of the last window that was analyzed. Undefined before the first one. */
export async function analyzedUntil(
  { Name, Table }: Workflow,
  { dynamodb }: Pick<Dependencies, 'dynamodb'>,
): Promise<number | undefined> {
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: Table, Key: { Name: keyOf(Name) }, ConsistentRead: true }),
  );
  return Item?.AnalyzedUntil?.N === undefined ? undefined : Number(Item.AnalyzedUntil.N);
}

/** Records that a window was analyzed. A step that is repeated, or an execution that is redriven, does not go back in time. */
export async function recordWindow(
  { Name, Table }: Workflow,
  { EndTime }: DataWindow,
  { dynamodb }: Pick<Dependencies, 'dynamodb'>,
): Promise<void> {
  const end = { N: String(Date.parse(EndTime)) };
  try {
    await dynamodb.send(
      new PutItemCommand({
        TableName: Table,
        Item: { Name: keyOf(Name), AnalyzedUntil: end },
        ConditionExpression: 'attribute_not_exists(AnalyzedUntil) OR AnalyzedUntil < :end',
        ExpressionAttributeValues: { ':end': end },
      }),
    );
  } catch (error) {
    if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
  }
}

/** No lock has this key, since the name of a state machine contains no space. */
function keyOf(name: string): { readonly S: string } {
  return { S: `${name} window` };
}

function textOf(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}
