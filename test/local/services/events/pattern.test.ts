import { matches, patternError } from '../../../../local/services/events/pattern';

const EVENT = {
  source: 'aws.sagemaker',
  'detail-type': 'SageMaker Endpoint State Change',
  detail: {
    EndpointName: 'Churn-1',
    EndpointStatus: 'IN_SERVICE',
    count: 3,
    tags: ['a', 'b'],
    none: null,
    ip: '10.0.0.7',
    ip6: '2001:db8::7',
    items: [{ name: 'first' }, { name: 'second' }],
    $or: 'x',
  },
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
    ['anything but several prefixes', { EndpointName: [{ 'anything-but': { prefix: ['a', 'b'] } }] }],
    ['anything but a suffix', { EndpointName: [{ 'anything-but': { suffix: '-2' } }] }],
    ['anything but a text in any case', { EndpointName: [{ 'anything-but': { 'equals-ignore-case': 'other' } }] }],
    ['anything but a wildcard', { EndpointName: [{ 'anything-but': { wildcard: 'x*' } }] }],
    ['an address in a block', { ip: [{ cidr: '10.0.0.0/24' }] }],
    ['an address of version 6 in a block', { ip6: [{ cidr: '2001:db8::/32' }] }],
    ['a member of an element of a list', { items: { name: ['second'] } }],
    ['a member that is called $or', { $or: ['x'] }],
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
    ['an excluded wildcard', { EndpointName: [{ 'anything-but': { wildcard: 'Churn*' } }] }],
    ['an address outside of a block', { ip: [{ cidr: '10.0.1.0/24' }] }],
    ['a text that is not an address', { EndpointName: [{ cidr: '10.0.1.0/24' }] }],
    ['an excluded prefix', { EndpointName: [{ 'anything-but': { prefix: 'Churn' } }] }],
    ['anything but a value of a member that does not exist', { reason: [{ 'anything-but': 'a' }] }],
    ['a member that exists', { EndpointName: [{ exists: false }] }],
    ['one matching member of two', { EndpointName: ['Churn-1'], count: [4] }],
    ['none of several patterns', { $or: [{ count: [9] }, { EndpointName: ['other'] }] }],
  ])('does not match %s', (_, pattern) => {
    expect(detail(pattern)).toBe(false);
  });

  test.each<[string, object, string]>([
    ['without members', {}, 'Empty objects are not allowed'],
    ['with an empty list', { source: [] }, 'Empty arrays are not allowed'],
    ['with a text in place of a list', { source: 'aws.s3' }, '"source" must be an object or an array'],
    ['with an unknown operator', { detail: { a: [{ starts: 'x' }] } }, 'Unrecognized match type starts'],
    [
      'with two operators of a value',
      { a: [{ prefix: 'x', suffix: 'y' }] },
      'Only one key allowed in match expression',
    ],
    ['with a prefix that is a number', { a: [{ prefix: 1 }] }, 'prefix match pattern must be a string'],
    [
      'with a wildcard after another one',
      { a: [{ wildcard: 'x**' }] },
      'Consecutive wildcard characters are not allowed',
    ],
    ['with an unknown comparison', { a: [{ numeric: ['!=', 1] }] }, 'Unrecognized numeric range operator: !='],
    ['with a comparison to a text', { a: [{ numeric: ['>', '1'] }] }, 'Value of > must be numeric'],
    ['with an empty range', { a: [{ numeric: ['>', 3, '<', 1] }] }, 'Bottom must be less than top'],
    ['with a block that is not valid', { a: [{ cidr: '10.0.0.0/33' }] }, 'Malformed CIDR: 10.0.0.0/33'],
    [
      'with a number in place of a boolean',
      { a: [{ exists: 1 }] },
      'exists match pattern must be either true or false.',
    ],
    [
      'that excludes texts and numbers',
      { a: [{ 'anything-but': ['a', 1] }] },
      'Inside anything but list, either all values are number or string, mixed type is not supported',
    ],
    [
      'that excludes a range',
      { a: [{ 'anything-but': { numeric: ['=', 1] } }] },
      'Unsupported anything-but pattern: numeric',
    ],
    ['with an error in an alternative', { $or: [{ a: ['x'] }, { b: 'y' }] }, '"b" must be an object or an array'],
  ])('%s is not valid', (_, pattern, reason) => {
    expect(patternError(pattern)).toBe(reason);
  });

  test('whose operators are all known is valid', () => {
    const operators = [
      { prefix: { 'equals-ignore-case': 'a' } },
      { 'anything-but': { wildcard: ['a*', 'b*'] } },
      null,
      1,
    ];
    expect(
      patternError({ $or: [{ a: operators }, { b: [{ cidr: '::1/64' }] }], c: { d: [{ exists: false }] } }),
    ).toBeUndefined();
  });
});
