import { type CfnCondition, CfnElement, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The parts of a template that an element renders. */
interface Fragment {
  readonly Resources?: Record<string, Conditional>;
  readonly Outputs?: Record<string, Conditional>;
  readonly Conditions?: Record<string, unknown>;
}

interface Conditional {
  readonly Condition?: string;
}

/** A reference to another element of the template, and the conditions under which it is evaluated. */
interface ElementReference {
  readonly logicalId: string;
  readonly property: string;
  readonly conditions: ReadonlySet<string>;
}

const HOW_TO_FIX =
  'Use `endpointName` or `endpointArn` of the endpoint, which are text, or call `applyReleaseCondition()` of the model package on it';

/**
 * The errors about resources and outputs that refer to a resource that only exists while a version is released, and that do not have
 * its condition. CloudFormation would reject the template ("Unresolved resource dependencies") as soon as no version is released.
 *
 * @param released the conditions with the names of their SSM parameters
 */
export function releaseReferenceErrors(stack: Stack, released: ReadonlyMap<CfnCondition, string>): string[] {
  const elements = stack.node.findAll().filter((node) => CfnElement.isCfnElement(node) && Stack.of(node) === stack);
  const rendered = elements.map((element) => ({ element, fragment: render(stack, element) }));
  const definitions = Object.assign({}, ...rendered.map(({ fragment }) => fragment.Conditions)) as Record<
    string,
    unknown
  >;
  const releases = new Map(
    [...released].map(([condition, name]) => [stack.resolve(condition.logicalId) as string, name]),
  );
  const targets = new Map(
    rendered.flatMap(({ element, fragment: { Resources = {} } }) =>
      Object.entries(Resources).map(([id, { Condition }]) => [
        id,
        { element, conditions: implied(definitions, Condition) },
      ]),
    ),
  );
  return rendered.flatMap(({ element, fragment }) => {
    const found = Object.values({ ...fragment.Resources, ...fragment.Outputs }).flatMap((source) =>
      referencesIn(source, '', implied(definitions, source.Condition), definitions),
    );
    const errors = found.flatMap(({ logicalId, property, conditions }) => {
      const target = targets.get(logicalId);
      const missing = [...(target?.conditions ?? [])].find((one) => releases.has(one) && !conditions.has(one));
      if (target === undefined || missing === undefined) return [];
      return [
        `${sourceOf(element, property)} refers to ${target.element.node.path}, which only exists while a version is released in SSM ` +
          `parameter "${releases.get(missing)}". ${HOW_TO_FIX}.`,
      ];
    });
    return [...new Set(errors)];
  });
}

/** The template of an element, with its intrinsic functions. */
function render(stack: Stack, element: IConstruct): Fragment {
  return stack.resolve((element as unknown as { _toCloudFormation(): object })._toCloudFormation()) as Fragment;
}

/** The conditions that hold whenever a condition does: itself, and the parts of `Fn::And`. */
function implied(definitions: Record<string, unknown>, condition: string | undefined): Set<string> {
  if (condition === undefined) return new Set();
  const { 'Fn::And': all = [] } = (definitions[condition] ?? {}) as { 'Fn::And'?: Conditional[] };
  return new Set([condition, ...all.flatMap((part) => [...implied(definitions, part.Condition)])]);
}

function referencesIn(
  value: unknown,
  property: string,
  conditions: ReadonlySet<string>,
  definitions: Record<string, unknown>,
): ElementReference[] {
  if (typeof value !== 'object' || value === null) return [];
  const search = (part: unknown, at: string, under = conditions): ElementReference[] =>
    referencesIn(part, at, under, definitions);
  if (Array.isArray(value)) return value.flatMap((item) => search(item, property));
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) => {
    const ids = referencedIds(key, part);
    if (ids !== undefined) return ids.map((logicalId) => ({ logicalId, property, conditions }));
    if (key === 'Fn::If' && Array.isArray(part)) {
      const [condition, whenTrue, whenFalse] = part as [string, unknown, unknown];
      const under = new Set([...conditions, ...implied(definitions, condition)]);
      return [...search(whenTrue, property, under), ...search(whenFalse, property)];
    }
    if (key === 'Fn::Sub') {
      const [text, variables] = (Array.isArray(part) ? part : [part, {}]) as [unknown, object];
      const inText = idsInText(text).map((logicalId) => ({ logicalId, property, conditions }));
      return [...inText, ...search(Object.values(variables), property)];
    }
    return search(part, key.startsWith('Fn::') ? property : `${property}${property && '.'}${key}`);
  });
}

/** The logical ids of `Ref` and `Fn::GetAtt`; undefined for everything else. */
function referencedIds(key: string, part: unknown): string[] | undefined {
  if (key === 'Ref' && typeof part === 'string') return [part];
  if (key !== 'Fn::GetAtt') return undefined;
  return [String(Array.isArray(part) ? part[0] : part).split('.')[0]];
}

/** The logical ids in the text of `Fn::Sub`. */
function idsInText(text: unknown): string[] {
  return [...String(text).matchAll(/\$\{([^!.}]+)[^}]*\}/g)].map(([, id]) => id);
}

/** The property that contains a reference. The CDK creates the exports of a stack for references from other stacks. */
function sourceOf(element: IConstruct, property: string): string {
  const { path, scope } = element.node;
  if (scope?.node.id === 'Exports') return `Another stack, by the export ${path},`;
  return property === '' ? path : `\`${property}\` of ${path}`;
}
