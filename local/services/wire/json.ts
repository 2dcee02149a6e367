import { type Answer, type Request, bodyOf } from './request';
import { ServiceError, unknownOperation } from './service-error';

/** An operation of a service that speaks JSON. */
export type Operation = (input: never) => unknown;
export type Operations = Record<string, Operation>;

/** Answers the JSON protocols, where the operation is in the header `X-Amz-Target`. */
export async function answerJson(service: string, operations: Operations, request: Request): Promise<Answer> {
  const version = request.headers['content-type'] ?? 'application/x-amz-json-1.1';
  const headers = { 'content-type': version };
  try {
    const name = request.headers['x-amz-target']?.split('.').pop() ?? '';
    if (!Object.hasOwn(operations, name)) throw unknownOperation(service, name);
    const text = (await bodyOf(request)).toString();
    const output = await operations[name]((text === '' ? {} : JSON.parse(text)) as never);
    return { headers, body: JSON.stringify(output ?? {}) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return {
      status: error.status,
      headers: { ...headers, 'x-amzn-errortype': error.code },
      body: JSON.stringify({ __type: error.code, message: error.message, Message: error.message }),
    };
  }
}
