import { type CfnResource, Stack, TagManager } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { addValidation } from './rules';
import { ValidationErrors } from './validation';

const MAX_TAGS = 50;

/**
 * The tags of a resource: its own, and those of its stack. CloudFormation adds the tags of a stack to all resources of the stack and
 * of its nested stacks, but not to the resources that a custom resource creates.
 */
export function tagsWithStackTags(scope: IConstruct, tags: TagManager): Record<string, string> {
  return { ...stackTags(Stack.of(scope)), ...tags.tagValues() };
}

function stackTags(stack: Stack): Record<string, string> {
  const { nestedStackParent: parent } = stack;
  return { ...(parent === undefined ? {} : stackTags(parent)), ...stack.tags.tagValues() };
}

/**
 * Adds a validation of the tags of a resource. It runs at the end of synthesis, after all aspects have added their tags.
 *
 * @param added the number of tags that the library adds at deployment
 */
export function validateTags(scope: Construct, tagged: TagManager | CfnResource, added = 0): void {
  const tags = tagged instanceof TagManager ? tagged : TagManager.of(tagged);
  if (tags === undefined) return;
  addValidation(scope, 'all-stages', () => tagErrors(tagsWithStackTags(scope, tags), MAX_TAGS - added));
}

function tagErrors(tags: Record<string, string>, max: number): string[] {
  const errors = new ValidationErrors('', 'all-stages');
  const keys = Object.keys(tags);
  errors.when(
    keys.length > max,
    `\`tags\` must have at most ${max} entries, with those of the stack, got ${keys.length}`,
  );
  for (const [key, value] of Object.entries(tags)) {
    errors.check(`tags key "${key}"`, 'TagKey', key);
    errors.check(`tags["${key}"]`, 'TagValue', value);
    errors.when(/^aws:/i.test(key), `\`tags key "${key}"\` must not start with "aws:", which is reserved for AWS`);
  }
  return errors.list();
}
