import parse from 'jsonpath-rfc9535/parser';

/** The syntax error of a JSONPath (RFC 9535). Undefined if it has none. */
export function jsonPathError(path: string): string | undefined {
  try {
    parse(path);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
