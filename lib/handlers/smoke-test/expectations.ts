import { type JsonValue, query } from 'jsonpath-rfc9535';
import { truncate } from '../shared/truncate';
import type { ExpectationDefinition, ResponsePart } from '../smoke-test-contract';
import type { TestResponse } from './invoke';

const EXCERPT_BYTES = 200;

/** The expectations that a response does not meet, each as a sentence with the expected and the actual value. */
export function unmetExpectations(expectations: ExpectationDefinition[], response: TestResponse): string[] {
  const { status, timeoutSeconds } = response;
  if (status === undefined) return [`A response was expected within ${timeoutSeconds} s`];
  const definesStatus = expectations.some(({ Type }) => Type === 'Status');
  if (!definesStatus && (status < 200 || status > 299)) return [`Expected a status of 200 to 299, got ${status}`];
  return expectations.flatMap((expectation) => unmet(expectation, status, response.body) ?? []);
}

function unmet(expectation: ExpectationDefinition, status: number, body: string): string | undefined {
  if (expectation.Type === 'Status') {
    return expectation.Status === status ? undefined : `Expected status ${expectation.Status}, got ${status}`;
  }
  if (expectation.Type === 'BodyContains') {
    return body.includes(expectation.Text) ? undefined : `Expected a body that contains "${expectation.Text}"`;
  }
  return unmetValue(expectation, body);
}

type ValueExpectation = Exclude<ExpectationDefinition, { readonly Type: 'Status' | 'BodyContains' }>;
type Comparison = Exclude<ValueExpectation, { readonly Type: 'Exists' }>;

function unmetValue(expectation: ValueExpectation, body: string): string | undefined {
  const { Part } = expectation;
  const name = 'JsonPath' in Part ? Part.JsonPath : `row ${Part.CsvRow}, column ${Part.CsvColumn}`;
  const found = 'JsonPath' in Part ? valuesAt(Part.JsonPath, body) : fieldsAt(Part, body);
  if (found === undefined) return `${name}: the body is not valid JSON`;
  if (expectation.Type === 'Exists') return found.length > 0 ? undefined : `${name}: expected a value, got none`;
  const expected = `${JSON.stringify(expectation.Value)}${expectation.Type === 'CloseTo' ? ` ± ${expectation.Tolerance}` : ''}`;
  if (found.length !== 1) {
    return `${name}: expected ${expected}, got ${found.length === 0 ? 'no value' : `${found.length} values`}`;
  }
  // All fields of a CSV document are text.
  const [value] = 'JsonPath' in Part ? found : [typed(found[0] as string, typeof expectation.Value)];
  if (isMet(expectation, value)) return undefined;
  return `${name}: expected ${expected}, got ${truncate(JSON.stringify(found[0]), EXCERPT_BYTES)}`;
}

function isMet(expectation: Comparison, value: JsonValue): boolean {
  if (expectation.Type === 'EqualTo') return value === expectation.Value;
  return typeof value === 'number' && Math.abs(value - expectation.Value) <= expectation.Tolerance;
}

/** The values at a path; undefined if the body is not valid JSON. */
function valuesAt(path: string, body: string): JsonValue[] | undefined {
  let document: JsonValue;
  try {
    document = JSON.parse(body) as JsonValue;
  } catch {
    return undefined;
  }
  return query(document, path);
}

/** The field of a CSV document, without quotation marks around it; empty if the document has no such field. */
function fieldsAt({ CsvRow, CsvColumn }: Exclude<ResponsePart, { readonly JsonPath: string }>, body: string): string[] {
  const field = body.split(/\r?\n/)[CsvRow]?.split(',')[CsvColumn];
  return field === undefined ? [] : [field.trim().replace(/^"(.*)"$/, '$1')];
}

/** The value of a text, if it is one of the type. */
function typed(text: string, type: string): JsonValue {
  if (type === 'number' && text !== '' && Number.isFinite(Number(text))) return Number(text);
  return type === 'boolean' && /^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : text;
}
