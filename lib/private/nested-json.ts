import { Fn, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ElementSeparator, LiteralBraces } from '../handlers/workflow-contract';

export const ELEMENT_SEPARATOR: ElementSeparator = '{{,}}';
export const LITERAL_BRACES: LiteralBraces = '{{_}}';

/**
 * A request as JSON text that becomes part of other JSON text, such as the definition of a state machine. A list that is only known at
 * deployment becomes one text of all elements, which the handler divides: the CDK renders such a list as JSON, whose quotation marks would
 * end the text around it. The handler replaces the placeholders of the library, and no text of a user that looks like one.
 */
export function nestedJson(scope: Construct, request: object): string {
  return Stack.of(scope).toJsonString(forHandler(request));
}

function forHandler(value: unknown): unknown {
  if (typeof value === 'string') return literalText(value);
  if (Array.isArray(value)) {
    return Token.isUnresolved(value) ? [Fn.join(ELEMENT_SEPARATOR, value as string[])] : value.map(forHandler);
  }
  if (typeof value !== 'object' || value === null || Token.isUnresolved(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, forHandler(member)]));
}

/** A text that the handler fills. Its placeholders are tokens, so that other text in double braces is that of a user, and stays as it is. */
export function literalText(text: string): string {
  return text.replace(/\{\{(?=(\w+|,)\}\})/g, LITERAL_BRACES);
}
