import { ServiceError } from '../../aws-model/service-error';
import type { AccessTable, Caller } from '../access';
import { type Request, type Response, checkRegion, readBody } from './request';
import { unknownOperation } from './unknown-operation';

/** An operation of a service with a JSON protocol. */
export type Operation = (input: never) => unknown;
export type Operations = Record<string, Operation>;

/** A denial has another code than in the other protocols, and the status of a request that is not valid. */
const CODES: Record<string, [code: string, status: number]> = {
  AccessDenied: ['AccessDeniedException', 400],
  InvalidClientTokenId: ['UnrecognizedClientException', 400],
  ExpiredToken: ['ExpiredTokenException', 400],
};

export interface JsonApi {
  readonly operations: Operations;

  /** The permissions that each of the operations requires. */
  readonly access: AccessTable;
}

/** Responds in the AWS JSON protocols, which name the operation in the header `X-Amz-Target`. */
export async function respondJson(
  service: string,
  { operations, access }: JsonApi,
  request: Request,
  callerOf: (request: Request) => Caller,
  region?: string,
): Promise<Response> {
  const version = request.headers['content-type'] ?? 'application/x-amz-json-1.1';
  const headers = { 'content-type': version };
  try {
    checkRegion(request, region);
    const name = request.headers['x-amz-target']?.split('.').pop() ?? '';
    if (!Object.hasOwn(operations, name)) throw unknownOperation(service, name);
    const caller = callerOf(request);
    const input = parseInput((await readBody(request)).toString()) as never;
    caller.check(access[name](input));
    const output = await operations[name](input);
    return { headers, body: JSON.stringify(output ?? {}) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const [code, status] = CODES[error.code] ?? [error.code, error.status];
    return {
      status,
      headers: { ...headers, 'x-amzn-errortype': code, ...queryError(error, request) },
      body: JSON.stringify({ ...error.members, __type: code, message: error.message, Message: error.message }),
    };
  }
}

/** The errors whose codes differ between the query protocol and the JSON protocol. */
const QUERY_CODES: Record<string, string> = {
  InvalidParameterCombinationException: 'InvalidParameterCombination',
  InvalidParameterValueException: 'InvalidParameterValue',
  MissingRequiredParameterException: 'MissingParameter',
  ValidationException: 'ValidationError',
};

/** Clients of a service that had the query protocol before expect the error codes of that protocol. */
function queryError({ code }: ServiceError, { headers }: Request): Record<string, string> {
  if (headers['x-amzn-query-mode'] !== 'true') return {};
  return { 'x-amzn-query-error': `${QUERY_CODES[code] ?? code};Sender` };
}

/** The input of an operation is an object; no body is an empty one. */
function parseInput(text: string): object {
  if (text === '') return {};
  const input = parsed(text);
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  throw new ServiceError('SerializationException', `The body must be a JSON object, got: ${text.slice(0, 100)}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ServiceError('SerializationException', `The body is not valid JSON: ${(error as Error).message}`);
  }
}
