import { readFileSync } from 'node:fs';
import { ServiceError } from '../../aws-model/service-error';
import { dependenciesOf, parseTemplate } from '../../aws-model/template';
import type { Buckets } from '../s3';
import type { ParameterStore } from '../ssm';
import type { Parameters } from '../wire/query';
import type { Version } from './store';

/** Reads the template, the parameters and the tags of a request. */
export class Versions {
  constructor(
    private readonly buckets: Buckets,
    private readonly parameterStore: ParameterStore,
  ) {}

  /** @param before the version of the stack, from which the request may keep the template and parameters */
  public read(request: Parameters, before?: Version): Version {
    const isPrevious = request.get('UsePreviousTemplate') === 'true';
    const templateBody = isPrevious ? (before?.templateBody ?? '') : this.templateBody(request);
    const template = parseTemplate(templateBody);
    dependenciesOf(template);
    const given = request.structures('Parameters', ['ParameterKey', 'ParameterValue', 'UsePreviousValue']);
    const parameters: Record<string, string> = {};
    const values: Record<string, string> = {};
    for (const [name, { Default, Type }] of Object.entries(template.Parameters ?? {})) {
      const one = given.find(({ ParameterKey }) => ParameterKey === name);
      const isKept = one?.UsePreviousValue === 'true';
      const value = isKept ? before?.parameters[name] : (one?.ParameterValue ?? Default);
      if (value === undefined) throw new ServiceError('ValidationError', `Parameters: [${name}] must have values`);
      parameters[name] = String(value);
      const isOfSsm = Type.startsWith('AWS::SSM::Parameter::Value');
      values[name] = isOfSsm ? this.valueOfSsm(name, parameters[name]) : parameters[name];
    }
    const tags = request.structures('Tags', ['Key', 'Value']).map(({ Key = '', Value = '' }) => ({ Key, Value }));
    return { template, templateBody, parameters, values, tags };
  }

  public templateBody(request: Parameters): string {
    const body = request.get('TemplateBody');
    if (body !== undefined) return body;
    const { pathname } = new URL(request.required('TemplateURL'));
    const [, bucket, ...key] = decodeURIComponent(pathname).split('/');
    return readFileSync(this.buckets.file(bucket, key.join('/')), 'utf8');
  }

  private valueOfSsm(name: string, parameter: string): string {
    const value = this.parameterStore.value(parameter);
    if (value === undefined) {
      throw new ServiceError(
        'ValidationError',
        `Unable to fetch parameters [${parameter}] from parameter store for parameter ${name}.`,
      );
    }
    return value;
  }
}
