import {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  type MetricDataQuery,
  type MetricDatum,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { ServiceFixture } from '../fixture';

const service = ServiceFixture.forEachTest();
const cloudwatch = (): CloudWatchClient => service.client(CloudWatchClient);

/** A time at the beginning of an hour. */
const HOUR = Math.floor(Date.now() / 3_600_000) * 3_600_000;
const at = (minutes: number): Date => new Date(HOUR + minutes * 60_000);

async function publish(...MetricData: MetricDatum[]): Promise<void> {
  await cloudwatch().send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData }));
}

const stat = (Id: string, Stat: string, MetricName = 'Requests', Period = 60): MetricDataQuery => ({
  Id,
  MetricStat: { Metric: { Namespace: 'Shop', MetricName }, Period, Stat },
});

/** The values of the queries in the hour, by their IDs. */
async function query(...MetricDataQueries: MetricDataQuery[]): Promise<Record<string, number[] | undefined>> {
  const input = { MetricDataQueries, StartTime: at(0), EndTime: at(60), ScanBy: 'TimestampAscending' as const };
  const { MetricDataResults = [] } = await cloudwatch().send(new GetMetricDataCommand(input));
  return Object.fromEntries(MetricDataResults.map(({ Id = '', Values }) => [Id, Values]));
}

const requests = (minutes: number, datum: Partial<MetricDatum>): MetricDatum => ({
  MetricName: 'Requests',
  Timestamp: at(minutes),
  ...datum,
});

test('The statistics of a period are those of all values, however they were published', async () => {
  await publish(
    requests(1, { Value: 5 }),
    requests(1.5, { Values: [10, 20], Counts: [2, 1] }),
    requests(1.9, { StatisticValues: { SampleCount: 2, Sum: 3, Minimum: 1, Maximum: 2 } }),
    requests(3, { Value: 7 }),
  );
  const statistics = ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'];
  expect(await query(...statistics.map((name) => stat(name.toLowerCase(), name)))).toEqual({
    samplecount: [6, 1],
    sum: [48, 7],
    average: [8, 7],
    minimum: [1, 7],
    maximum: [20, 7],
  });
});

test('A percentile is the value that a share of all values does not exceed', async () => {
  await publish(requests(1, { Values: Array.from({ length: 100 }, (_, index) => index + 1) }));
  expect(await query(stat('median', 'p50'), stat('high', 'p99'), stat('all', 'p100'))).toEqual({
    median: [50],
    high: [99],
    all: [100],
  });
});

test('A metric with other dimensions is another metric, and the order of the dimensions has no meaning', async () => {
  const [a, b] = ['a', 'b'].map((Name) => ({ Name, Value: '1' }));
  await publish(
    requests(1, { Value: 1, Dimensions: [a, b] }),
    requests(1, { Value: 2, Dimensions: [b, a] }),
    requests(1, { Value: 4, Dimensions: [a] }),
  );
  const { Metrics = [] } = await cloudwatch().send(
    new ListMetricsCommand({ Namespace: 'Shop', Dimensions: [{ Name: 'b' }] }),
  );
  expect(Metrics).toEqual([{ Namespace: 'Shop', MetricName: 'Requests', Dimensions: [a, b] }]);
  const { Datapoints } = await cloudwatch().send(
    new GetMetricStatisticsCommand({
      ...{ ...Metrics[0], Namespace: 'Shop', MetricName: 'Requests' },
      ...{ StartTime: at(0), EndTime: at(60), Period: 3600, Statistics: ['Sum'], ExtendedStatistics: ['p50'] },
    }),
  );
  expect(Datapoints).toEqual([{ Timestamp: at(0), Sum: 3, ExtendedStatistics: { p50: 1 }, Unit: 'None' }]);
});

test('A metric math expression has a value where its metrics have one, and none where it divides by zero', async () => {
  const errors = (minutes: number, Value: number): MetricDatum => ({
    ...requests(minutes, { Value }),
    MetricName: 'Errors',
  });
  await publish(requests(1, { Value: 10 }), requests(2, { Value: 0 }), requests(3, { Value: 5 }));
  await publish(errors(1, 1), errors(2, 1));
  const hidden = [stat('r', 'Sum'), stat('e', 'Sum', 'Errors')].map((one) => ({ ...one, ReturnData: false }));
  const expressions = {
    rate: '100 * e / r',
    filled: 'SUM([FILL(e, 0), r])',
    all: 'MAX(METRICS())',
    power: '-r ^ 2',
    both: 'IF(e > 0 AND r > 0, r)',
    twice: 'rate * 2',
    total: 'FILL(r, 0) * 0 + SUM(r)',
    change: 'DIFF(r)',
  };
  const found = await query(...hidden, ...Object.entries(expressions).map(([Id, Expression]) => ({ Id, Expression })));
  expect({ ...found, filled: found.filled?.slice(0, 5), total: found.total?.slice(0, 2) }).toEqual({
    rate: [10],
    filled: [0, 11, 1, 5, 0],
    all: [10, 1, 5],
    power: [100, 0, 25],
    both: [10],
    twice: [20],
    total: [15, 15],
    change: [-10, 5],
  });
});

test.each([
  [[{ Id: 'a', Expression: 'b + 1', Period: 60 }], 'Error in expression \'b + 1\': The id "b" does not exist'],
  [
    [
      { Id: 'a', Expression: 'b + 1' },
      { Id: 'b', Expression: 'a + 1' },
    ],
    'Metric math expressions must not use each other in a circle.',
  ],
  [[{ Id: 'a', Expression: '1 + 1' }], 'A metric math expression without metrics requires a Period.'],
  [[stat('a', 'tm90')], 'The local service does not support the statistic "tm90".'],
])('The queries %j are rejected: %s', async (queries, message) => {
  await expect(query(...queries)).rejects.toThrow(message);
});

test('The error codes for boto3 are those of the query protocol', async () => {
  const command = new PutMetricDataCommand({ Namespace: 'Shop', MetricData: [{ MetricName: 'Requests' }] });
  await expect(cloudwatch().send(command)).rejects.toMatchObject({
    name: 'MissingRequiredParameterException',
    Code: 'MissingParameter',
  });
});

test('Metrics are the same after a restart, and are kept for 15 days: in minutes after 3 hours', async () => {
  await publish({ MetricName: 'Requests', Value: 1 });
  const count = async (Period: number): Promise<number | undefined> => {
    const { MetricDataResults: [result] = [] } = await cloudwatch().send(
      new GetMetricDataCommand({
        MetricDataQueries: [stat('all', 'Sum', 'Requests', Period)],
        StartTime: new Date(Date.now() - 3_600_000),
        EndTime: new Date(Date.now() + 3_600_000),
      }),
    );
    return result.Values?.[0];
  };
  await service.restart();
  expect(await count(10)).toBe(1);
  await service.advance(15 * 24 * 3600 - 3600);
  await service.restart();
  expect(await count(60)).toBe(1);
  await service.advance(3601);
  await service.restart();
  expect(await count(60)).toBeUndefined();
});
