import { type BodyRules, type Difference, differenceOf } from '../../../local/compare';

const compared = (contentType: string, a: string, b: string, rules: Partial<BodyRules> = {}): Difference | undefined =>
  differenceOf(
    { contentType, body: Buffer.from(a) },
    { contentType, body: Buffer.from(b) },
    { tolerance: 0, ...rules },
  );

describe('Two bodies are the same', () => {
  test.each<[string, string, string, string, Partial<BodyRules>]>([
    [
      'if their JSON has other spaces and another order',
      'application/json',
      '{"a":1,"b":[null]}',
      '{ "b": [ null ], "a": 1.0 }',
      {},
    ],
    ['if the content type of the JSON has a parameter', 'application/json; charset=utf-8', '[1]', '[ 1 ]', {}],
    ['if a number of the CSV has another form', 'text/csv', '1.0,yes\n2,no\n', '1,yes\r\n2.00,no', {}],
    ['if both are NaN', 'text/csv', 'NaN\n', 'nan\n', { tolerance: 0.1 }],
    ['if the difference of numbers is the tolerance', 'application/json', '[1]', '[1.5]', { tolerance: 0.5 }],
    [
      'if the difference of numbers is within the tolerance',
      'application/json',
      '{"p":[0.5,1]}',
      '{"p":[0.6,0.9]}',
      { tolerance: 0.1000001 },
    ],
    [
      'if their values at the path are',
      'application/json',
      '{"p":1,"t":"now"}',
      '{"p":1,"t":"later"}',
      { jsonPath: '$.p' },
    ],
    ['byte by byte, for another content type', 'application/octet-stream', '\u0000a', '\u0000a', {}],
  ])('%s', (_, contentType, a, b, rules) => {
    expect(compared(contentType, a, b, rules)).toBeUndefined();
  });
});

describe('Two bodies differ', () => {
  test.each<[string, string, string, string, Partial<BodyRules>, Difference]>([
    [
      'in a nested number',
      'application/json',
      '{"p":[1,{"q":2}]}',
      '{"p":[1,{"q":2.5}]}',
      { tolerance: 0.4 },
      { at: '$.p[1].q', a: '2', b: '2.5' },
    ],
    [
      'in a number and a text',
      'application/json',
      '{"p":1}',
      '{"p":"1"}',
      { tolerance: 9 },
      { at: '$.p', a: '1', b: '"1"' },
    ],
    [
      'in a null and a missing member',
      'application/json',
      '{"p":null}',
      '{}',
      {},
      { at: '$.p', a: 'null', b: 'no value' },
    ],
    ['in the number of items', 'application/json', '[1]', '[1,2]', {}, { at: '$[1]', a: 'no value', b: '2' }],
    ['in a list and an object', 'application/json', '[]', '{}', {}, { at: '$', a: '[]', b: '{}' }],
    ['in a field of CSV', 'text/csv', 'a,1\nb,2\n', 'a,1\nc,2\n', {}, { at: '$[1][0]', a: '"b"', b: '"c"' }],
    ['in NaN and a number', 'text/csv', 'NaN\n', '1\n', { tolerance: 9 }, { at: '$[0][0]', a: 'NaN', b: '1' }],
    ['in a byte', 'text/plain', '1.0', '1', { tolerance: 9 }, { at: 'body', a: '1.0', b: '1' }],
    ['if only one is valid JSON', 'application/json', '1', 'no', {}, { at: 'body', a: '1', b: 'no' }],
    [
      'at a path that only one has',
      'application/json',
      '{"p":1}',
      '{}',
      { jsonPath: '$.p' },
      { at: '$.p[0]', a: '1', b: 'no value' },
    ],
    [
      'at a path of a text',
      'text/plain',
      '{"p":1}',
      'no',
      { jsonPath: '$.p' },
      { at: '$.p', a: '[1]', b: 'not valid JSON: no' },
    ],
    [
      'in a long text, of which the start is shown',
      'text/plain',
      'x'.repeat(90),
      '',
      {},
      { at: 'body', a: `${'x'.repeat(80)}…`, b: '' },
    ],
  ])('%s', (_, contentType, a, b, rules, difference) => {
    expect(compared(contentType, a, b, rules)).toEqual(difference);
  });
});
