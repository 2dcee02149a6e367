import { randomUUID } from 'node:crypto';
import { ServiceError } from '../../aws-model/service-error';
import type { Access, Caller } from '../access';
import { type Request, type Response, accessKeyOf, checkRegion, readBody } from './request';
import { unknownOperation } from './unknown-operation';
import { xml } from './xml';

/** The parameters of a request in the AWS query protocol. */
export class Parameters {
  constructor(
    private readonly values: URLSearchParams,

    /** The access key of the request. */
    public readonly accessKey?: string,
  ) {}

  public get(name: string): string | undefined {
    return this.values.get(name) ?? undefined;
  }

  /** The whole request. */
  public toString(): string {
    return this.values.toString();
  }

  /** The names of all parameters that have a value, `Name` or `Structure.Name`, without the members of lists. */
  public names(): string[] {
    const given = [...this.values].filter(([, value]) => value !== '');
    return [...new Set(given.map(([name]) => name.split('.member.')[0]))];
  }

  /** `Name.member.1`, … */
  public list(name: string): string[] {
    return [...this.values].filter(([key]) => key.startsWith(`${name}.member.`)).map(([, value]) => value);
  }

  public required(name: string): string {
    const value = this.get(name);
    if (value === undefined || value === '') {
      throw new ServiceError('ValidationError', `1 validation error detected: ${name} must not be empty`);
    }
    return value;
  }

  /** `Name.member.1.Field`, … */
  public structures(name: string, fields: string[]): Record<string, string | undefined>[] {
    const items: Record<string, string | undefined>[] = [];
    for (let index = 1; ; index++) {
      const item = Object.fromEntries(fields.map((field) => [field, this.get(`${name}.member.${index}.${field}`)]));
      if (Object.values(item).every((value) => value === undefined)) return items;
      items.push(item);
    }
  }
}

type Result = Record<string, unknown> | undefined;

/** An operation whose result has no members returns an empty object; one without a result in the service model, undefined. */
export type QueryOperations = Record<
  string,
  (parameters: Parameters, caller: Caller, request: Request) => Result | Promise<Result>
>;

export interface QueryApi {
  readonly namespace: string;
  readonly operations: QueryOperations;

  /** The permissions that each of the operations requires. */
  readonly access: Record<string, (parameters: Parameters) => Access[]>;
}

/** Responds in the AWS query protocol: the request is a form, the response is XML. */
export async function respondQuery(
  service: string,
  { namespace, operations, access }: QueryApi,
  request: Request,
  callerOf: (request: Request) => Caller,
  region?: string,
): Promise<Response> {
  const RequestId = randomUUID();
  const headers = { 'content-type': 'text/xml' };
  try {
    checkRegion(request, region);
    const values = new URLSearchParams((await readBody(request)).toString());
    request.query.forEach((value, name) => values.append(name, value));
    const parameters = new Parameters(values, accessKeyOf(request));
    const action = parameters.required('Action');
    if (!Object.hasOwn(operations, action)) throw unknownOperation(service, action);
    const caller = callerOf(request);
    caller.check(access[action](parameters));
    const result = await operations[action](parameters, caller, request);
    const content = { ...(result && { [`${action}Result`]: result }), ResponseMetadata: { RequestId } };
    return { headers, body: xml(`${action}Response`, content, namespace) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const content = { Error: { Type: 'Sender', Code: error.code, Message: error.message }, RequestId };
    return { status: error.status, headers, body: xml('ErrorResponse', content, namespace) };
  }
}
