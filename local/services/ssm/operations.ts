import type { Context } from '../context';
import type { Store } from '../store';
import type { Operations } from '../wire/json';
import { ServiceError } from '../wire/service-error';

interface Parameter {
  readonly Name: string;
  readonly Type: string;
  readonly Value: string;
  readonly Version: number;
  readonly LastModifiedDate: number;
}

/** The parameters of AWS Systems Manager, by which the CDK knows that an account is bootstrapped. */
export class Ssm {
  public readonly operations: Operations;
  private readonly parameters: Store<Parameter>;

  constructor(context: Context) {
    this.parameters = context.store<Parameter>('parameters');
    this.operations = {
      GetParameter: ({ Name }: { Name: string }) => ({ Parameter: this.describe(Name) }),
      GetParameters: ({ Names }: { Names: string[] }) => ({
        Parameters: Names.filter((name) => this.value(name) !== undefined).map((name) => this.describe(name)),
        InvalidParameters: Names.filter((name) => this.value(name) === undefined),
      }),
      PutParameter: ({
        Name,
        Value,
        Type,
        Overwrite,
      }: {
        Name: string;
        Value: string;
        Type?: string;
        Overwrite?: boolean;
      }) => {
        if (Overwrite !== true && this.value(Name) !== undefined) {
          throw new ServiceError(
            'ParameterAlreadyExists',
            'The parameter already exists. To overwrite it, set Overwrite.',
          );
        }
        return { Version: this.put(Name, Value, Type).Version };
      },
      DeleteParameter: ({ Name }: { Name: string }) => {
        this.describe(Name);
        this.parameters.delete(Name);
      },
    };
  }

  public value(name: string): string | undefined {
    return this.parameters.get(name)?.Value;
  }

  public put(Name: string, Value: string, Type = 'String'): Parameter {
    const Version = (this.parameters.get(Name)?.Version ?? 0) + 1;
    return this.parameters.put(Name, { Name, Type, Value, Version, LastModifiedDate: Date.now() / 1000 });
  }

  public delete(name: string): void {
    this.parameters.delete(name);
  }

  private describe(name: string): Parameter {
    const parameter = this.parameters.get(name);
    if (parameter === undefined) throw new ServiceError('ParameterNotFound', `There is no parameter ${name}.`);
    return parameter;
  }
}
