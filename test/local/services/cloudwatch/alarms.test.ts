import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  type MetricAlarm,
  type MetricDataQuery,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { ServiceFixture } from '../fixture';

const service = ServiceFixture.forEachTest();
const TOPIC = 'arn:aws:sns:us-east-1:000000000000:operators';
const ALARM: PutMetricAlarmCommandInput = {
  AlarmName: 'errors',
  Namespace: 'Shop',
  MetricName: 'Errors',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 2,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
};

beforeEach(() => service.startMinute());

const cloudwatch = (): CloudWatchClient => service.client(CloudWatchClient);

async function create(properties: Partial<PutMetricAlarmCommandInput> = {}): Promise<void> {
  await cloudwatch().send(new PutMetricAlarmCommand({ ...ALARM, ...properties }));
}

async function publish(Value: number, MetricName = 'Errors'): Promise<void> {
  await cloudwatch().send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [{ MetricName, Value }] }));
}

/** Publishes a value in each of the following minutes; nothing in a minute without a value. */
async function publishMinutes(...values: (number | undefined)[]): Promise<void> {
  for (const value of values) {
    if (value !== undefined) await publish(value);
    await service.advance(60);
  }
}

async function alarm(name = 'errors'): Promise<MetricAlarm | undefined> {
  const { MetricAlarms = [] } = await cloudwatch().send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
  return MetricAlarms[0];
}

const state = async (name?: string): Promise<string | undefined> => (await alarm(name))?.StateValue;

/** The messages of the topic. */
async function messages(): Promise<Record<string, unknown>[]> {
  const logGroupName = 'sns/us-east-1/000000000000/operators';
  const { events = [] } = await service.client(CloudWatchLogsClient).send(new FilterLogEventsCommand({ logGroupName }));
  return events.map(({ message = '' }) => JSON.parse(message) as Record<string, unknown>);
}

test('An alarm has insufficient data until its first evaluation, and then the state that its metric has in each period', async () => {
  await create();
  expect(await alarm()).toMatchObject({
    StateValue: 'INSUFFICIENT_DATA',
    StateReason: 'Unchecked: Initial alarm creation',
    ActionsEnabled: true,
    AlarmArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:errors',
  });
  await publishMinutes(1);
  expect(await state()).toBe('OK');
  await publishMinutes(2);
  expect(await alarm()).toMatchObject({
    StateValue: 'ALARM',
    StateReason: expect.stringMatching(
      /^Threshold Crossed: 1 out of the last 1 datapoint \[2\.0 \(.*\)\] was greater than or equal to the threshold \(2\.0\) \(minimum 1 datapoint for OK -> ALARM transition\)\.$/,
    ) as string,
  });
});

test('An alarm evaluates every period of an advance', async () => {
  await create({ TreatMissingData: 'notBreaching' });
  await publish(5);
  await service.advance(24 * 3600);
  const command = new DescribeAlarmHistoryCommand({ AlarmName: 'errors', HistoryItemType: 'StateUpdate' });
  const { AlarmHistoryItems: [ok, alarming] = [] } = await cloudwatch().send(command);
  expect([alarming, ok].map((item) => item?.HistorySummary)).toEqual([
    'Alarm updated from INSUFFICIENT_DATA to ALARM',
    'Alarm updated from ALARM to OK',
  ]);
  // The evaluation range has two periods more than the evaluation periods.
  expect(Math.round((Number(ok.Timestamp) - Number(alarming.Timestamp)) / 60_000)).toBe(3);
});

