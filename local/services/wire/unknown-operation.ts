import { ServiceError } from '../../aws-model/service-error';
import { UNSUPPORTED_FEATURES } from '../documentation';

/** An operation that is not emulated is an error, never a silent success. */
export function unknownOperation(service: string, operation: string): ServiceError {
  return new ServiceError(
    'UnknownOperationException',
    `${operation} of ${service} is not supported by the local service. It fails here so that no operation appears to succeed without an effect. See ${UNSUPPORTED_FEATURES}`,
  );
}
