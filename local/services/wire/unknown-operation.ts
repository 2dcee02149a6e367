import { ServiceError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';

/** An operation that is not emulated is an error, never a silent success. */
export function unknownOperation(service: string, operation: string): ServiceError {
  return new ServiceError('UnknownOperationException', notSupported('all-services', `${operation} of ${service}`));
}
