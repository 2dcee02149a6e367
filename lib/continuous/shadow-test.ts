import { type Duration, type aws_cloudwatch as cloudwatch, aws_iam as iam, type aws_kms as kms } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { S3Location } from '../common/s3-location';
import type { ComparisonJob, ShadowTest } from '../handlers/release-contract';
import { RELEASE, WORKFLOW } from '../private/grants';
import { jsonPathError } from '../private/json-path';
import { grantDecrypt } from '../private/unapplied-grant';
import { type ValidationErrors, isKnown, quote } from '../private/validation';
import { type ShadowComparisonOptions, checkComparison } from './shadow-comparison';
import { checkAlarms, grantReadAlarms, renderAlarms } from './shadow-test-alarms';

/**
 * The test of a version in the shadow variant of the production endpoint, before it is released. The shadow variant receives copies of
 * the requests, and its captured responses are compared with those of the production variant.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests.html
 */
export interface ShadowTestOptions {
  /**
   * The name of the SSM parameter that contains the version in the shadow variant, as in `ModelPackage.fromReleaseParameter()` for the
   * model of `shadowVariant` in the hosting stack. It is created if it does not exist, and retained when this stack is deleted.
   */
  readonly parameterName: string;

  /** The name of the endpoint. */
  readonly endpointName: string;

  /** The name of the production variant. */
  readonly productionVariantName: string;

  /** The name of the shadow variant. */
  readonly shadowVariantName: string;

  /** The S3 location of the captured data, as in `dataCapture` of the endpoint configuration. */
  readonly captureDestination: S3Location;

  /**
   * The KMS key that encrypts the captured data, as in `dataCapture` of the endpoint configuration.
   *
   * @default - the key of the bucket, if any
   */
  readonly captureEncryptionKey?: kms.IKey;

  /** The time for which the shadow variant serves a version before the responses are compared, at most 30 days. */
  readonly duration: Duration;

  /**
   * The time after which `Blocked` is reported if there are still fewer than `minRequests` requests. The test continues.
   *
   * @default - 7 times `duration`
   */
  readonly maxDuration?: Duration;

  /** The smallest number of requests with a captured response of both variants, 1 to 10,000. */
  readonly minRequests: number;

  /**
   * The smallest part of these requests for which both variants have the same response, 0 to 1. If it is less, the version is rejected.
   *
   * @default 1
   */
  readonly minAgreement?: number;

  /**
   * The largest difference of two numbers in JSON and CSV that are the same.
   *
   * @default 0
   */
  readonly tolerance?: number;

  /**
   * The JSONPath of the values that are compared, for example `$.predictions`.
   *
   * @default - the complete responses
   * @see https://www.rfc-editor.org/rfc/rfc9535
   */
  readonly jsonPath?: string;

  /**
   * A comparison by a processing job of your own instead of that of the library, which compares the responses themselves. When the
   * duration has ended and there are enough requests, the job reads the captured data of both variants and writes a report, and the version is
   * released or rejected by a metric in it. If the job fails, `Blocked` is reported, and the job is tried again a day later.
   *
   * @default - the responses are compared, with `minAgreement`, `tolerance` and `jsonPath`
   */
  readonly comparison?: ShadowComparisonOptions;

  /**
   * The alarms that must not be in ALARM during the test, for example of the errors or the latency of the shadow variant: at most 100. If
   * one goes into ALARM, or is in ALARM at the end of the test, the version is rejected. Requests on which the shadow variant fails have no
   * captured response, and are only found by alarms.
   *
   * The hosting stack is deployed after this stack: specify the `alarmName` of its alarms there, and use `Alarm.fromAlarmName()` here. If
   * an alarm does not exist, `Blocked` is reported. A composite alarm must be a `CompositeAlarm` of this app, and requires a permission
   * for all alarms.
   *
   * @default - no alarms
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
   */
  readonly alarms?: cloudwatch.IAlarm[];
}

const MAX_DAYS = 30;
const MAX_REQUESTS = 10_000;
const DEFAULT_DURATIONS = 7;

