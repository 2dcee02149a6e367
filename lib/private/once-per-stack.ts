import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { sha256 } from './fingerprint';

/**
 * Creates an asset once per stack and set of options. Several constructs can bind the image, and each stack needs an asset of its
 * own, since it can be in another region. The id is derived from all options, since a directory can contain several images.
 */
export function oncePerStack<T extends Construct>(
  scope: Construct,
  options: object,
  create: (stack: Stack, id: string) => T,
): T {
  const stack = Stack.of(scope);
  const id = `ContainerImage${sha256(JSON.stringify(Object.entries(options).sort())).slice(0, 16)}`;
  return (stack.node.tryFindChild(id) as T | undefined) ?? create(stack, id);
}
