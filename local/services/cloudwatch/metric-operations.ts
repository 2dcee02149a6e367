import type {
  GetMetricDataInput,
  GetMetricStatisticsInput,
  ListMetricsInput,
  MetricDatum,
  PutMetricDataInput,
} from '@aws-sdk/client-cloudwatch';
import { ServiceError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import { pageOf } from '../page';
import type { Operation } from '../wire/json';
import type { Wire } from '../wire/record';
import { metricOf } from './metric';
import type { Metrics } from './metrics';
import { Queries, checkStatistic } from './queries';
import { StatisticSet } from './statistics';

const METRICS_PER_PAGE = 500;
const MAX_DATAPOINTS = 1440;

export function putMetricData(metrics: Metrics): Operation {
  return ({ Namespace, MetricData = [], ...others }: Wire<PutMetricDataInput>) => {
    const [unsupported] = Object.keys(others).filter((member) => member !== 'StrictEntityValidation');
    if (unsupported !== undefined)
      throw new ServiceError('ValidationException', notSupported('cloudwatch', `${unsupported} of PutMetricData`));
    const data = MetricData.map((datum) => ({ ...datum, set: valuesOf(datum) }));
    for (const { MetricName, Dimensions, Unit = 'None', Timestamp, set } of data) {
      const at = Timestamp === undefined ? metrics.now() : Timestamp * 1000;
      metrics.putSet(metricOf({ Namespace, MetricName, Dimensions }), set, Unit, at);
    }
  };
}

/** The values of a datum: one value, several values with their counts, or their statistics. */
function valuesOf({ MetricName, Value, Values, Counts, StatisticValues }: Wire<MetricDatum>): StatisticSet {
  const set = new StatisticSet();
  if (Value !== undefined) return set.add(Value);
  if (Values !== undefined) {
    Values.forEach((value, index) => set.add(value, Counts?.[index]));
    return set;
  }
  if (StatisticValues === undefined) {
    const message = `At least one of Value, Values or StatisticValues must be specified for the metric ${MetricName}.`;
    throw new ServiceError('MissingRequiredParameterException', message);
  }
  const { SampleCount = 0, Sum = 0, Minimum = 0, Maximum = 0 } = StatisticValues;
  return set.addStored({ count: SampleCount, sum: Sum, min: Minimum, max: Maximum, values: [] });
}

export function getMetricData(metrics: Metrics): Operation {
  return ({ MetricDataQueries = [], StartTime = 0, EndTime = 0, ScanBy }: Wire<GetMetricDataInput>) => {
    checkTimes(StartTime, EndTime);
    const queries = new Queries(MetricDataQueries);
    queries.check();
    const rangeOf = (period: number): { start: number; end: number } => ({
      start: Math.floor((StartTime * 1000) / period) * period,
      end: EndTime * 1000,
    });
    const MetricDataResults = MetricDataQueries.filter(({ ReturnData = true }) => ReturnData).map(
      ({ Id = '', Label, MetricStat: stat }) => {
        const values = [...queries.values(metrics, Id, rangeOf)].sort(([a], [b]) => a - b);
        if (ScanBy !== 'TimestampAscending') values.reverse();
        return {
          Id,
          Label: Label ?? stat?.Metric?.MetricName ?? Id,
          Timestamps: values.map(([time]) => time / 1000),
          Values: values.map(([, value]) => value),
          StatusCode: 'Complete',
        };
      },
    );
    return { MetricDataResults, Messages: [] };
  };
}

export function getMetricStatistics(metrics: Metrics): Operation {
  return (input: Wire<GetMetricStatisticsInput>) => {
    const { StartTime = 0, EndTime = 0, Period = 60, Statistics = [], ExtendedStatistics = [], Unit } = input;
    checkTimes(StartTime, EndTime);
    if (Statistics.length + ExtendedStatistics.length === 0) {
      const message = 'At least one of the parameters Statistics and ExtendedStatistics must be specified.';
      throw new ServiceError('InvalidParameterCombinationException', message);
    }
    ExtendedStatistics.forEach(checkStatistic);
    if ((EndTime - StartTime) / Period > MAX_DATAPOINTS) {
      throw new ServiceError(
        'InvalidParameterCombinationException',
        `You have requested up to ${Math.ceil((EndTime - StartTime) / Period)} datapoints, which exceeds the limit of ${MAX_DATAPOINTS}. ` +
          'You may reduce the datapoints requested by increasing Period, or decreasing the time range.',
      );
    }
    const metric = metricOf(input);
    const period = Period * 1000;
    const start = Math.floor((StartTime * 1000) / period) * period;
    const Datapoints = metrics
      .points(metric, { start, end: EndTime * 1000, period, unit: Unit })
      .map(({ time, set }) => {
        const valueOf = (name: string): [string, number] => [name, set.statistic(name)];
        return {
          Timestamp: time / 1000,
          ...Object.fromEntries(Statistics.map(valueOf)),
          ...(ExtendedStatistics.length > 0 && {
            ExtendedStatistics: Object.fromEntries(ExtendedStatistics.map(valueOf)),
          }),
          Unit: Unit ?? metrics.unitOf(metric),
        };
      });
    return { Label: input.MetricName, Datapoints };
  };
}

function checkTimes(start: number, end: number): void {
  if (start < end) return;
  throw new ServiceError(
    'InvalidParameterValueException',
    'The parameter StartTime must be less than the parameter EndTime.',
  );
}

export function listMetrics(
  metrics: Metrics,
  { Namespace, MetricName, Dimensions = [], NextToken }: ListMetricsInput,
): object {
  const found = metrics
    .list()
    .filter((metric) => Namespace === undefined || metric.Namespace === Namespace)
    .filter((metric) => MetricName === undefined || metric.MetricName === MetricName)
    .filter((metric) =>
      Dimensions.every(({ Name, Value }) =>
        metric.Dimensions?.some((one) => one.Name === Name && (Value === undefined || one.Value === Value)),
      ),
    );
  const page = pageOf(found, { MaxResults: METRICS_PER_PAGE, NextToken });
  return { Metrics: page.items, NextToken: page.NextToken };
}
