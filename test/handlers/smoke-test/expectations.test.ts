import type { ExpectationDefinition, ResponsePart } from '../../../lib/handlers/smoke-test-contract';
import { Simulation, modelError, perform } from './simulation';

const AT = (JsonPath: string): ResponsePart => ({ JsonPath });
const FIELD: ResponsePart = { CsvRow: 1, CsvColumn: 2 };
const JSON_BODY = '{"a":{"b":[1,"x",true,null]}}';
const CSV_BODY = 'a,b,c\r\n1, 2 ,"0.5"\n';

const exists = (Part: ResponsePart): ExpectationDefinition => ({ Type: 'Exists', Part });
const equalTo = (Part: ResponsePart, Value: string | number | boolean): ExpectationDefinition => ({
  Type: 'EqualTo',
  Part,
  Value,
});
const closeTo = (Part: ResponsePart, Value: number, Tolerance: number): ExpectationDefinition => ({
  Type: 'CloseTo',
  Part,
  Value,
  Tolerance,
});

/** The response to a test of a body or an error, with an expectation. */
function outcome(reply: string | Error, expectation: ExpectationDefinition): Promise<Record<string, unknown>> {
  const simulation = new Simulation();
  simulation.replies = [reply];
  return perform(simulation, { Expect: [expectation] });
}

describe('An expectation is met', () => {
  test.each<[string, string | Error, ExpectationDefinition]>([
    ['a value', JSON_BODY, exists(AT('$.a.b[3]'))],
    ['a string', JSON_BODY, equalTo(AT('$.a.b[1]'), 'x')],
    ['a number', JSON_BODY, equalTo(AT('$.a.b[0]'), 1)],
    ['a boolean', JSON_BODY, equalTo(AT('$.a.b[2]'), true)],
    ['a number at the edge of the tolerance', '0.75', closeTo(AT('$'), 0.5, 0.25)],
    ['a field of a CSV document', CSV_BODY, closeTo(FIELD, 0.4, 0.2)],
    ['an equal field of a CSV document', CSV_BODY, equalTo({ CsvRow: 1, CsvColumn: 1 }, 2)],
    ['a text in the body', JSON_BODY, { Type: 'BodyContains', Text: '"x",true' }],
    ['a status', modelError(400), { Type: 'Status', Status: 400 }],
  ])('by %s', async (_, body, expectation) => {
    expect(await outcome(body, expectation)).toMatchObject({ Status: 'SUCCESS' });
  });
});

describe('An expectation is not met', () => {
  test.each<[string, string | Error, ExpectationDefinition, string]>([
    ['a body that is not JSON', 'x', exists(AT('$.a')), '$.a: the body is not valid JSON'],
    ['a missing value', JSON_BODY, exists(AT('$.b')), '$.b: expected a value, got none'],
    ['no value', JSON_BODY, equalTo(AT('$.b'), 1), '$.b: expected 1, got no value'],
    ['several values', JSON_BODY, equalTo(AT('$.a.b[*]'), 1), '$.a.b[*]: expected 1, got 4 values'],
    ['the text of a number', JSON_BODY, equalTo(AT('$.a.b[0]'), '1'), '$.a.b[0]: expected "1", got 1'],
    ['a value that is not a number', JSON_BODY, closeTo(AT('$.a.b[3]'), 0, 1), '$.a.b[3]: expected 0 ± 1, got null'],
    ['a number that is too far away', '0.76', closeTo(AT('$'), 0.5, 0.25), '$: expected 0.5 ± 0.25, got 0.76'],
    [
      'a missing field',
      CSV_BODY,
      closeTo({ CsvRow: 2, CsvColumn: 1 }, 0, 1),
      'row 2, column 1: expected 0 ± 1, got no value',
    ],
    ['an empty field', ',', closeTo({ CsvRow: 0, CsvColumn: 1 }, 0, 1), 'row 0, column 1: expected 0 ± 1, got ""'],
    ['another status', JSON_BODY, { Type: 'Status', Status: 400 }, 'Expected status 400, got 200'],
    ['another text', JSON_BODY, { Type: 'BodyContains', Text: 'y' }, 'Expected a body that contains "y"'],
  ])('by %s', async (_, body, expectation, reason) => {
    const { Status, Reason } = await outcome(body, expectation);
    expect(Status).toBe('FAILED');
    expect(Reason).toContain(`. ${reason}. Logs: `);
  });

  test('with all others in one reason', async () => {
    const simulation = new Simulation();
    const Expect = [exists(AT('$.x')), exists(AT('$.y'))];
    const { Reason } = await perform(simulation, { Expect });
    expect(Reason).toContain('$.x: expected a value, got none. $.y: expected a value, got none');
  });
});
