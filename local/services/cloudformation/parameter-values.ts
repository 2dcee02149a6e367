import { ServiceError } from '../../aws-model/service-error';
import type { ParameterDefinition, Template } from '../../aws-model/template';
import { notSupported } from '../../aws-model/not-supported';
import type { Context } from '../context';
import type { Stack, Version } from './store';

/** A parameter of a request: a value, or that of the stack. */
export interface GivenParameter {
  readonly ParameterKey?: string;
  readonly ParameterValue?: string;
  readonly UsePreviousValue?: string;
}

const PARAMETER_STORE = /^AWS::SSM::Parameter::Value<(.+)>$/;

/** The types of values in Parameter Store that are supported, without those that AWS looks up in other services. */
const STORED_TYPES = ['String', 'List<String>', 'CommaDelimitedList'];
const LIST_TYPES = /^(AWS::SSM::Parameter::Value<)?(List<|CommaDelimitedList)/;

/** Types of which the value is a text that CloudFormation only looks up. */
const LOOKED_UP = /^(List<)?AWS::(EC2|Route53)::[\w:]+>?$/;
const TYPES = ['String', 'Number', 'List<Number>', 'CommaDelimitedList', 'AWS::SSM::Parameter::Name'];

/** Whether the value of a parameter is the name of a parameter in Parameter Store. */
export function isOfParameterStore(type: string): boolean {
  return PARAMETER_STORE.test(type);
}

/** The values of parameters and pseudo parameters, to which `Ref` refers. */
export function valuesOf(
  context: Pick<Context, 'account' | 'region' | 'partition' | 'urlSuffix'>,
  { template, values }: Pick<Version, 'template' | 'values'>,
  stack: Pick<Stack, 'name' | 'id'>,
): Record<string, unknown> {
  const own = Object.entries(values).map(([name, value]): [string, unknown] => [
    name,
    typed(template.Parameters?.[name], value),
  ]);
  return {
    ...Object.fromEntries(own),
    'AWS::AccountId': context.account,
    'AWS::Region': context.region,
    'AWS::Partition': context.partition,
    'AWS::URLSuffix': context.urlSuffix,
    'AWS::StackName': stack.name,
    'AWS::StackId': stack.id,
    'AWS::NotificationARNs': [],
  };
}

function typed(definition: ParameterDefinition | undefined, value: string): unknown {
  if (definition === undefined || !LIST_TYPES.test(definition.Type)) return value;
  return value.split(',').map((item) => item.trim());
}

/**
 * The parameters of a request, as given: for a parameter of Parameter Store, its name.
 * @param before the parameters of the stack, which the request may keep
 */
export function givenParameters(
  template: Template,
  given: readonly GivenParameter[],
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const definitions = template.Parameters ?? {};
  const unknown = given.map(({ ParameterKey = '' }) => ParameterKey).filter((key) => !Object.hasOwn(definitions, key));
  if (unknown.length > 0) throw validation(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const missing: string[] = [];
  const parameters = Object.entries(definitions).map(([name, definition]) => {
    checkType(name, definition.Type);
    const one = given.find(({ ParameterKey }) => ParameterKey === name);
    const value =
      one?.UsePreviousValue === 'true' ? previous(one, before) : (one?.ParameterValue ?? definition.Default);
    if (value === undefined) missing.push(name);
    else checkValue(name, definition, String(value));
    return [name, String(value)] as const;
  });
  if (missing.length > 0) throw validation(`Parameters: [${missing.join(', ')}] must have values`);
  return Object.fromEntries(parameters);
}

function previous(
  { ParameterKey: key = '', ParameterValue }: GivenParameter,
  before: Readonly<Record<string, string>>,
): string {
  if (ParameterValue !== undefined && ParameterValue !== '') {
    throw validation(
      `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and non empty value for a parameter`,
    );
  }
  if (!Object.hasOwn(before, key)) {
    throw validation(
      `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
    );
  }
  return before[key];
}

function checkType(name: string, type: string): void {
  const stored = PARAMETER_STORE.exec(type)?.[1];
  const isSupported =
    stored === undefined ? TYPES.includes(type) || LOOKED_UP.test(type) : STORED_TYPES.includes(stored);
  if (!isSupported) throw validation(notSupported('cloudformation', `the type ${type} of the parameter ${name}`));
}

/** The constraints of a parameter apply to its value as given. */
function checkValue(name: string, definition: ParameterDefinition, value: string): void {
  const { AllowedValues, ConstraintDescription } = definition;
  if (AllowedValues?.map(String).includes(value) === false) {
    throw validation(ConstraintDescription ?? `Parameter '${name}' must be one of AllowedValues`);
  }
  if (isInRange(definition, value) && matchesPattern(definition, value)) return;
  const constraint = ConstraintDescription ?? `the constraints of the template, got: ${value}`;
  throw validation(`Parameter ${name} failed to satisfy constraint: ${constraint}`);
}

function isInRange({ Type, ...limits }: ParameterDefinition, value: string): boolean {
  const { MinLength = 0, MaxLength = Infinity, MinValue = -Infinity, MaxValue = Infinity } = limits;
  if (Type !== 'Number') return value.length >= Number(MinLength) && value.length <= Number(MaxLength);
  const isNumber = value.trim() !== '' && Number.isFinite(Number(value));
  return isNumber && Number(value) >= Number(MinValue) && Number(value) <= Number(MaxValue);
}

function matchesPattern({ AllowedPattern }: ParameterDefinition, value: string): boolean {
  return AllowedPattern === undefined || new RegExp(`^(?:${AllowedPattern})$`).test(value);
}

function validation(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}
