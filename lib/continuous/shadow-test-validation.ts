import { type Stack, Token } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { Endpoint } from '../hosting/endpoint/endpoint';
import { CaptureMode, type DataCaptureOptions } from '../hosting/endpoint-config/data-capture';
import { EndpointConfig } from '../hosting/endpoint-config/endpoint-config';
import type { VariantConfig } from '../hosting/endpoint-config/variant-config';
import { releaseParametersOfConstruct } from '../private/release-parameter';
import { addWarning } from '../private/rules';
import { type ValidationErrors, isKnown, quote } from '../private/validation';
import type { ShadowTestOptions } from './shadow-test';

/** Checks that the hosting stack has the endpoint of a shadow test, and that it captures what is compared. */
export function checkHostedShadow(
  scope: Construct,
  errors: ValidationErrors,
  hosting: Stack,
  parameterName: string,
  options: ShadowTestOptions,
): void {
  const { endpointName } = options;
  const endpoints = hosting.node.findAll().filter((construct) => construct instanceof Endpoint);
  const endpoint = endpoints.find((one) => one.endpointName === endpointName);
  if (endpoint === undefined) {
    const names = endpoints.map((one) => quote(one.endpointName)).join(', ');
    errors.when(
      !Token.isUnresolved(endpointName),
      `\`shadowTest.endpointName\` must be the name of an endpoint of stack ${hosting.stackName}, got: ${quote(endpointName)}. ` +
        (names === '' ? 'The stack has no endpoint' : `The stack has: ${names}`),
    );
    return;
  }
  const { _config: config } = endpoint;
  if (!(config instanceof EndpointConfig)) return;
  checkVariants(errors, config, parameterName, options);
  checkCapture(scope, errors, config, options);
}

function checkVariants(
  errors: ValidationErrors,
  { node: { path }, _variants: production, _shadow: shadow }: EndpointConfig,
  parameterName: string,
  options: ShadowTestOptions,
): void {
  const { productionVariantName, shadowVariantName, parameterName: shadowParameterName } = options;
  const check = (property: string, name: string, variants: VariantConfig[], parameter: string): void => {
    if (!isKnown(name)) return;
    const variant = variants.find(({ variantName }) => variantName === name);
    const names = variants.map(({ variantName }) => quote(variantName)).join(', ');
    errors.when(
      variant === undefined,
      `\`shadowTest.${property}\` must be the name of a variant of ${path}, got: ${quote(name)}. The name is: ${names}`,
    );
    errors.when(
      variant?.models.every((model) => !releaseParametersOfConstruct(model).includes(parameter)) === true,
      `\`shadowTest.${property}\` must be a variant whose model is released in the parameter ${quote(parameter)}, got: ${quote(name)}. ` +
        'Use `ModelPackage.fromReleaseParameter()` with this name for its model',
    );
  };
  check('productionVariantName', productionVariantName, production, parameterName);
  if (shadow === undefined) {
    errors.add(
      `\`shadowTest\` requires \`shadowVariant\` of ${path}, which has none. Add the shadow variant ${quote(shadowVariantName)}`,
    );
    return;
  }
  check('shadowVariantName', shadowVariantName, [shadow], shadowParameterName);
  errors.when(
    shadow.weight === 0,
    `\`shadowVariant\` of ${path} must have a weight of more than 0 for a shadow test, since it receives no requests otherwise`,
  );
}

function checkCapture(
  scope: Construct,
  errors: ValidationErrors,
  { node: { path }, _dataCapture: capture }: EndpointConfig,
  options: ShadowTestOptions,
): void {
  if (capture === undefined || capture.enabled === false) {
    errors.add(`\`shadowTest\` requires \`dataCapture\` of ${path}, whose responses are compared. Enable it`);
    return;
  }
  const { destination, encryptionKey, samplingPercentage } = capture;
  const { captureDestination, captureEncryptionKey } = options;
  const modes = capturedBy(capture);
  errors.when(
    !modes.includes(CaptureMode.OUTPUT),
    `\`dataCapture.captureModes\` of ${path} must contain CaptureMode.OUTPUT for a shadow test, which compares responses`,
  );
  errors.when(
    samplingPercentage === 0,
    `\`dataCapture.samplingPercentage\` of ${path} must be more than 0 for a shadow test, which compares captured responses. Omit it`,
  );
  const uris = [destination, captureDestination].map(({ _folderUri }) => _folderUri);
  errors.when(
    uris[0] !== uris[1] && areComparable(uris),
    `\`shadowTest.captureDestination\` must be that of \`dataCapture\` of ${path}, ${quote(uris[0])}, got: ${quote(uris[1])}`,
  );
  errors.when(
    encryptionKey !== undefined && captureEncryptionKey === undefined,
    `\`shadowTest.captureEncryptionKey\` must be that of \`dataCapture\` of ${path}, with which the captured data is encrypted`,
  );
  warnAboutCapture(scope, path, capture, modes);
}

function capturedBy({ captureModes = [CaptureMode.INPUT_AND_OUTPUT] }: DataCaptureOptions): CaptureMode[] {
  return captureModes.flatMap((mode) =>
    mode === CaptureMode.INPUT_AND_OUTPUT ? [CaptureMode.INPUT, CaptureMode.OUTPUT] : [mode],
  );
}

/** A bucket can be created in one stack, and imported by its name in the other one. */
function areComparable(uris: string[]): boolean {
  return uris.every((uri) => Token.isUnresolved(uri)) || uris.every((uri) => !Token.isUnresolved(uri));
}

function warnAboutCapture(
  scope: IConstruct,
  path: string,
  { samplingPercentage = 100 }: DataCaptureOptions,
  modes: CaptureMode[],
): void {
  const warn = (id: string, message: string): void => addWarning(scope, 'continuous-lifecycle', id, message);
  if (samplingPercentage < 100) {
    warn(
      'shadowTestSampling',
      `${path} captures ${samplingPercentage} % of the requests of each variant, so that fewer have a captured response of both variants. ` +
        'Omit `samplingPercentage`.',
    );
  }
  if (!modes.includes(CaptureMode.INPUT)) {
    warn(
      'shadowTestRequests',
      `${path} captures no requests, so that only requests with an inference ID can be compared. Add CaptureMode.INPUT.`,
    );
  }
}
