import { type Size, type aws_iam as iam } from 'aws-cdk-lib';
import { inApiCase } from '../private/case-conversion';
import type { TransformRequest } from '../private/job-request';
import { type ValidationErrors, isKnown } from '../private/validation';
import type { BatchStrategy } from './batch-strategy';
import { SplitType, type TransformInput } from './transform-input';
import type { TransformOutput } from './transform-output';
import type { TransformResources } from './transform-resources';

/** What every batch transform says. */
export interface TransformOptions {
  /** The data. */
  readonly input: TransformInput;

  /** Where the answers go. */
  readonly output: TransformOutput;

  /** What the job runs on. */
  readonly resources: TransformResources;

  /**
   * How many records a request carries. The input must be split then.
   *
   * @default - as the container says, or as many as fit
   */
  readonly batchStrategy?: BatchStrategy;

  /**
   * How many requests an instance gets at a time. Times `maxPayload` at most 100 MiB.
   *
   * @default - as the container says, or one
   */
  readonly maxConcurrentTransforms?: number;

  /**
   * The largest request, in whole mebibytes; 0 for any size, which streams.
   *
   * @default - as the container says, or 6 MiB
   */
  readonly maxPayload?: Size;

  /**
   * Environment variables beside those of the model, at most 16.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };
}

/** What may be in flight to one container. */
const MAX_IN_FLIGHT_MB = 100;

/** Checks what every batch transform says. */
export function checkTransform(errors: ValidationErrors, options: TransformOptions): void {
  const { input, batchStrategy, maxConcurrentTransforms: concurrent, maxPayload, environment } = options;
  const payload = maxPayload?.toMebibytes();
  errors.checkWholeNumber('maxConcurrentTransforms', concurrent);
  errors.check('maxConcurrentTransforms', 'MaxConcurrentTransforms', concurrent);
  const requests = concurrent ?? 1;
  errors.when(
    isKnown(requests) && isKnown(payload) && Math.max(requests, 1) * payload > MAX_IN_FLIGHT_MB,
    `\`maxConcurrentTransforms\` times \`maxPayload\` must be at most ${MAX_IN_FLIGHT_MB} MiB, got ${requests} times ${payload} MiB`,
  );
  errors.when(
    batchStrategy !== undefined && input.splitType === SplitType.NONE,
    '`batchStrategy` is about records: give the input a `splitType`',
  );
  errors.checkMap(
    'environment',
    { map: 'TransformEnvironmentMap', key: 'TransformEnvironmentKey', value: 'TransformEnvironmentValue' },
    environment,
  );
}

/**
 * Renders the request, and grants the role of the job its permissions, where the role is known.
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
