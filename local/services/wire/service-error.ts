/** An error as an AWS service answers it. */
export class ServiceError extends Error {
  public override readonly name = 'ServiceError';

  constructor(
    public readonly code: string,
    message: string,
    public readonly status = 400,
  ) {
    super(message);
  }
}

export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

/** What nobody has built is an error, never a silent success. */
export function unknownOperation(service: string, operation: string): ServiceError {
  return new ServiceError(
    'UnknownOperationException',
    `${operation} of ${service} is not part of the local service. It is an error here, so that nothing seems to work that does not.`,
  );
}
