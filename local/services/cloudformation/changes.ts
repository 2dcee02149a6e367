import { type Scope, conditionHolds, resolve } from '../../aws-model/template';
import type { Context } from '../context';
import { valuesOf } from './parameter-values';
import type { Change, Stack, Version } from './store';

/** The content of a version: resources and outputs whose conditions hold, by their names. */
interface Specified {
  readonly resources: Record<string, { readonly type: string; readonly text: string }>;
  readonly outputs: string;
}

/** The changes of a stack from its version to another, as far as parameters, conditions and templates show them. */
export function changesOf(context: Context, stack: Pick<Stack, 'name' | 'id' | 'version'>, after: Version): Change[] {
  const old = stack.version === undefined ? { resources: {}, outputs: '' } : specified(context, stack, stack.version);
  const wanted = specified(context, stack, after);
  const areTagsSame = JSON.stringify(stack.version?.tags) === JSON.stringify(after.tags);
  const changed = Object.keys({ ...old.resources, ...wanted.resources }).flatMap((LogicalResourceId): Change[] => {
    const was = old.resources[LogicalResourceId] as Specified['resources'][string] | undefined;
    const is = wanted.resources[LogicalResourceId] as Specified['resources'][string] | undefined;
    const change = { LogicalResourceId, ResourceType: (is ?? was)?.type ?? '' };
    if (was === undefined) return [{ Action: 'Add', ...change }];
    if (is === undefined) return [{ Action: 'Remove', ...change }];
    return areTagsSame && was.text === is.text ? [] : [{ Action: 'Modify', ...change }];
  });
  if (changed.length > 0 || old.outputs === wanted.outputs) return changed;
  return [{ Action: 'Modify', LogicalResourceId: 'Outputs', ResourceType: 'AWS::CloudFormation::Stack' }];
}

function specified(context: Context, stack: Pick<Stack, 'name' | 'id'>, version: Version): Specified {
  const scope = scopeOf(context, stack, version);
  const exists = ([, { Condition }]: [string, { readonly Condition?: string }]): boolean =>
    Condition === undefined || conditionHolds(Condition, scope);
  const { Resources, Outputs = {} } = version.template;
  const resources = Object.entries(Resources)
    .filter(exists)
    .map(([id, resource]) => [id, { type: resource.Type, text: textOf(resource, version, scope) }] as const);
  const outputs = Object.entries(Outputs)
    .filter(exists)
    .map((output) => textOf(output, version, scope));
  return { resources: Object.fromEntries(resources), outputs: outputs.join('\n') };
}

/** The scope before the deployment: references to resources and other stacks are the same if their names are. */
function scopeOf(context: Context, stack: Pick<Stack, 'name' | 'id'>, version: Version): Scope {
  const reference = (...names: string[]): string => `\${${names.join('.')}}`;
  return {
    template: version.template,
    values: valuesOf(context, version, stack),
    ref: reference,
    attribute: reference,
    importValue: reference,
    stackOutput: reference,
  };
}

function textOf(value: unknown, { template, values }: Version, scope: Scope): string {
  try {
    return JSON.stringify(resolve(value, scope));
  } catch {
    // A function of a value that is not known yet, such as a part of an ARN: every change of a parameter is one of this value.
    return JSON.stringify([value, values, template.Conditions, template.Mappings]);
  }
}
