import type { Duration, aws_iam as iam, aws_s3 as s3 } from 'aws-cdk-lib';
import { S3Location } from '../common/s3-location';
import type { JobRequest } from '../private/job-request';
import { ValidationErrors } from '../private/validation';

/** The profiling intervals that the service supports, in milliseconds. */
const INTERVALS = [100, 200, 500, 1000, 5000, 60_000];

/** Options of a profiler. */
export interface ProfilerOptions {
  /**
   * The interval of system metrics: 100, 200 or 500 milliseconds, 1 or 5 seconds, or 1 minute.
   *
   * @default - 500 milliseconds
   */
  readonly interval?: Duration;

  /**
   * The configuration of framework metrics, at most 20 entries.
   *
   * @default - no framework metrics
   */
  readonly parameters?: { [name: string]: string };
}

/**
 * The profiler of a training job, which monitors the resource utilization of its instances. AWS has closed SageMaker Profiler to new
 * customers since 2026-07-30; it remains available to existing ones.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProfilerConfig.html
 *
 * @example
 * import { aws_s3 as s3 } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const bucket: s3.IBucket;
 *
 * const profiler = sagemaker.Profiler.toBucket(bucket, 'churn/profiles');
 */
export class Profiler {
  /** Disables the profiler. */
  public static disabled(): Profiler {
    return new Profiler();
  }

  /**
   * Writes the metrics of the profiler to an S3 location.
   *
   * @param bucket the bucket
   * @param keyPrefix the prefix of the object keys
   * @param options the profiler options
   */
  public static toBucket(bucket: s3.IBucket, keyPrefix: string, options: ProfilerOptions = {}): Profiler {
    return new Profiler({ location: S3Location.fromBucket(bucket, keyPrefix), ...options });
  }

  /**
   * Whether the profiler is enabled.
   *
   * @internal
   */
  public get _isEnabled(): boolean {
    return this.settings !== undefined;
  }

  private constructor(private readonly settings?: ProfilerOptions & { readonly location: S3Location }) {
    const errors = new ValidationErrors('Profiler', 'training-and-tuning');
    const interval = settings?.interval?.toMilliseconds();
    errors.when(
      interval !== undefined && !INTERVALS.includes(interval),
      `\`interval\` must be 100, 200 or 500 milliseconds, 1 or 5 seconds, or 1 minute, got ${interval} milliseconds`,
    );
    errors.checkMap(
      'parameters',
      { map: 'ProfilingParameters', key: 'ConfigKey', value: 'ConfigValue' },
      settings?.parameters,
    );
    errors.throwIfAny();
  }

  /**
   * Renders the configuration, and grants a job permission to write its metrics.
   *
   * @internal
   */
  public _bind(grantee: iam.IGrantable): NonNullable<JobRequest<'training'>['ProfilerConfig']> {
    if (this.settings === undefined) return { DisableProfiler: true };
    const { location, interval, parameters } = this.settings;
    location.grantWrite(grantee);
    return {
      S3OutputPath: location._folderUri,
      ProfilingIntervalInMilliseconds: interval?.toMilliseconds(),
      ProfilingParameters: parameters,
    };
  }
}
