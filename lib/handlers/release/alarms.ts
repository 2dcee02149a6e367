import { type AlarmHistoryItem, DescribeAlarmHistoryCommand, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { WatchedAlarms } from '../release-contract';
import { type Deadline, isTemporary, retry } from '../shared/retry';
import { CLOCK_SKEW_MS } from './clock-skew';
import type { Dependencies } from './dependencies';
import type { Test } from './record';

/** An alarm in the state ALARM, and the reason of the state. */
export interface InAlarm {
  readonly name: string;
  readonly reason: string;
}

/** The alarms of a test. */
export interface AlarmStates {
  /** The alarms that have gone into ALARM since the start of the test. */
  readonly changed: InAlarm[];

  /** The alarms that are in ALARM, perhaps since before the test. */
  readonly current: InAlarm[];

  /** The names of those that do not exist. */
  readonly missing: string[];
}

/** Reads the states of the alarms since the start of a test. */
export async function readAlarms(
  watched: WatchedAlarms,
  { since }: Test,
  dependencies: Dependencies,
  deadline: Deadline,
): Promise<AlarmStates> {
  const reading = <T>(work: () => Promise<T>): Promise<T> => retry(dependencies, deadline, isTemporary, work);
  const changed: InAlarm[] = [];
  for (const name of watched.Names) {
    const reason = await reading(() => changeOf(name, watched, since, dependencies));
    if (reason !== undefined) changed.push({ name, reason });
  }
  // After the history, so that an alarm that goes into ALARM in between is found.
  const alarms = await reading(() => describe(watched, dependencies));
  return {
    changed,
    current: alarms
      .filter(({ StateValue }) => StateValue === 'ALARM')
      .map(({ AlarmName = '', StateReason = '' }) => ({ name: AlarmName, reason: StateReason })),
    missing: watched.Names.filter((name) => alarms.every(({ AlarmName }) => AlarmName !== name)),
  };
}

/** The members that metric alarms and composite alarms have in common. */
interface Alarm {
  readonly AlarmName?: string;
  readonly StateValue?: string;
  readonly StateReason?: string;
}

async function describe(
  { Names: AlarmNames, Types: AlarmTypes }: WatchedAlarms,
  { cloudwatch }: Dependencies,
): Promise<Alarm[]> {
  const found: Alarm[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames, AlarmTypes, NextToken }));
    found.push(...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? []));
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return found;
}

/** The reason for which an alarm has first gone into ALARM. Undefined if it has not. The history of a deleted alarm still exists. */
async function changeOf(
  AlarmName: string,
  { Types: AlarmTypes }: WatchedAlarms,
  since: number,
  { cloudwatch }: Dependencies,
): Promise<string | undefined> {
  const query = {
    AlarmName,
    AlarmTypes,
    HistoryItemType: 'StateUpdate',
    // The shadow variant has served before the update of the stack has ended, after which the test starts.
    StartDate: new Date(since - CLOCK_SKEW_MS),
    ScanBy: 'TimestampAscending',
  } as const;
  let NextToken: string | undefined;
  do {
    const page = await cloudwatch.send(new DescribeAlarmHistoryCommand({ ...query, NextToken }));
    const reason = page.AlarmHistoryItems?.map(reasonOf).find((one) => one !== undefined);
    if (reason !== undefined) return reason;
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return undefined;
}

/** The reason of a change to the state ALARM. Undefined if it is one to another state. */
function reasonOf({ HistoryData = '', HistorySummary = '' }: AlarmHistoryItem): string | undefined {
  try {
    const { newState } = JSON.parse(HistoryData) as { newState: { stateValue: string; stateReason: string } };
    return newState.stateValue === 'ALARM' ? newState.stateReason : undefined;
  } catch {
    // Data with many values can be cut off.
    return /\bto ALARM\b/.test(HistorySummary) ? HistorySummary : undefined;
  }
}
