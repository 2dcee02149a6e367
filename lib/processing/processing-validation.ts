import { Duration, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkExperiment } from '../common/experiment';
import { warnAboutInstanceTypes } from '../common/known-instance-types';
import { checkImage } from '../image/image-compatibility';
import { type ValidationErrors, quote } from '../private/validation';
import { checkVpcOptions } from '../private/vpc-access';
import type { ProcessingOptions } from './processing-options';

/** Validates the options of a processing job. */
export function checkProcessing(scope: Construct, errors: ValidationErrors, options: ProcessingOptions): void {
  const { image, resources, entrypoint, arguments: args } = options;
  errors.checkEach('entrypoint', 'ContainerEntrypoint', 'ContainerEntrypointString', entrypoint);
  errors.checkEach('arguments', 'ContainerArguments', 'ContainerArgument', args);
  errors.checkMap(
    'environment',
    { map: 'ProcessingEnvironmentMap', key: 'ProcessingEnvironmentKey', value: 'ProcessingEnvironmentValue' },
    options.environment,
  );
  errors.checkSeconds('maxRuntime', 'ProcessingMaxRuntimeInSeconds', options.maxRuntime);
  checkExperiment(errors, options.experiment);
  checkVpcOptions(errors, options);
  errors.when(
    image.usesPrivateRegistry,
    '`image` must not be in a private registry, which processing jobs do not support. Push the image to Amazon ECR',
  );
  checkImage(scope, errors, image, { property: 'image', instanceTypes: { resources: resources.instanceTypes } });
  checkData(scope, errors, options);
}

function checkData(scope: Construct, errors: ValidationErrors, { inputs = {}, outputs = {} }: ProcessingOptions): void {
  errors.check('inputs', 'ProcessingInputs', Object.keys(inputs));
  errors.check('outputs', 'ProcessingOutputs', Object.keys(outputs));
  const paths = [...pathsOf(errors, 'inputs', inputs), ...pathsOf(errors, 'outputs', outputs)];
  errors.checkUnique('localPath', paths);
  for (const [name, { _location }] of Object.entries(inputs)) {
    _location?._checkEnvironment(scope, errors, `inputs["${name}"]`);
  }
}

/** The paths of inputs or outputs in the container. Names are part of the default path. */
function pathsOf(
  errors: ValidationErrors,
  property: string,
  data: { [name: string]: { _localPath(name: string): string } },
): string[] {
  return Object.entries(data).map(([name, one]) => {
    const path = one._localPath(name);
    const isFolder = /^[^/]+$/.test(name) && name !== '.' && name !== '..';
    errors.when(
      !Token.isUnresolved(name) && !isFolder,
      `\`${property}\` key must be the name of a folder, since it is part of the path in the container, got: ${quote(name)}`,
    );
    errors.check(`${property}["${name}"] (path in the container)`, 'ProcessingLocalPath', path);
    return path.replace(/\/+$/, '');
  });
}

/** The maximum run time of a job for which no deployment waits, if it has no other. */
export const DEFAULT_MAX_RUNTIME = Duration.days(1);

export function warnAboutProcessing(scope: Construct, { resources }: ProcessingOptions): void {
  warnAboutInstanceTypes(scope, 'processing', resources.instanceTypes);
}
