import { GetItemCommand, PutItemCommand, type PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { _Object } from '@aws-sdk/client-s3';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { objectsOf } from '../shared/s3-objects';
import type { LookForDataInput, NewData, NewDataInput, Workflow } from '../workflow-contract';
import type { Dependencies } from './dependencies';
import { hash } from '../jobs/names';
import { Lock } from './lock';

/** Starts an execution if there is new data. A burst of objects starts one execution. */
export async function lookForData(input: LookForDataInput, dependencies: Dependencies): Promise<void> {
  const { Workflow: workflow, StateMachine, Bucket, Prefix, ScheduledTime } = input;
  // While an execution runs, data stays new: a second execution would be skipped.
  if (await new Lock(workflow, dependencies).isTaken()) return;
  const Location = `s3://${Bucket}/${Prefix}`;
  const seen = await seenData(workflow, Location, dependencies);
  const { data, first } = await list(input, Location, seen, dependencies);
  if (data.Newest <= seen.Newest && data.Count <= seen.Count) {
    // Deleted objects must not hide later ones that have an old modification time.
    if (data.Count < seen.Count)
      await putData(workflow, { Location, Newest: seen.Newest, Count: data.Count }, dependencies);
    return;
  }
  const now = dependencies.now();
  const hasSettled = data.Newest + input.SettleSeconds * 1000 <= now;
  if (!hasSettled && first + input.MaxDelaySeconds * 1000 > now) return;
  const executionInput: NewDataInput = { NewData: data };
  try {
    await dependencies.stepFunctions.send(
      new StartExecutionCommand({
        stateMachineArn: StateMachine,
        // The same for another delivery of the event.
        name: `new-data-${hash(Location).slice(0, 8)}-${ScheduledTime.replace(/\D/g, '')}`,
        input: JSON.stringify(executionInput),
      }),
    );
  } catch (error) {
    if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
  }
}

/**
 * Records that an execution has started with data, which is not new any more, even if the execution fails. An execution that is
 * redriven does not replace the later data of another one.
 */
export async function recordData(workflow: Workflow, data: NewData, dependencies: Dependencies): Promise<void> {
  try {
    await putData(workflow, data, dependencies, {
      ConditionExpression: 'attribute_not_exists(Newest) OR Newest < :newest OR (Newest = :newest AND #count < :count)',
      ExpressionAttributeNames: { '#count': 'Count' },
      ExpressionAttributeValues: { ':newest': { N: String(data.Newest) }, ':count': { N: String(data.Count) } },
    });
  } catch (error) {
    if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
  }
}

async function putData(
  { Name, Table }: Workflow,
  { Location, Newest, Count }: NewData,
  { dynamodb }: Dependencies,
  condition: Partial<PutItemCommandInput> = {},
): Promise<void> {
  const Item = { Name: keyOf(Name, Location), Newest: { N: String(Newest) }, Count: { N: String(Count) } };
  await dynamodb.send(new PutItemCommand({ TableName: Table, Item, ...condition }));
}

export function newDataOf(input: unknown): NewData | undefined {
  return (input as Partial<NewDataInput> | null | undefined)?.NewData;
}

async function seenData(
  { Name, Table }: Workflow,
  location: string,
  { dynamodb }: Dependencies,
): Promise<Pick<NewData, 'Newest' | 'Count'>> {
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: Table, Key: { Name: keyOf(Name, location) }, ConsistentRead: true }),
  );
  return { Newest: Number(Item?.Newest.N ?? 0), Count: Number(Item?.Count.N ?? 0) };
}

function keyOf(name: string, location: string): { S: string } {
  return { S: `${name} ${location}` };
}

/** Lists the objects. Returns the time of the first one that has not been seen, too. */
async function list(
  { Bucket: bucket, Prefix: prefix }: LookForDataInput,
  Location: string,
  seen: Pick<NewData, 'Newest'>,
  dependencies: Dependencies,
): Promise<{ data: NewData; first: number }> {
  let [Newest, Count, first] = [0, 0, dependencies.now()];
  for await (const object of objectsOf({ bucket, prefix }, dependencies.s3)) {
    if (!isFile(object)) continue;
    const time = object.LastModified?.getTime() ?? 0;
    Count++;
    Newest = Math.max(Newest, time);
    if (time > seen.Newest) first = Math.min(first, time);
  }
  return { data: { Location, Newest, Count }, first };
}

/** The console creates an empty object for each folder. */
function isFile({ Key = '' }: _Object): boolean {
  return !Key.endsWith('/');
}
