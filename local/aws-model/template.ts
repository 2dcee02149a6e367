import { parse } from 'yaml';
import { ServiceError } from './service-error';
import { notSupported } from './not-supported';

export interface ResourceDefinition {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
  readonly DependsOn?: string | string[];
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: Record<string, unknown>;
}

export interface ParameterDefinition {
  readonly Type: string;
  readonly Default?: string;
  readonly AllowedValues?: string[];
  readonly AllowedPattern?: string;
  readonly ConstraintDescription?: string;
  readonly MinLength?: number | string;
  readonly MaxLength?: number | string;
  readonly MinValue?: number | string;
  readonly MaxValue?: number | string;
  readonly NoEcho?: boolean | string;
}

export interface Template {
  readonly Description?: string;
  readonly Parameters?: Record<string, ParameterDefinition>;
  readonly Conditions?: Record<string, unknown>;
  readonly Mappings?: Record<string, Record<string, Record<string, unknown>>>;
  readonly Resources: Record<string, ResourceDefinition>;
  readonly Outputs?: Record<
    string,
    { Value: unknown; Description?: string; Condition?: string; Export?: { Name: unknown } }
  >;
}

const SECTIONS = [
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Conditions',
  'Mappings',
  'Rules',
  'Resources',
  'Outputs',
];

function templateError(message: string): ServiceError {
  return new ServiceError('ValidationError', `Template format error: ${message}`);
}

export function parseTemplate(body: string): Template {
  let template: unknown;
  try {
    template = parse(body, { maxAliasCount: 100 });
  } catch (error) {
    throw templateError((error as Error).message);
  }
  if (typeof template !== 'object' || template === null || !('Resources' in template)) {
    throw templateError('At least one Resources member must be defined.');
  }
  const unknown = Object.keys(template).find((section) => !SECTIONS.includes(section));
  if (unknown !== undefined) throw templateError(notSupported('cloudformation', `the section ${unknown}`));
  return template as Template;
}

/** Resolves the references of a template. */
export interface Scope {
  readonly template: Template;

  /** Parameters and pseudo parameters. */
  readonly values: Record<string, unknown>;

  /** The physical ID of an existing resource. */
  ref(logicalId: string): unknown;
  attribute(logicalId: string, name: string): unknown;
  importValue(name: string): unknown;
  stackOutput(stackName: string, outputName: string): unknown;
}

/** The value of a property that is removed from its object. */
export const NO_VALUE = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, scope: Scope) => unknown;

/** Replaces all intrinsic functions in a value. An unknown function is an error. */
export function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, scope)).filter((item) => item !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[name, argument] = ['', undefined]] = entries;
  if (entries.length === 1 && isIntrinsic(name)) {
    const intrinsic = INTRINSICS[name];
    if (intrinsic === undefined) throw templateError(notSupported('cloudformation', `the function ${name}`));
    return intrinsic(argument, scope);
  }
  const resolved = entries.map(([key, part]): [string, unknown] => [key, resolve(part, scope)]);
  return Object.fromEntries(resolved.filter(([, part]) => part !== NO_VALUE));
}

export function isIntrinsic(name: string): boolean {
  return name === 'Ref' || name === 'Condition' || name.startsWith('Fn::');
}

function text(value: unknown): string {
  if (typeof value === 'object' && value !== null) throw templateError(`expected text, got: ${JSON.stringify(value)}`);
  return String(value);
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw templateError(`expected a list, got: ${JSON.stringify(value)}`);
  return value;
}

function reference(name: string, scope: Scope): unknown {
  if (name === 'AWS::NoValue') return NO_VALUE;
  if (Object.hasOwn(scope.values, name)) return scope.values[name];
  if (!Object.hasOwn(scope.template.Resources, name)) throw templateError(`Unresolved resource dependencies [${name}]`);
  return scope.ref(name);
}

function attribute(path: string, scope: Scope): unknown {
  const [logicalId, ...name] = path.split('.');
  if (!Object.hasOwn(scope.template.Resources, logicalId)) {
    throw templateError(`Unresolved resource dependencies [${logicalId}]`);
  }
  return scope.attribute(logicalId, name.join('.'));
}

function substitute(argument: unknown, scope: Scope): string {
  const [pattern, variables]: [unknown, Record<string, unknown>] = Array.isArray(argument)
    ? (argument as [string, Record<string, unknown>])
    : [argument, {}];
  return text(pattern).replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return text(resolve(variables[name], scope));
    return text(name.includes('.') ? attribute(name, scope) : reference(name, scope));
  });
}

export function conditionHolds(name: string, scope: Scope): boolean {
  const condition = scope.template.Conditions?.[name];
  if (condition === undefined) throw templateError(`Unresolved condition dependency ${name}`);
  return resolve(condition, scope) === true;
}

