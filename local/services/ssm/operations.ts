import { ServiceError } from '../../aws-model/service-error';
import type { Operations } from '../wire/json';
import type { ParameterStore } from './store';

interface PutParameterInput {
  readonly Name: string;
  readonly Value: string;
  readonly Type?: string;
  readonly Overwrite?: boolean;
}

export function ssmOperations(parameters: ParameterStore): Operations {
  return {
    GetParameter: ({ Name }: { Name: string }) => ({ Parameter: parameters.existing(Name) }),
    GetParameters: ({ Names }: { Names: string[] }) => ({
      Parameters: Names.filter((name) => parameters.value(name) !== undefined).map((name) => parameters.existing(name)),
      InvalidParameters: Names.filter((name) => parameters.value(name) === undefined),
    }),
    PutParameter: ({ Name, Value, Type, Overwrite }: PutParameterInput) => {
      if (Overwrite !== true && parameters.value(Name) !== undefined) {
        throw new ServiceError(
          'ParameterAlreadyExists',
          'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
        );
      }
      return { Version: parameters.put(Name, Value, Type).Version };
    },
    DeleteParameter: ({ Name }: { Name: string }) => {
      parameters.existing(Name);
      parameters.delete(Name);
    },
  };
}
