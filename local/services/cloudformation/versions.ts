import { readFileSync } from 'node:fs';
import { ServiceError } from '../../aws-model/service-error';
import { type Scope, type Template, checkConditions, dependenciesOf, parseTemplate } from '../../aws-model/template';
import type { Caller } from '../access';
import type { Context } from '../context';
import { AccessDenied } from '../iam';
import type { Buckets } from '../s3';
import type { ParameterStore } from '../ssm';
import type { Parameters } from '../wire/query';
import { givenParameters, isOfParameterStore, valuesOf } from './parameter-values';
import type { Stack, Version } from './store';

/** Reads the template, the parameters and the tags of a request. */
export class Versions {
  constructor(
    private readonly context: Context,
    private readonly buckets: Buckets,
    private readonly parameterStore: ParameterStore,
  ) {}

  /**
   * The values in Parameter Store are read at every request, also if the request keeps the names of the parameters.
   * @param stack the existing stack, from which the request may keep the template and parameters
   */
  public read(request: Parameters, caller: Caller, stack?: Stack): Version {
    const before = stack?.version;
    const isPrevious = request.get('UsePreviousTemplate') === 'true';
    if (isPrevious && (request.get('TemplateBody') ?? request.get('TemplateURL')) !== undefined) {
      throw validation('UsePreviousTemplate cannot be specified together with a Template URL or a Template Body.');
    }
    const templateBody = isPrevious ? (before?.templateBody ?? '') : this.templateBody(request);
    const template = parseTemplate(templateBody);
    dependenciesOf(template);
    const given = request.structures('Parameters', ['ParameterKey', 'ParameterValue', 'UsePreviousValue']);
    const parameters = givenParameters(template, given, before?.parameters);
    const values = { ...parameters, ...this.storedValues(template, parameters, caller) };
    const tags = tagsIn(request, before);
    const name = request.required('StackName');
    checkConditions(this.conditionScope({ template, values }, stack ?? { name, id: name }));
    return { template, templateBody, parameters, values, tags };
  }

  public templateBody(request: Parameters): string {
    const [body, url] = [request.get('TemplateBody'), request.get('TemplateURL')];
    if (body !== undefined) return body;
    if (url === undefined) throw validation('Either Template URL or Template Body must be specified.');
    const [, bucket, ...key] = decodeURIComponent(new URL(url).pathname).split('/');
    return readFileSync(this.buckets.file(bucket, key.join('/')), 'utf8');
  }

  /** The scope of conditions, which cannot reference resources. */
  private conditionScope(version: Pick<Version, 'template' | 'values'>, stack: Pick<Stack, 'name' | 'id'>): Scope {
    const unresolved = (name: string): never => {
      throw validation(
        `Template validation error: Unresolved dependencies [${name}]. Cannot reference resources in the Conditions block of the template`,
      );
    };
    return {
      template: version.template,
      values: valuesOf(this.context, version, stack),
      ref: unresolved,
      attribute: unresolved,
      importValue: unresolved,
      stackOutput: unresolved,
    };
  }

  private storedValues(
    template: Template,
    parameters: Readonly<Record<string, string>>,
    caller: Caller,
  ): Record<string, string> {
    const names = Object.entries(template.Parameters ?? {})
      .filter(([, { Type }]) => isOfParameterStore(Type))
      .map(([name]) => name);
    const stored = [...new Set(names.map((name) => parameters[name]))];
    this.checkAccess(stored, caller);
    const missing = stored.filter((name) => this.parameterStore.find(name) === undefined);
    if (missing.length > 0) {
      throw validation(`Unable to fetch parameters [${missing.join(',')}] from parameter store for this account.`);
    }
    return Object.fromEntries(names.map((name) => [name, this.parameterStore.existing(parameters[name]).Value]));
  }

  /** The values are read with the permissions of the caller, also if the stack has a role. */
  private checkAccess(names: string[], caller: Caller): void {
    try {
      caller.check(names.map((name) => ({ action: 'ssm:GetParameters', resource: this.parameterStore.arn(name) })));
    } catch (error) {
      if (error instanceof AccessDenied) throw validation(error.message);
      throw error;
    }
  }
}

/** The tags of a request. A request without them keeps those of the stack; an empty list removes them. */
function tagsIn(request: Parameters, before?: Version): Version['tags'] {
  const given = request.structures('Tags', ['Key', 'Value']).map(({ Key = '', Value = '' }) => ({ Key, Value }));
  return given.length > 0 || request.get('Tags') !== undefined ? given : (before?.tags ?? []);
}

function validation(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}
