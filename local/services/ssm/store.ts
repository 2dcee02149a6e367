import { ServiceError } from '../../aws-model/service-error';
import type { Context } from '../context';
import type { Store } from '../store';
import { now } from '../wire/record';

export interface Parameter {
  readonly Name: string;
  readonly Type: string;
  readonly Value: string;
  readonly Version: number;
  readonly LastModifiedDate: number;
}

/** The parameters of Parameter Store. */
export class ParameterStore {
  private readonly parameters: Store<Parameter>;

  constructor(context: Context) {
    this.parameters = context.store<Parameter>('parameters');
  }

  public value(name: string): string | undefined {
    return this.parameters.get(name)?.Value;
  }

  public put(Name: string, Value: string, Type = 'String'): Parameter {
    const Version = (this.parameters.get(Name)?.Version ?? 0) + 1;
    return this.parameters.put(Name, { Name, Type, Value, Version, LastModifiedDate: now() });
  }

  public delete(name: string): void {
    this.parameters.delete(name);
  }

  public existing(name: string): Parameter {
    const parameter = this.parameters.get(name);
    if (parameter === undefined) throw new ServiceError('ParameterNotFound', `Parameter ${name} not found.`);
    return parameter;
  }
}
