import validate from 'asl-validator';
import { ServiceError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import {
  CHOICE_OPERATORS,
  type ChoiceRule,
  type Definition,
  type State,
  type States,
  unknownIntrinsic,
} from './interpreter';
import { integrationOf } from './integration';

const INPUT = ['InputPath', 'OutputPath'];
const RESULT = ['ResultPath', 'ResultSelector', 'Retry', 'Catch'];
const TRANSITION = ['Next', 'End'];

/** The fields of each type of state that have an effect, in addition to those of all types. */
const FIELDS: Record<State['Type'], readonly string[]> = {
  Task: [...INPUT, ...RESULT, ...TRANSITION, 'Parameters', 'Resource', 'TimeoutSeconds', 'TimeoutSecondsPath'],
  Pass: [...INPUT, ...TRANSITION, 'Parameters', 'Result', 'ResultPath'],
  Choice: [...INPUT, 'Choices', 'Default'],
  Wait: [...INPUT, ...TRANSITION, 'Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'],
  Succeed: INPUT,
  Fail: ['Error', 'ErrorPath', 'Cause', 'CausePath', 'InputPath', 'OutputPath'],
  Parallel: [...INPUT, ...RESULT, ...TRANSITION, 'Parameters', 'Branches'],
  Map: [
    ...[...INPUT, ...RESULT, ...TRANSITION, 'Parameters', 'ItemProcessor', 'Iterator', 'ItemsPath', 'ItemSelector'],
    ...['MaxConcurrency', 'MaxConcurrencyPath'],
  ],
};
const COMMON = ['Type', 'Comment', 'QueryLanguage'];
const REQUIRED: Partial<Record<State['Type'], readonly string[]>> = {
  Task: ['Resource'],
  Choice: ['Choices'],
  Parallel: ['Branches'],
};
const RETRIER = [
  ...['ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy', 'Comment'],
];
const CATCHER = ['ErrorEquals', 'Next', 'ResultPath', 'Comment'];
const MACHINE = ['Comment', 'StartAt', 'States', 'TimeoutSeconds', 'Version', 'QueryLanguage'];

/** The fields of AWS that the local service does not have. All others do not exist. */
const UNSUPPORTED = [
  ...['Arguments', 'Assign', 'Condition', 'Credentials', 'HeartbeatSeconds', 'HeartbeatSecondsPath', 'ItemBatcher'],
  ...['ItemReader', 'Items', 'Label', 'Output', 'ResultWriter', 'ToleratedFailureCount', 'ToleratedFailureCountPath'],
  ...['ToleratedFailurePercentage', 'ToleratedFailurePercentagePath'],
];

/** Parses and validates a definition. All errors are reported together, in the form of Step Functions. */
export function parseDefinition(text: string): Definition {
  const definition = parsed(text);
  const fields = Object.keys(definition).flatMap((field) => fieldErrors(field, MACHINE, ''));
  const errors = [...fields, ...languageErrors(definition, ''), ...statesErrors(definition, '')];
  if (errors.length === 0) errors.push(...schemaErrors(text));
  if (errors.length > 0) throw invalid(errors.join(', '));
  return definition;
}

function parsed(text: string): Definition {
  try {
    const definition = JSON.parse(text) as Definition | null;
    if (typeof definition === 'object' && definition !== null) return definition;
  } catch (error) {
    throw invalid(`INVALID_JSON_DESCRIPTION: ${(error as Error).message}`);
  }
  throw invalid('INVALID_JSON_DESCRIPTION: A state machine definition must be a JSON object');
}

function invalid(reason: string): ServiceError {
  return new ServiceError('InvalidDefinition', `Invalid State Machine Definition: '${reason}'`);
}

function failed(message: string, at: string): string {
  return `SCHEMA_VALIDATION_FAILED: ${message} at ${at === '' ? '/' : at}`;
}

/** The error about a part that only the local service does not support. */
function refused(feature: string, at: string): string {
  return `SCHEMA_VALIDATION_FAILED: ${notSupported('step-functions', `${feature} at ${at}`)}`;
}

function fieldErrors(field: string, known: readonly string[], at: string): string[] {
  if (known.includes(field)) return [];
  const where = `${at}/${field}`;
  return [UNSUPPORTED.includes(field) ? refused(field, where) : failed('Field is not supported', where)];
}

function languageErrors(part: object, at: string): string[] {
  const { QueryLanguage: language = 'JSONPath' } = part as { readonly QueryLanguage?: string };
  if (language === 'JSONPath') return [];
  return [refused(`the query language ${language}, only JSONPath`, `${at}/QueryLanguage`)];
}

/** The errors of a group of states: of the state machine, a branch or an iteration. */
function statesErrors({ StartAt, States: states }: Partial<States>, at: string): string[] {
  if (typeof states !== 'object' || states === null || Object.keys(states).length === 0) {
    return [failed('These fields are required: [States]', at)];
  }
  const missing = (name: string, target: string | undefined, where: string): string[] =>
    target !== undefined && Object.hasOwn(states, target)
      ? []
      : [`MISSING_TRANSITION_TARGET: Missing '${name}' target: ${target} at ${where}`];
  const targets = Object.entries(states).flatMap(([name, state]) =>
    transitionsOf(state).flatMap(([field, to]) => missing(field, to, `${at}/States/${name}/${field}`)),
  );
  const errors = Object.entries(states).flatMap(([name, state]) => stateErrors(state, `${at}/States/${name}`));
  const all = [...missing('StartAt', StartAt, `${at}/StartAt`), ...targets, ...errors];
  return all.length > 0 ? all : unreachable(StartAt ?? '', states, at);
}

/** The targets of the transitions of a state, with the names of the fields. */
function transitionsOf({ Next, Default, Choices, Catch }: State): [field: string, target: string][] {
  const single = Object.entries({ Next, Default }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const choices = list(Choices).map((rule, index): [string, string] => [`Choices[${index}]/Next`, rule.Next]);
  const catchers = list(Catch).map((catcher, index): [string, string] => [`Catch[${index}]/Next`, catcher.Next]);
  return [...single, ...choices, ...catchers];
}

const list = <T>(items: readonly T[] | undefined): readonly T[] => (Array.isArray(items) ? (items as T[]) : []);

function unreachable(start: string, states: States['States'], at: string): string[] {
  const reached = new Set([start]);
  for (const name of reached) transitionsOf(states[name]).forEach(([, target]) => reached.add(target));
  return Object.keys(states)
    .filter((name) => !reached.has(name))
    .map((name) => `MISSING_TRANSITION_TARGET: State "${name}" is not reachable. at ${at}/States/${name}`);
}

function stateErrors(state: State, at: string): string[] {
  const { Type } = state;
  if (!Object.hasOwn(FIELDS, Type)) return [failed(`The type ${Type} is not supported`, `${at}/Type`)];
  const missing = (REQUIRED[Type] ?? []).filter((field) => !Object.hasOwn(state, field));
  return [
    ...Object.keys(state).flatMap((field) => fieldErrors(field, [...COMMON, ...FIELDS[Type]], at)),
    ...(missing.length === 0 ? [] : [failed(`These fields are required: [${missing.join(', ')}]`, at)]),
    ...languageErrors(state, at),
    ...['Parameters', 'ResultSelector', 'ItemSelector'].flatMap((field) =>
      templateErrors(state[field as 'Parameters'], `${at}/${field}`),
    ),
    ...list(state.Retry).flatMap((one, index) => partErrors(one, RETRIER, `${at}/Retry[${index}]`)),
    ...list(state.Catch).flatMap((one, index) => partErrors(one, CATCHER, `${at}/Catch[${index}]`)),
    ...list(state.Choices).flatMap(({ Next: _, ...rule }, index) => ruleErrors(rule, `${at}/Choices[${index}]`)),
    ...(state.Resource === undefined ? [] : taskErrors(state, at)),
    ...nestedErrors(state, at),
  ];
}

function partErrors(part: object, known: readonly string[], at: string): string[] {
  return Object.keys(part).flatMap((field) => fieldErrors(field, known, at));
}

function nestedErrors({ Branches, ItemProcessor, Iterator: iterator }: State, at: string): string[] {
  const mode = ItemProcessor?.ProcessorConfig?.Mode ?? 'INLINE';
  return [
    ...list(Branches).flatMap((branch, index) => statesErrors(branch, `${at}/Branches[${index}]`)),
    ...(mode === 'INLINE' ? [] : [refused(`the mode ${mode} of Map states`, at)]),
    ...(ItemProcessor === undefined ? [] : statesErrors(ItemProcessor, `${at}/ItemProcessor`)),
    ...(iterator === undefined ? [] : statesErrors(iterator, `${at}/Iterator`)),
  ];
}

/** The errors of a payload template: each name that ends with `.$` has a path or a call of an intrinsic function. */
function templateErrors(template: unknown, at: string): string[] {
  if (Array.isArray(template)) return template.flatMap((item) => templateErrors(item, at));
  if (typeof template !== 'object' || template === null) return [];
  return Object.entries(template as Record<string, unknown>).flatMap(([name, value]) => {
    if (!name.endsWith('.$')) return templateErrors(value, at);
    const isValid = typeof value === 'string' && (value.startsWith('$') || unknownIntrinsic(value) === undefined);
    const rule = 'must be a valid JSONPath or a valid intrinsic function call';
    return isValid ? [] : [failed(`The value for the field '${name}' ${rule}`, at)];
  });
}

function ruleErrors(rule: ChoiceRule, at: string): string[] {
  const { Comment: _, ...own } = rule as { Comment?: string; And?: ChoiceRule[]; Or?: ChoiceRule[]; Not?: ChoiceRule };
  const nested = [...list(own.And), ...list(own.Or), ...(own.Not === undefined ? [] : [own.Not])];
  if (nested.length > 0) return nested.flatMap((one) => ruleErrors(one, at));
  const operators = Object.keys(own).filter((name) => name !== 'Variable');
  const unknown = operators.filter((name) => !CHOICE_OPERATORS.includes(name));
  if (unknown.length > 0) return unknown.flatMap((name) => fieldErrors(name, [], at));
  if (operators.length === 1 && Object.hasOwn(own, 'Variable')) return [];
  return [failed('A choice rule must have a Variable and one comparison operator', at)];
}

function taskErrors({ Resource: resource = '', Parameters: parameters }: State, at: string): string[] {
  const integration = integrationOf(resource);
  if (integration === undefined) {
    const supported = 'functions, lambda:invoke and states:startExecution (also with .sync and .sync:2)';
    return [refused(`the resource ${resource}, only ${supported}`, `${at}/Resource`)];
  }
  if (integration.members === undefined) return [];
  const where = `${at}/Parameters`;
  const given = typeof parameters === 'object' && parameters !== null ? Object.keys(parameters) : [];
  const names = given.map((name) => name.replace(/\.\$$/, ''));
  const { members, required } = integration;
  const missing = parameters === undefined || names.includes(required) ? [] : [required];
  return [
    ...names
      .filter((name) => !members.includes(name))
      .map((name) => {
        const isKnown = integration.unsupported?.includes(name) === true;
        if (isKnown) return refused(`the parameter ${name}`, where);
        return failed(`The field "${name}" is not supported by Step Functions`, where);
      }),
    ...missing.map((name) => failed(`The field "${name}" is required but was missing`, where)),
  ];
}

/** The errors of values and paths. The validator adds members to the definition, which is a copy. */
function schemaErrors(text: string): string[] {
  const result = validate(JSON.parse(text) as object, { checkArn: false, checkPaths: true });
  return result.isValid ? [] : [result.errorsText(', ')];
}