/** Checks the options, without those that refer to the hosting stack. */
export function checkShadowTest(
  scope: Construct,
  errors: ValidationErrors,
  hostingStackName: string,
  options: ShadowTestOptions,
): void {
  const { duration, maxDuration, minRequests, minAgreement, tolerance, jsonPath } = options;
  errors.check('endpointName', 'EndpointName', options.endpointName);
  errors.check('productionVariantName', 'VariantName', options.productionVariantName);
  errors.check('shadowVariantName', 'VariantName', options.shadowVariantName);
  errors.checkUnique('productionVariantName and shadowVariantName', [
    options.productionVariantName,
    options.shadowVariantName,
  ]);
  errors.checkKnown({ duration, minRequests, ...(maxDuration && { maxDuration }) });
  checkDuration(errors, duration, maxDuration);
  errors.when(
    isKnown(minRequests) && !(Number.isInteger(minRequests) && minRequests >= 1 && minRequests <= MAX_REQUESTS),
    `\`minRequests\` must be a whole number of 1 to ${MAX_REQUESTS}, got ${minRequests}`,
  );
  errors.when(
    isKnown(minAgreement) && !(minAgreement >= 0 && minAgreement <= 1),
    `\`minAgreement\` must be 0 to 1, got ${minAgreement}. For 99 %, specify 0.99`,
  );
  errors.when(isKnown(tolerance) && !(tolerance >= 0), `\`tolerance\` must be at least 0, got ${tolerance}`);
  const error = isKnown(jsonPath) ? jsonPathError(jsonPath) : undefined;
  errors.when(
    error !== undefined,
    `\`jsonPath\` must be a JSONPath expression (RFC 9535), got: ${quote(jsonPath ?? '')} (${error})`,
  );
  options.captureDestination._checkEnvironment(scope, errors, 'captureDestination');
  checkOwnComparison(scope, errors, options);
  checkAlarms(scope, errors, hostingStackName, options.alarms);
}

function checkOwnComparison(
  scope: Construct,
  errors: ValidationErrors,
  { comparison, minAgreement, tolerance, jsonPath }: ShadowTestOptions,
): void {
  if (comparison === undefined) return;
  checkComparison(scope, errors, comparison);
  const others = Object.entries({ minAgreement, tolerance, jsonPath }).filter(([, value]) => value !== undefined);
  errors.when(
    others.length > 0,
    `\`comparison\` must not be combined with ${others.map(([name]) => `\`${name}\``).join(', ')}, by which the responses themselves are ` +
      'compared. Remove one of them',
  );
}

function checkDuration(errors: ValidationErrors, duration: Duration, maxDuration?: Duration): void {
  if (duration.isUnresolved()) return;
  const seconds = duration.toSeconds({ integral: false });
  errors.when(
    !(seconds >= 1 && seconds <= MAX_DAYS * 86_400),
    `\`duration\` must be 1 second to ${MAX_DAYS} days, got ${duration.toHumanString()}`,
  );
  errors.when(
    maxDuration?.isUnresolved() === false && maxDuration.toSeconds({ integral: false }) < seconds,
    `\`maxDuration\` must be at least \`duration\` ${duration.toHumanString()}, got ${maxDuration?.toHumanString()}`,
  );
}

/** The locations of the captured data of the production and of the shadow variant. */
export function capturedIn(options: ShadowTestOptions): [production: S3Location, shadow: S3Location] {
  const { captureDestination, endpointName, productionVariantName, shadowVariantName } = options;
  const locationOf = (variant: string): S3Location => captureDestination._in(`${endpointName}/${variant}/`);
  return [locationOf(productionVariantName), locationOf(shadowVariantName)];
}

/** Renders the test for the handler. */
export function renderShadowTest(options: ShadowTestOptions, comparison?: ComparisonJob): ShadowTest {
  const { duration, maxDuration, minRequests, minAgreement = 1, tolerance = 0, jsonPath } = options;
  const [production, shadow] = capturedIn(options);
  return {
    ParameterName: options.parameterName,
    Bucket: production.bucket.bucketName,
    ProductionPrefix: production.keyPrefix,
    ShadowPrefix: shadow.keyPrefix,
    DurationSeconds: duration.toSeconds({ integral: false }),
    MaxDurationSeconds:
      maxDuration?.toSeconds({ integral: false }) ?? DEFAULT_DURATIONS * duration.toSeconds({ integral: false }),
    MinRequests: minRequests,
    MinAgreement: minAgreement,
    Tolerance: tolerance,
    JsonPath: jsonPath,
    Alarms: renderAlarms(options.alarms),
    Comparison: comparison,
  };
}

/** Grants the handler permission to list and read the captured data of the two variants, and to describe the alarms. */
export function grantShadowTest(options: ShadowTestOptions, role: iam.IRole, policy: iam.Policy): void {
  const { captureDestination, captureEncryptionKey } = options;
  const { bucket } = captureDestination;
  const locations = capturedIn(options);
  policy.addStatements(
    new iam.PolicyStatement({
      actions: [...WORKFLOW.listObjects],
      resources: [bucket.bucketArn],
      conditions: { StringEquals: { 's3:prefix': locations.map(({ keyPrefix }) => keyPrefix) } },
    }),
    new iam.PolicyStatement({
      actions: [...RELEASE.readCapturedData],
      // The wildcards are the hours, and the names that SageMaker generates.
      resources: locations.map((location) => location._objectsArn),
    }),
  );
  grantReadAlarms(policy, options.alarms);
  const keys = [captureEncryptionKey, bucket.encryptionKey].filter((key) => key !== undefined);
  new Set(keys).forEach((key) => grantDecrypt(key, role));
}
