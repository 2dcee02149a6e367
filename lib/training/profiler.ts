import type { Duration, aws_iam as iam, aws_s3 as s3 } from 'aws-cdk-lib';
import { S3Location } from '../common/s3-location';
import type { JobRequest } from '../private/job-request';
import { ValidationErrors } from '../private/validation';

/** The intervals, in milliseconds, that the service can measure in. */
const INTERVALS = [100, 200, 500, 1000, 5000, 60_000];

/** What a profiler may be told. */
export interface ProfilerOptions {
  /**
   * How often the system is measured: 100, 200 or 500 milliseconds, 1 or 5 seconds, or 1 minute.
   *
   * @default - 500 milliseconds
   */
  readonly interval?: Duration;

  /**
   * What is measured of the framework, at most 20 settings.
   *
   * @default - nothing
   */
  readonly parameters?: { [name: string]: string };
}

/**
 * Whether and how a training job measures the use of its instances.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProfilerConfig.html
 */
export class Profiler {
  /** Nothing is measured. */
  public static disabled(): Profiler {
    return new Profiler();
  }

  /**
   * What is measured goes to a bucket.
   *
   * @param bucket the bucket
   * @param keyPrefix the prefix of the object keys
   * @param options how often, and what
   */
  public static toBucket(bucket: s3.IBucket, keyPrefix: string, options: ProfilerOptions = {}): Profiler {
    return new Profiler({ location: S3Location.fromBucket(bucket, keyPrefix), ...options });
  }

  private constructor(private readonly settings?: ProfilerOptions & { readonly location: S3Location }) {
    const errors = new ValidationErrors('Profiler');
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
   * Lets a job write what it measures, and returns what the API reads.
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
