import type { aws_iam as iam, aws_kms as kms, aws_sagemaker as sagemaker, aws_sns as sns } from 'aws-cdk-lib';
import type { S3Location } from '../../common/s3-location';
import type { ValidationErrors } from '../../private/validation';

/** The notifications that include the inference response. */
export enum AsyncNotificationTopic {
  /** Notifications of successful inferences. */
  SUCCESS = 'SUCCESS_NOTIFICATION_TOPIC',

  /** Notifications of failed inferences. */
  ERROR = 'ERROR_NOTIFICATION_TOPIC',
}

/**
 * Asynchronous inference: requests are queued, requests and responses are S3 objects of up to 1 GB, and processing
 * takes up to one hour.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html
 */
export interface AsyncInferenceOptions {
  /** The S3 location of the requests. The execution roles of the models are granted permission to read it. */
  readonly input: S3Location;

  /** The S3 location of the responses. The execution roles of the models are granted permission to write to it. */
  readonly output: S3Location;

  /**
   * The S3 location of failure responses. The execution roles of the models are granted permission to write to it.
   *
   * @default - failures are only logged
   */
  readonly failure?: S3Location;

  /**
   * The KMS key that encrypts the responses.
   *
   * @default - the default encryption of the bucket
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * The SNS topic for notifications of successful inferences.
   *
   * @default - no notifications
   */
  readonly successTopic?: sns.ITopic;

  /**
   * The SNS topic for notifications of failed inferences.
   *
   * @default - no notifications
   */
  readonly errorTopic?: sns.ITopic;

  /**
   * The notifications that include the inference response, if it is small enough.
   *
   * @default - no notifications
   */
  readonly includeInferenceResponseIn?: AsyncNotificationTopic[];

  /**
   * The maximum number of concurrent requests to an instance, 1 to 1000.
   *
   * @default - chosen by SageMaker
   */
  readonly maxConcurrentInvocationsPerInstance?: number;
}

export function checkAsync(errors: ValidationErrors, options: AsyncInferenceOptions): void {
  const { maxConcurrentInvocationsPerInstance: max, includeInferenceResponseIn: included = [] } = options;
  const maxProperty = 'asyncInference.maxConcurrentInvocationsPerInstance';
  errors.check(maxProperty, 'MaxConcurrentInvocationsPerInstance', max);
  options.output._checkFolder(errors, 'asyncInference.output', 'DestinationS3Uri');
  options.failure?._checkFolder(errors, 'asyncInference.failure', 'DestinationS3Uri');
  const topicsProperty = 'asyncInference.includeInferenceResponseIn';
  errors.check(topicsProperty, 'AsyncNotificationTopicTypeList', options.includeInferenceResponseIn);
  const topics = {
    [AsyncNotificationTopic.SUCCESS]: ['successTopic', options.successTopic],
    [AsyncNotificationTopic.ERROR]: ['errorTopic', options.errorTopic],
  } as const;
  for (const topic of included) {
    const [property, value] = topics[topic];
    errors.when(
      value === undefined,
      `\`asyncInference.includeInferenceResponseIn\` with ${topic} requires \`${property}\``,
    );
  }
}

/** Grants the execution roles the permissions for asynchronous inference, and renders its configuration. */
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
