import { validationError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';
import type { Parameter } from './store';

export interface ParameterFilter {
  readonly Key?: string;
  readonly Option?: string;
  readonly Values?: string[];
}

const OPTIONS: Record<string, (value: string, expected: string) => boolean> = {
  Equals: (value, expected) => value === expected,
  BeginsWith: (value, expected) => value.startsWith(expected),
  Contains: (value, expected) => value.includes(expected),
};

const KEYS: Record<string, (parameter: Parameter) => string> = {
  Name: ({ Name }) => Name,
  Type: ({ Type }) => Type,
};

/** The parameters that match all filters, each with one of its values. */
export function filtered(parameters: Parameter[], filters: readonly ParameterFilter[] = []): Parameter[] {
  const tests = filters.map(({ Key = '', Option = 'Equals', Values = [] }) => {
    const [valueOf, matches] = [KEYS[Key], OPTIONS[Option]] as const;
    if (valueOf === undefined || matches === undefined) {
      throw validationError(notSupported('ssm', `the filter ${Key} with the option ${Option}`));
    }
    return (parameter: Parameter): boolean => Values.some((value) => matches(valueOf(parameter), value));
  });
  return parameters.filter((parameter) => tests.every((matches) => matches(parameter)));
}
