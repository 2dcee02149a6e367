/** The part of the context of an AWS Lambda function that the handlers use. */
export interface FunctionContext {
  getRemainingTimeInMillis(): number;
}

/** The time at which AWS Lambda terminates the function. */
export function functionEnd(context: FunctionContext): number {
  return Date.now() + context.getRemainingTimeInMillis();
}
