import { matches, unsupportedOperators } from '../../../../local/services/events/pattern';

const EVENT = {
  source: 'aws.sagemaker',
  'detail-type': 'SageMaker Endpoint State Change',
  detail: { EndpointName: 'Churn-1', EndpointStatus: 'IN_SERVICE', count: 3, tags: ['a', 'b'], none: null },
};
const detail = (pattern: object): boolean => matches({ detail: pattern }, EVENT);

describe('An event pattern', () => {
  test.each<[string, object]>([
    ['one of several values', { EndpointStatus: ['FAILED', 'IN_SERVICE'] }],
    ['an element of a list', { tags: ['b', 'c'] }],
    ['null', { none: [null] }],
    ['a number', { count: [3] }],
    ['a prefix', { EndpointName: [{ prefix: 'Churn' }] }],
    ['a prefix in any case', { EndpointName: [{ prefix: { 'equals-ignore-case': 'churn' } }] }],
    ['a suffix', { EndpointName: [{ suffix: '-1' }] }],
    ['a text in any case', { EndpointName: [{ 'equals-ignore-case': 'CHURN-1' }] }],
    ['a wildcard', { EndpointName: [{ wildcard: 'C*n-*' }] }],
    ['a range', { count: [{ numeric: ['>', 0, '<=', 3] }] }],
    ['anything but some values', { EndpointName: [{ 'anything-but': ['a', 'b'] }] }],
    ['anything but a prefix', { EndpointName: [{ 'anything-but': { prefix: 'a' } }] }],
    ['a member that exists', { EndpointName: [{ exists: true }] }],
    ['a member that does not exist', { reason: [{ exists: false }] }],
    ['one of several patterns', { $or: [{ count: [9] }, { EndpointName: ['Churn-1'] }] }],
  ])('matches %s', (_, pattern) => {
    expect(detail(pattern)).toBe(true);
  });

  test.each<[string, object]>([
    ['another value', { EndpointStatus: ['FAILED'] }],
    ['the text of a number', { count: ['3'] }],
    ['a member that does not exist', { reason: ['any'] }],
    ['another prefix', { EndpointName: [{ prefix: 'churn' }] }],
    ['another suffix', { EndpointName: [{ suffix: '-2' }] }],
    ['a wildcard that is escaped', { EndpointName: [{ wildcard: 'Churn\\*' }] }],
    ['a point that is not a wildcard', { EndpointName: [{ wildcard: 'Churn.*' }] }],
    ['a number that is out of the range', { count: [{ numeric: ['>', 3] }] }],
    ['a text with a range', { EndpointName: [{ numeric: ['>', 0] }] }],
    ['an excluded value', { EndpointName: [{ 'anything-but': ['Churn-1'] }] }],
    ['an excluded prefix', { EndpointName: [{ 'anything-but': { prefix: 'Churn' } }] }],
    ['anything but a value of a member that does not exist', { reason: [{ 'anything-but': 'a' }] }],
    ['a member that exists', { EndpointName: [{ exists: false }] }],
    ['one matching member of two', { EndpointName: ['Churn-1'], count: [4] }],
    ['none of several patterns', { $or: [{ count: [9] }, { EndpointName: ['other'] }] }],
  ])('does not match %s', (_, pattern) => {
    expect(detail(pattern)).toBe(false);
  });

  test('contains operators that are not supported', () => {
    expect(unsupportedOperators({ detail: { ip: [{ cidr: '10.0.0.0/24' }], name: [{ prefix: 'a' }] } })).toEqual([
      'cidr',
    ]);
    expect(unsupportedOperators({ $or: [{ name: [{ later: 1 }] }, { name: [{ suffix: 'a' }] }] })).toEqual(['later']);
  });
});
