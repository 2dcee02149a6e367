import type { Duration } from 'aws-cdk-lib';
import { LIMITS, SECONDS } from '../../private/contract';
import { type ValidationErrors, isKnown, quote } from '../../private/validation';
import type { VariantConfig } from '../endpoint-config/variant-config';
import type { Expectation } from './expectation';
import type { SmokeTestRequest } from './smoke-test-request';

/**
 * A smoke test: a request that a deployment sends to the endpoint, and the expectations of the response. If the response does not meet
 * them, the deployment fails and CloudFormation rolls the stack back.
 *
 * It is sent after the endpoint was created or updated, and thus after the traffic has shifted to the new version. Until then, the
 * alarms of the deployment policy watch the new version.
 */
export interface SmokeTest {
  /** The body of the request. */
  readonly request: SmokeTestRequest;

  /** The MIME type of the request, for example `text/csv`. */
  readonly contentType: string;

  /**
   * The requested MIME type of the response.
   *
   * @default - the container chooses it
   */
  readonly accept?: string;

  /**
   * The expectations of the response. All of them must be met.
   *
   * @default - a status of 200 to 299
   */
  readonly expect?: Expectation[];

  /**
   * The name of the production variant to invoke.
   *
   * @default - each production variant, one after the other
   */
  readonly targetVariant?: string;

  /**
   * The archive to load, relative to the S3 prefix of the model data. It is required for a multi-model container.
   *
   * @default - no archive
   */
  readonly targetModel?: string;

  /**
   * The host name of the container to invoke, for a model whose containers are invoked directly.
   *
   * @default - the only container, or the first one of a serial inference pipeline
   */
  readonly targetContainerHostname?: string;

  /**
   * The maximum time of a response, 1 to 60 seconds. The request is sent up to three times if it expires or if the container responds
   * with a 5xx status, since a container that has just started can fail once.
   *
   * @default Duration.seconds(60)
   */
  readonly timeout?: Duration;
}

/** The facts of an endpoint that restrict its smoke test, as far as they are known. */
export interface TestedEndpoint {
  readonly variants: VariantConfig[];
  readonly isAsync: boolean;
}

/** Checks the smoke test of an endpoint. */
export function checkSmokeTest(errors: ValidationErrors, test: SmokeTest, { variants, isAsync }: TestedEndpoint): void {
  checkRequest(errors, test);
  const names = variants.map(({ variantName }) => variantName);
  errors.when(
    isAsync,
    '`smokeTest` is not supported for an asynchronous endpoint, since its responses are S3 objects that are written later. Use an ' +
      'error alarm in the `deployment` policy',
  );
  errors.when(
    variants.some(({ kind }) => kind === 'components'),
    '`smokeTest` is not supported for an endpoint with inference components: specify it for each `InferenceComponent`',
  );
  errors.when(
    test.targetVariant !== undefined && names.length > 0 && !names.includes(test.targetVariant),
    `\`smokeTest.targetVariant\` must be the name of a production variant (${names.join(', ')}), got: "${test.targetVariant}"`,
  );
  errors.when(
    variants.some(({ kind }) => kind === 'serverless') && test.request._bytes > LIMITS.serverlessPayloadBytes,
    `\`smokeTest.request\` must have at most ${LIMITS.serverlessPayloadBytes} bytes (4 MiB) for a serverless variant, got ${test.request._bytes}`,
  );
  const tested = variants.filter(({ variantName }) => [undefined, variantName].includes(test.targetVariant));
  errors.when(
    test.targetModel === undefined &&
      tested.some(({ models }) => models.some(({ features }) => features?.isMultiModel === true)),
    '`smokeTest.targetModel` is required for a multi-model container: specify an archive, for example "model-1.tar.gz"',
  );
}

/** Checks the properties that do not depend on the endpoint. */
export function checkRequest(errors: ValidationErrors, test: SmokeTest): void {
  errors.check('smokeTest.contentType', 'ContentType', test.contentType);
  errors.when(test.contentType === '', '`smokeTest.contentType` must not be empty');
  errors.check('smokeTest.accept', 'ContentType', test.accept);
  errors.when(
    isKnown(test.targetModel) && !/^[!-~][ -~]{0,1023}$/.test(test.targetModel),
    `\`smokeTest.targetModel\` must have 1 to 1024 printable ASCII characters, and not start with a space, got: ${quote(test.targetModel ?? '')}`,
  );
  errors.check('smokeTest.targetContainerHostname', 'ContainerHostname', test.targetContainerHostname);
  if (test.timeout !== undefined) errors.checkKnown({ 'smokeTest.timeout': test.timeout });
  const seconds = test.timeout?.isUnresolved() === false ? test.timeout.toSeconds({ integral: false }) : undefined;
  errors.when(
    seconds !== undefined && !(Number.isInteger(seconds) && seconds >= 1 && seconds <= SECONDS.invocation),
    `\`smokeTest.timeout\` must be 1 to ${SECONDS.invocation} whole seconds, got ${seconds} seconds`,
  );
  errors.when(test.expect?.length === 0, '`smokeTest.expect` must have at least 1 entry, or be omitted');
  const statuses = (test.expect ?? []).flatMap(({ _definition: one }) => (one.Type === 'Status' ? [one.Status] : []));
  errors.when(
    new Set(statuses).size > 1,
    `\`smokeTest.expect\` must have one status, since a response has one, got: ${statuses.join(', ')}`,
  );
}