test.each([
  // A value of 0 is not breaching, and 5 is breaching. The expected states are those of missing, ignore, breaching and notBreaching.
  [3, [0, undefined, 5, undefined, 5], ['OK', 'OK', 'OK', 'OK']],
  [3, [0, undefined, undefined, undefined, undefined], ['OK', 'OK', 'OK', 'OK']],
  [
    3,
    [undefined, undefined, undefined, undefined, undefined],
    ['INSUFFICIENT_DATA', 'INSUFFICIENT_DATA', 'ALARM', 'OK'],
  ],
  [3, [0, 5, 5, undefined, 5], ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  [3, [undefined, undefined, 5, undefined, undefined], ['ALARM', 'INSUFFICIENT_DATA', 'ALARM', 'OK']],
  [2, [0, undefined, 5, undefined, 5], ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  [2, [0, 0, 5, 0, 5], ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  [2, [0, undefined, 5, undefined, undefined], ['OK', 'OK', 'ALARM', 'OK']],
  [2, [undefined, undefined, undefined, undefined, 0], ['OK', 'OK', 'ALARM', 'OK']],
  [2, [undefined, undefined, undefined, 5, undefined], ['ALARM', 'INSUFFICIENT_DATA', 'ALARM', 'OK']],
] as const)(
  'An alarm for %d of 3 periods with the values %j has the states of the user guide',
  async (DatapointsToAlarm, values, states) => {
    await publishMinutes(...values.slice(0, -1));
    const treatments = ['missing', 'ignore', 'breaching', 'notBreaching'];
    for (const TreatMissingData of treatments) {
      await create({ AlarmName: TreatMissingData, EvaluationPeriods: 3, DatapointsToAlarm, TreatMissingData });
    }
    await publishMinutes(...values.slice(-1));
    expect(await Promise.all(treatments.map(state))).toEqual(states);
  },
);

test('The actions of an alarm are carried out once for each new state, and not while they are disabled', async () => {
  await create({ AlarmActions: [TOPIC], OKActions: [TOPIC], AlarmDescription: 'Requests fail.' });
  await publishMinutes(5, 5, 0);
  await cloudwatch().send(new DisableAlarmActionsCommand({ AlarmNames: ['errors'] }));
  await publishMinutes(5);
  expect(await state()).toBe('ALARM');
  expect(await messages()).toMatchObject([
    {
      AlarmName: 'errors',
      AlarmDescription: 'Requests fail.',
      NewStateValue: 'ALARM',
      OldStateValue: 'INSUFFICIENT_DATA',
      Trigger: { Namespace: 'Shop', MetricName: 'Errors', StatisticType: 'Statistic', Statistic: 'SUM', Threshold: 2 },
    },
    { NewStateValue: 'OK', OldStateValue: 'ALARM' },
  ]);
});

test('A state that is set remains until the next evaluation', async () => {
  await create({ AlarmActions: [TOPIC] });
  await publishMinutes(0);
  const StateReason = 'A test';
  await cloudwatch().send(new SetAlarmStateCommand({ AlarmName: 'errors', StateValue: 'ALARM', StateReason }));
  expect([await state(), (await messages()).length]).toEqual(['ALARM', 1]);
  await publishMinutes(0);
  expect(await state()).toBe('OK');
});

test('An alarm on a percentile evaluates the values of all requests', async () => {
  await create({ Statistic: undefined, ExtendedStatistic: 'p90', Threshold: 90 });
  for (let value = 1; value <= 89; value++) await publish(value);
  await service.advance(60);
  expect(await state()).toBe('OK');
  for (let value = 1; value <= 100; value++) await publish(value);
  await service.advance(60);
  expect(await state()).toBe('ALARM');
});

test('An alarm on a metric math expression evaluates its values', async () => {
  const metric = (Id: string, MetricName: string): MetricDataQuery => ({
    Id,
    MetricStat: { Metric: { Namespace: 'Shop', MetricName }, Period: 60, Stat: 'Sum' },
    ReturnData: false,
  });
  const { AlarmName, EvaluationPeriods, Threshold, ComparisonOperator } = ALARM;
  const alarmWith = (Expression: string): PutMetricAlarmCommand =>
    new PutMetricAlarmCommand({
      ...{ AlarmName, EvaluationPeriods, Threshold, ComparisonOperator },
      Metrics: [{ Id: 'rate', Expression }, metric('errors', 'Errors'), metric('all', 'Requests')],
    });
  await expect(cloudwatch().send(alarmWith('UNKNOWN(errors)'))).rejects.toThrow(
    "Error in expression 'UNKNOWN(errors)': The local service does not support the function UNKNOWN",
  );
  await cloudwatch().send(alarmWith('IF(all > 10, 100 * errors / all, 0)'));
  await publish(1);
  await publish(20, 'Requests');
  await service.advance(60);
  expect(await state()).toBe('ALARM');
  await publish(1);
  await publish(10, 'Requests');
  await service.advance(60);
  expect(await state()).toBe('OK');
});

test('Alarms, their states and the time are the same after a restart', async () => {
  await create();
  await publishMinutes(5);
  const before = await alarm();
  await service.restart();
  expect(await alarm()).toEqual(before);
  await service.advance(300);
  expect(await state()).toBe('INSUFFICIENT_DATA');
  const { StateUpdatedTimestamp } = (await alarm()) ?? {};
  expect(Number(StateUpdatedTimestamp)).toBeGreaterThan(Number(before?.StateUpdatedTimestamp));
});

test.each([
  [
    { EvaluationPeriods: 0 },
    "Value '0' at 'evaluationPeriods' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  [{ Threshold: undefined }, 'The parameter Threshold is required.'],
  [{ Period: undefined }, 'The parameter Period is required.'],
  [{ DatapointsToAlarm: 2 }, 'The parameter DatapointsToAlarm must be less than or equal to EvaluationPeriods.'],
  [{ TreatMissingData: 'guess' }, 'The value guess for parameter TreatMissingData is not supported.'],
  [{ Statistic: undefined, ExtendedStatistic: 'tm99' }, 'The local service does not support the statistic "tm99".'],
  [{ ThresholdMetricId: 'band' }, 'The local service does not support ThresholdMetricId of alarms.'],
  [
    { ComparisonOperator: 'GreaterThanUpperThreshold' },
    'The local service does not support the comparison GreaterThanUpperThreshold.',
  ],
] as const)('An alarm with %j is rejected', async (properties, message) => {
  await expect(create(properties)).rejects.toThrow(message);
});

test('The alarm of a stack is named after the stack and the resource, is updated in place, and is deleted with the stack', async () => {
  const { AlarmName: _, ...Properties } = ALARM;
  const template = (Threshold: number | string): string =>
    JSON.stringify({
      Resources: { Errors: { Type: 'AWS::CloudWatch::Alarm', Properties: { ...Properties, Threshold } } },
      Outputs: { Name: { Value: { Ref: 'Errors' } }, Arn: { Value: { 'Fn::GetAtt': ['Errors', 'Arn'] } } },
    });
  const stack = async (): Promise<Stack | undefined> => {
    const { Stacks = [] } = await service.cloudformation.send(new DescribeStacksCommand({ StackName: 'shop' }));
    return Stacks[0];
  };
  const settled = async (status: string): Promise<void> => {
    while ((await stack())?.StackStatus !== status) await new Promise(setImmediate);
  };
  await service.cloudformation.send(new CreateStackCommand({ StackName: 'shop', TemplateBody: template(2) }));
  await settled('CREATE_COMPLETE');
  const outputs = (await stack())?.Outputs?.map(({ OutputValue }) => OutputValue) ?? [];
  const [name = ''] = outputs;
  expect(outputs).toEqual([
    expect.stringMatching(/^shop-Errors-[a-z0-9]{12}$/),
    `arn:aws:cloudwatch:us-east-1:000000000000:alarm:${name}`,
  ]);
  await service.cloudformation.send(new UpdateStackCommand({ StackName: 'shop', TemplateBody: template('3.5') }));
  await settled('UPDATE_COMPLETE');
  expect(await alarm(name)).toMatchObject({ Threshold: 3.5, Period: 60 });
  await service.cloudformation.send(new DeleteStackCommand({ StackName: 'shop' }));
  while ((await alarm(name)) !== undefined);
});

test('A deleted alarm does not exist any more, and its history remains', async () => {
  await create();
  await cloudwatch().send(new DeleteAlarmsCommand({ AlarmNames: ['errors'] }));
  expect(await alarm()).toBeUndefined();
  const { AlarmHistoryItems = [] } = await cloudwatch().send(new DescribeAlarmHistoryCommand({ AlarmName: 'errors' }));
  expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)).toEqual([
    'Alarm "errors" deleted',
    'Alarm "errors" created',
  ]);
  const command = new SetAlarmStateCommand({ AlarmName: 'errors', StateValue: 'OK', StateReason: 'none' });
  await expect(cloudwatch().send(command)).rejects.toMatchObject({ name: 'ResourceNotFound' });
});
