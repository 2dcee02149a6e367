import type { aws_iam as iam, aws_kms as kms, aws_sagemaker as sagemaker, aws_sns as sns } from 'aws-cdk-lib';
import type { S3Location } from '../../common/s3-location';
import type { ValidationErrors } from '../../private/validation';

/** Which notifications carry the answer itself, where it is small enough. */
export enum AsyncNotificationTopic {
  /** Those of success. */
  SUCCESS = 'SUCCESS_NOTIFICATION_TOPIC',

  /** Those of failure. */
  ERROR = 'ERROR_NOTIFICATION_TOPIC',
}

/**
 * Answers that come later: requests and answers are objects of S3, up to 1 GB each, and an answer may take up to an hour.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html
 */
export interface AsyncInferenceOptions {
  /** Where callers put their requests. The roles of the models may read there. */
  readonly input: S3Location;

  /** Where answers go. The roles of the models may write there. */
  readonly output: S3Location;

  /**
   * Where it is told why there is no answer. The roles of the models may write there.
   *
   * @default - nowhere but in the logs
   */
  readonly failure?: S3Location;

  /**
   * The key that encrypts the answers.
   *
   * @default - as the bucket does it
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Who is told of answers.
   *
   * @default - nobody
   */
  readonly successTopic?: sns.ITopic;

  /**
   * Who is told of failures.
   *
   * @default - nobody
   */
  readonly errorTopic?: sns.ITopic;

  /**
   * Which notifications carry the answer itself.
   *
   * @default - none
   */
  readonly includeInferenceResponseIn?: AsyncNotificationTopic[];

  /**
   * How many requests an instance gets at a time, 1 to 1000.
   *
   * @default - as the service finds best
   */
  readonly maxConcurrentInvocationsPerInstance?: number;
}

export function checkAsync(errors: ValidationErrors, options: AsyncInferenceOptions): void {
  const { maxConcurrentInvocationsPerInstance: max, includeInferenceResponseIn: included = [] } = options;
  const property = 'asyncInference.maxConcurrentInvocationsPerInstance';
  errors.checkWholeNumber(property, max);
  errors.check(property, 'MaxConcurrentInvocationsPerInstance', max);
  const topics = {
    [AsyncNotificationTopic.SUCCESS]: ['successTopic', options.successTopic],
    [AsyncNotificationTopic.ERROR]: ['errorTopic', options.errorTopic],
  } as const;
  for (const topic of included) {
    const [name, given] = topics[topic];
    errors.when(
      given === undefined,
      `\`asyncInference.includeInferenceResponseIn\` names ${topic}, and there is no \`${name}\``,
    );
  }
}

/** Lets the roles of the models read requests, write answers and tell of them, and renders it. */
export function renderAsync(
  options: AsyncInferenceOptions,
  roles: iam.IRole[],
): sagemaker.CfnEndpointConfig.AsyncInferenceConfigProperty {
  const { input, output, failure, encryptionKey, successTopic, errorTopic } = options;
  const { includeInferenceResponseIn, maxConcurrentInvocationsPerInstance } = options;
  for (const role of roles) {
    input.grantRead(role);
    output.grantWrite(role);
    failure?.grantWrite(role);
    encryptionKey?.grantEncryptDecrypt(role);
    successTopic?.grantPublish(role);
    errorTopic?.grantPublish(role);
  }
  const notifies = successTopic !== undefined || errorTopic !== undefined;
  return {
    outputConfig: {
      s3OutputPath: output._folderUri,
      s3FailurePath: failure?._folderUri,
      kmsKeyId: encryptionKey?.keyArn,
      notificationConfig: notifies
        ? {
            successTopic: successTopic?.topicArn,
            errorTopic: errorTopic?.topicArn,
            includeInferenceResponseIn,
          }
        : undefined,
    },
    clientConfig:
      maxConcurrentInvocationsPerInstance === undefined ? undefined : { maxConcurrentInvocationsPerInstance },
  };
}
