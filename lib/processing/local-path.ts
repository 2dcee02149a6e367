import { Token } from 'aws-cdk-lib';
import { PATHS } from '../private/contract';
import { type ValidationErrors, quote } from '../private/validation';

/** Validates the path of an input or an output in the container. */
export function checkLocalPath(errors: ValidationErrors, property: string, localPath: string | undefined): void {
  errors.check(property, 'ProcessingLocalPath', localPath);
  errors.when(
    localPath !== undefined && !Token.isUnresolved(localPath) && !isInProcessingDirectory(localPath),
    `\`${property}\` must be a path below ${PATHS.processing}/, to which processing jobs restrict inputs and outputs, got: ` +
      quote(localPath ?? ''),
  );
}

function isInProcessingDirectory(localPath: string): boolean {
  const isBelow = localPath.startsWith(`${PATHS.processing}/`) && localPath.length > `${PATHS.processing}/`.length;
  return isBelow && !localPath.split('/').includes('..');
}
