/** The part of the context of an AWS Lambda function that the handlers use. */
export interface FunctionContext {
  getRemainingTimeInMillis(): number;
}

/** The timeout of the functions. */
const TIMEOUT_MS = 15 * 60_000;

/** The time at which AWS Lambda terminates the function. Tools that call a handler directly may not pass a context. */
export function functionEnd(context?: FunctionContext): number {
  return Date.now() + (context?.getRemainingTimeInMillis() ?? TIMEOUT_MS);
}
