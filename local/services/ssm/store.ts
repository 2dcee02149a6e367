import { ServiceError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import type { Context } from '../context';
import type { Store } from '../store';
import { now } from '../wire/record';

export interface Parameter {
  readonly Name: string;
  readonly Type: string;
  readonly Value: string;
  readonly Version: number;
  readonly LastModifiedDate: number;
  readonly Description?: string;
  readonly AllowedPattern?: string;
  readonly Tier?: string;
}

/** The properties of a parameter in a request or a template; without a type, a parameter keeps its own. */
export type ParameterInput = Pick<Parameter, 'Name' | 'Value' | 'Description' | 'AllowedPattern' | 'Tier'> &
  Partial<Pick<Parameter, 'Type'>>;

const TYPES = ['String', 'StringList'];

/** The tiers and the longest values of their parameters. */
const MAX_LENGTHS: Record<string, number> = { Standard: 4096, Advanced: 8192 };

/** The parameters of Parameter Store. */
export class ParameterStore {
  private readonly parameters: Store<Parameter>;

  constructor(private readonly context: Context) {
    this.parameters = context.store<Parameter>('parameters');
  }

  /** The parameters in the order of their names. */
  public list(): Parameter[] {
    return this.parameters.list().sort((a, b) => (a.Name < b.Name ? -1 : 1));
  }

  public value(name: string): string | undefined {
    return this.parameters.get(name)?.Value;
  }

  public put(input: ParameterInput): Parameter {
    const before = this.parameters.get(input.Name);
    const { Name, Type = before?.Type, Tier = before?.Tier ?? 'Standard' } = input;
    if (Type === undefined) throw invalid('A parameter type is required when you create a parameter.');
    const parameter: Parameter = {
      ...before,
      ...input,
      ...{ Type, Tier, Version: (before?.Version ?? 0) + 1, LastModifiedDate: now() },
    };
    check(parameter, before);
    return this.parameters.put(Name, parameter);
  }

  public delete(name: string): void {
    this.parameters.delete(name);
  }

  public find(nameOrArn: string): Parameter | undefined {
    if (!nameOrArn.startsWith('arn:')) return this.parameters.get(nameOrArn);
    const name = nameOrArn.replace(/^.*:parameter\//, '');
    return this.parameters.get(`/${name}`) ?? this.parameters.get(name);
  }

  public existing(nameOrArn: string): Parameter {
    const parameter = this.find(nameOrArn);
    if (parameter === undefined) throw new ServiceError('ParameterNotFound', `Parameter ${nameOrArn} not found.`);
    return parameter;
  }

  /** The ARN of a parameter, which need not exist. */
  public arn(nameOrArn: string): string {
    return nameOrArn.startsWith('arn:')
      ? nameOrArn
      : this.context.arn('ssm', `parameter/${nameOrArn.replace(/^\//, '')}`);
  }
}

function check({ Name, Type, Value, AllowedPattern, Tier = '' }: Parameter, before: Parameter | undefined): void {
  if (!/^[\w.\-/]+$/.test(Name)) {
    throw invalid(
      'Parameter name: can only include letters, digits, and the following symbols: periods, underscores, hyphens and slashes.',
    );
  }
  if (Name.includes('/') && !Name.startsWith('/')) {
    throw invalid('Parameter name must be a fully qualified name. It starts with a slash if it contains one.');
  }
  if (/^\/?(aws|ssm)/i.test(Name)) {
    throw invalid(`Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive), got: ${Name}`);
  }
  if (!TYPES.includes(Type)) throw invalid(notSupported('ssm', `parameters of the type ${Type}`));
  if (MAX_LENGTHS[Tier] === undefined) throw invalid(notSupported('ssm', `the tier ${Tier}`));
  if (before !== undefined && before.Type !== Type) {
    throw new ServiceError(
      'HierarchyTypeMismatchException',
      `Parameter Store does not support changing a parameter type from ${before.Type} to ${Type}.`,
    );
  }
  if (Value.length === 0 || Value.length > MAX_LENGTHS[Tier]) {
    const limit = Value.length === 0 ? 'greater than or equal to 1' : `less than or equal to ${MAX_LENGTHS[Tier]}`;
    throw invalid(
      `1 validation error detected: Value at 'value' failed to satisfy constraint: Member must have length ${limit}`,
    );
  }
  if (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`).test(Value)) {
    throw new ServiceError(
      'ParameterPatternMismatchException',
      `Parameter value, ${Value}, does not match the allowed pattern: ${AllowedPattern}`,
    );
  }
}

function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}
