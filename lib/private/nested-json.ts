import { Fn, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ElementSeparator } from '../handlers/workflow-contract';

export const ELEMENT_SEPARATOR: ElementSeparator = '{{,}}';

/**
 * A request as JSON text that becomes part of other JSON text, such as the definition of a state machine. A list that is only known at
 * deployment becomes one text of all elements, which the handler divides: the CDK renders such a list as JSON, whose quotation marks would
 * end the text around it.
 */
export function nestedJson(scope: Construct, request: object): string {
  return Stack.of(scope).toJsonString(joinLists(request));
}

function joinLists(value: unknown): unknown {
  if (Array.isArray(value)) {
    return Token.isUnresolved(value) ? [Fn.join(ELEMENT_SEPARATOR, value as string[])] : value.map(joinLists);
  }
  if (typeof value !== 'object' || value === null || Token.isUnresolved(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, joinLists(member)]));
}
