import { search, type SearchedRecords } from '../../../../local/services/sagemaker/search';

const job = (name: string, created: number, more: object): object => ({
  TrainingJobName: name,
  TrainingJobStatus: 'Completed',
  CreationTime: created,
  ...more,
});
const JOBS = [
  job('a', 1_700_000_000, {
    HyperParameters: { 'learning.rate': '0.1' },
    FinalMetricDataList: [{ MetricName: 'validation:auc', Value: 0.8 }],
    Tags: [{ Key: 'team.name', Value: 'fraud' }],
    InputDataConfig: [
      { ChannelName: 'train', CompressionType: 'None' },
      { ChannelName: 'test', CompressionType: 'Gzip' },
    ],
    secret: 'not in the service model',
  }),
  job('b', 1_800_000_000, {
    TrainingJobStatus: 'Failed',
    HyperParameters: { 'learning.rate': '0.09' },
    FinalMetricDataList: [{ MetricName: 'validation:auc', Value: 0.95 }],
    ResourceConfig: { InstanceType: 'ml.m5.large' },
  }),
];
const none = (): object[] => [];
const RECORDS: SearchedRecords = {
  TrainingJob: () => JOBS,
  HyperParameterTuningJob: none,
  ModelPackage: none,
  ModelPackageGroup: none,
  Endpoint: none,
};

interface Found {
  readonly Results: { TrainingJob: { TrainingJobName: string } }[];
  readonly NextToken?: string;
  readonly TotalHits: { Value: number };
}
const find = (request: object): Found => search(RECORDS, { Resource: 'TrainingJob', ...request }) as Found;
const names = (request: object): string[] =>
  find(request).Results.map(({ TrainingJob }) => TrainingJob.TrainingJobName);

describe('Search', () => {
  test.each([
    ['TrainingJobStatus', undefined, 'Failed', ['b']],
    ['TrainingJobStatus', 'NotEquals', 'Failed', ['a']],
    ['TrainingJobName', 'In', 'a,c', ['a']],
    ['ResourceConfig.InstanceType', 'Contains', 'm5', ['b']],
    ['ResourceConfig.InstanceType', 'NotExists', undefined, ['a']],
    ['ResourceConfig.InstanceType', 'Exists', undefined, ['b']],
    ['HyperParameters.learning.rate', 'LessThan', '0.1', ['b']],
    ['HyperParameters.learning.rate', 'LessThanOrEqualTo', '0.10', ['b', 'a']],
    ['Metrics.validation:auc', 'GreaterThan', '0.9', ['b']],
    ['Metrics.validation:auc', 'GreaterThanOrEqualTo', '0.8', ['b', 'a']],
    ['Tags.team.name', 'Equals', 'fraud', ['a']],
    ['CreationTime', 'LessThan', '2024-01-01T00:00:00Z', ['a']],
  ])('finds training jobs by %s %s %s', (Name, Operator, Value, expected) => {
    expect(names({ SearchExpression: { Filters: [{ Name, Operator, Value }] } })).toEqual(expected);
  });

  test('combines filters, nested filters and subexpressions', () => {
    const named = (Value: string): object => ({ Filters: [{ Name: 'TrainingJobName', Value }] });
    expect(names({ SearchExpression: { Operator: 'Or', SubExpressions: [named('a'), named('b')] } })).toEqual([
      'b',
      'a',
    ]);
    expect(names({ SearchExpression: { SubExpressions: [named('a'), named('b')] } })).toEqual([]);
    const channel = (compression: string): object => ({
      NestedFilters: [
        {
          NestedPropertyName: 'InputDataConfig',
          Filters: [
            { Name: 'InputDataConfig.ChannelName', Value: 'train' },
            { Name: 'InputDataConfig.CompressionType', Value: compression },
          ],
        },
      ],
    });
    expect([names({ SearchExpression: channel('None') }), names({ SearchExpression: channel('Gzip') })]).toEqual([
      ['a'],
      [],
    ]);
  });

  test('sorts by any property, returns pages and the number of all hits, and only members of the service model', () => {
    expect(names({ SortBy: 'Metrics.validation:auc', SortOrder: 'Ascending' })).toEqual(['a', 'b']);
    const first = find({ MaxResults: 1 });
    expect([first.TotalHits.Value, names({ MaxResults: 1, NextToken: first.NextToken })]).toEqual([2, ['a']]);
    expect(find({}).Results[1].TrainingJob).not.toHaveProperty('secret');
  });

  test.each([
    [{ Resource: 'Experiment' }, 'The local service does not support the search for Experiment.'],
    [{ VisibilityConditions: [{}] }, 'The local service does not support VisibilityConditions of Search.'],
    [{ SearchExpression: {} }, 'A SearchExpression requires a filter or a subexpression.'],
  ])('rejects the request %j', (request, message) => {
    expect(() => find(request)).toThrow(message);
  });
});
