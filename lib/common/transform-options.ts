import { type Size, type aws_iam as iam } from 'aws-cdk-lib';
import { inApiCase } from '../private/case-conversion';
import type { TransformRequest } from '../private/job-request';
import { type ValidationErrors, isKnown, mebibytesOf } from '../private/validation';
import type { BatchStrategy } from './batch-strategy';
import { SplitType, type TransformInput } from './transform-input';
import type { TransformOutput } from './transform-output';
import type { TransformResources } from './transform-resources';

/** The options of every batch transform job. */
export interface TransformOptions {
  /** The input data. */
  readonly input: TransformInput;

  /** The S3 location and the format of the results. */
  readonly output: TransformOutput;

  /** The compute resources of the job. */
  readonly resources: TransformResources;

  /**
   * The number of records in a request. Requires an input with a `splitType`.
   *
   * @default - the response of the container to `/execution-parameters`, or BatchStrategy.MULTI_RECORD
   */
  readonly batchStrategy?: BatchStrategy;

  /**
   * The maximum number of concurrent requests to an instance. Multiplied by `maxPayload`, at most 100 MiB.
   *
   * @default - the response of the container to `/execution-parameters`, or 1
   */
  readonly maxConcurrentTransforms?: number;

  /**
   * The maximum size of a request, in whole mebibytes. 0 for requests of any size, which are streamed.
   *
   * @default - the response of the container to `/execution-parameters`, or 6 MiB
   */
  readonly maxPayload?: Size;

  /**
   * The environment variables of the container in addition to those of the model: at most 16.
   *
   * @default - no additional environment variables
   */
  readonly environment?: { [name: string]: string };
}

/** The maximum size of all concurrent requests to a container. */
const MAX_IN_FLIGHT_MB = 100;

/** Validates the options of a batch transform job. */
export function checkTransform(errors: ValidationErrors, options: TransformOptions): void {
  const { input, batchStrategy, maxConcurrentTransforms: concurrent, maxPayload, environment } = options;
  errors.checkSize('maxPayload', 'MiB', 'MaxPayloadInMB', maxPayload);
  const payload = mebibytesOf(maxPayload);
  errors.check('maxConcurrentTransforms', 'MaxConcurrentTransforms', concurrent);
  const requests = concurrent ?? 1;
  errors.when(
    isKnown(requests) && isKnown(payload) && Math.max(requests, 1) * payload > MAX_IN_FLIGHT_MB,
    `\`maxConcurrentTransforms\` times \`maxPayload\` must be at most ${MAX_IN_FLIGHT_MB} MiB, got ${requests} times ${payload} MiB`,
  );
  errors.when(
    batchStrategy !== undefined && input.splitType === SplitType.NONE,
    '`batchStrategy` requires an input that is split into records. Set `splitType` in the options of the input',
  );
  errors.checkMap(
    'environment',
    { map: 'TransformEnvironmentMap', key: 'TransformEnvironmentKey', value: 'TransformEnvironmentValue' },
    environment,
  );
}

/**
 * Renders the request, and grants the execution role its permissions if it is known.
 *
 * @internal
 */
export function renderTransform(options: TransformOptions, role?: iam.IGrantable): TransformRequest {
  return {
    TransformInput: inApiCase(options.input._bind(role)),
    TransformOutput: inApiCase(options.output._bind(role)),
    TransformResources: inApiCase(options.resources._bind(role)),
    BatchStrategy: options.batchStrategy,
    MaxConcurrentTransforms: options.maxConcurrentTransforms,
    MaxPayloadInMB: options.maxPayload?.toMebibytes(),
    Environment: options.environment,
  };
}