const INTRINSICS: Record<string, Intrinsic> = {
  Ref: (name, scope) => reference(text(name), scope),
  Condition: (name, scope) => conditionHolds(text(name), scope),
  'Fn::GetAtt': (argument, scope) =>
    attribute(typeof argument === 'string' ? argument : list(resolve(argument, scope)).map(text).join('.'), scope),
  'Fn::Sub': substitute,
  'Fn::Join': (argument, scope) => {
    const [separator, items] = list(argument);
    return list(resolve(items, scope)).map(text).join(text(separator));
  },
  'Fn::Select': (argument, scope) => {
    const [index, items] = list(resolve(argument, scope));
    const found = list(items)[Number(index)];
    if (found === undefined)
      throw templateError(`Fn::Select cannot select index ${text(index)} of ${JSON.stringify(items)}`);
    return found;
  },
  'Fn::Split': (argument, scope) => {
    const [separator, joined] = list(resolve(argument, scope));
    return text(joined).split(text(separator));
  },
  'Fn::If': (argument, scope) => {
    const [name, yes, no] = list(argument);
    return resolve(conditionHolds(text(name), scope) ? yes : no, scope);
  },
  'Fn::Equals': (argument, scope) => {
    const [a, b] = list(resolve(argument, scope));
    return String(a) === String(b);
  },
  'Fn::And': (argument, scope) => list(resolve(argument, scope)).every((one) => one === true),
  'Fn::Or': (argument, scope) => list(resolve(argument, scope)).some((one) => one === true),
  'Fn::Not': (argument, scope) => list(resolve(argument, scope))[0] !== true,
  'Fn::FindInMap': (argument, scope) => {
    const [map, first, second] = list(resolve(argument, scope)).map(text);
    const found = scope.template.Mappings?.[map]?.[first]?.[second];
    if (found === undefined) throw templateError(`Unable to get mapping for ${map}::${first}::${second}`);
    return found;
  },
  'Fn::ImportValue': (argument, scope) => scope.importValue(text(resolve(argument, scope))),
  'Fn::GetStackOutput': (argument, scope) => {
    const { StackName, OutputName, Region, RoleArn } = resolve(argument, scope) as Record<string, unknown>;
    if (RoleArn !== undefined) throw templateError(notSupported('cloudformation', 'RoleArn of Fn::GetStackOutput'));
    if (Region !== undefined && Region !== scope.values['AWS::Region'])
      throw templateError(`the local service does not have the region ${text(Region)} of Fn::GetStackOutput`);
    return scope.stackOutput(text(StackName), text(OutputName));
  },
  'Fn::Base64': (argument, scope) => Buffer.from(text(resolve(argument, scope))).toString('base64'),
  'Fn::GetAZs': (_argument, scope) => ['a', 'b', 'c'].map((zone) => `${text(scope.values['AWS::Region'])}${zone}`),
  'Fn::Length': (argument, scope) => list(resolve(argument, scope)).length,
  'Fn::ToJsonString': (argument, scope) => JSON.stringify(resolve(argument, scope)),
};

/** The logical IDs of the resources that a value references. */
export function referencesIn(value: unknown, template: Template): string[] {
  const found = new Set<string>();
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) return part.forEach(visit);
    if (typeof part !== 'object' || part === null) return;
    for (const [name, argument] of Object.entries(part)) {
      if (name === 'Ref' && typeof argument === 'string') found.add(argument);
      if (name === 'Fn::GetAtt')
        found.add((Array.isArray(argument) ? (argument as string[])[0] : String(argument)).split('.')[0]);
      if (name === 'Fn::Sub') {
        const [pattern] = Array.isArray(argument) ? (argument as [string]) : [String(argument)];
        for (const [, reference] of pattern.matchAll(/\$\{([^!}.]+)[^}]*\}/g)) found.add(reference);
      }
      visit(argument);
    }
  };
  visit(value);
  return [...found].filter((name) => Object.hasOwn(template.Resources, name));
}

/** The resources that each resource depends on. A circular dependency is an error. */
export function dependenciesOf(template: Template): Map<string, string[]> {
  const graph = new Map<string, string[]>();
  for (const [logicalId, definition] of Object.entries(template.Resources)) {
    const { DependsOn = [], Properties } = definition;
    const named = Array.isArray(DependsOn) ? DependsOn : [DependsOn];
    const missing = named.find((name) => !Object.hasOwn(template.Resources, name));
    if (missing !== undefined)
      throw templateError(`Unresolved resource dependencies [${missing}] in the Resources block of the template`);
    graph.set(logicalId, [...new Set([...named, ...referencesIn(Properties, template)])]);
  }
  const done = new Set<string>();
  const visit = (logicalId: string, path: string[]): void => {
    if (path.includes(logicalId))
      throw new ServiceError('ValidationError', `Circular dependency between resources: [${path.join(', ')}]`);
    if (done.has(logicalId)) return;
    graph.get(logicalId)?.forEach((next) => visit(next, [...path, logicalId]));
    done.add(logicalId);
  };
  graph.forEach((_, logicalId) => visit(logicalId, []));
  return graph;
}

/** Throws an error if a condition cannot be evaluated, or if a resource that exists references one whose condition does not hold. */
export function checkConditions(scope: Scope): void {
  const { Conditions = {}, Resources, Outputs = {} } = scope.template;
  Object.keys(Conditions).forEach((name) => conditionHolds(name, scope));
  const exists = ({ Condition }: { readonly Condition?: string }): boolean =>
    Condition === undefined || conditionHolds(Condition, scope);
  const check = (value: unknown, block: string): void => {
    const used = referencesIn(withoutUnusedBranches(value, scope), scope.template);
    const missing = used.find((name) => !exists(Resources[name]));
    if (missing === undefined) return;
    throw templateError(`Unresolved resource dependencies [${missing}] in the ${block} block of the template`);
  };
  for (const resource of Object.values(Resources).filter(exists)) check(resource.Properties, 'Resources');
  for (const output of Object.values(Outputs).filter(exists)) check(output, 'Outputs');
}

/** A value in which each `Fn::If` is replaced by the branch that its condition selects. */
function withoutUnusedBranches(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutUnusedBranches(item, scope));
  if (typeof value !== 'object' || value === null) return value;
  if ('Fn::If' in value) {
    const [name, yes, no] = list(value['Fn::If']);
    return withoutUnusedBranches(conditionHolds(text(name), scope) ? yes : no, scope);
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutUnusedBranches(part, scope)]));
}
