/** An error in the form in which AWS services return one: a code, a message and an HTTP status. */
export class ServiceError extends Error {
  public override readonly name = 'ServiceError';

  constructor(
    public readonly code: string,
    message: string,
    public readonly status = 400,

    /** Further members of the error. */
    public readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}
