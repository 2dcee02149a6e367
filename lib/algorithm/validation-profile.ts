import { Duration, type aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { TrainingInput } from '../common/training-input';
import type { TrainingOutput } from '../common/training-output';
import type { TrainingResources } from '../common/training-resources';
import { type TransformOptions, checkTransform, renderTransform } from '../common/transform-options';
import type { ValidationProfileRequest } from '../private/job-request';
import { SECONDS } from '../private/contract';
import { sortedMap } from '../private/sorted-entries';
import { ValidationErrors } from '../private/validation';
import type { AlgorithmSpecification } from './algorithm-specification';
import { unsupportedInstanceType } from './inference-specification';
import { checkAgainstSpecification, defaultInputMode, renderInputs } from './specification-compatibility';

/** Options of the training job that validates an algorithm. */
export interface ValidationTrainingOptions {
  /** The inputs by the names of their channels, 1 to 20. */
  readonly inputs: { [channel: string]: TrainingInput };

  /** The instances and the storage of the job. */
  readonly resources: TrainingResources;

  /** The S3 location and the encryption of the artifacts. */
  readonly output: TrainingOutput;

  /**
   * The hyperparameters, as text.
   *
   * @default - the default values of the algorithm
   */
  readonly hyperparameters?: { [name: string]: string };

  /**
   * The maximum run time of the job.
   *
   * @default - 1 hour
   */
  readonly maxRuntime?: Duration;
}

/** Options of a validation profile. */
export interface ValidationProfileOptions {
  /** The training job. */
  readonly training: ValidationTrainingOptions;

  /**
   * The batch transform job, which uses the model of the training job.
   *
   * @default - inference is not validated
   */
  readonly transform?: TransformOptions;
}

const HYPERPARAMETERS = { map: 'HyperParameters', key: 'HyperParameterKey', value: 'HyperParameterValue' } as const;

/**
 * The jobs with which SageMaker validates an algorithm when it is created.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AlgorithmValidationProfile.html
 *
 * @example
 * import { aws_s3 as s3 } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const bucket: s3.IBucket;
 *
 * const profile = sagemaker.ValidationProfile.of('smoke', {
 *   training: {
 *     inputs: { train: sagemaker.TrainingInput.fromBucket(bucket, 'samples/train/') },
 *     output: sagemaker.TrainingOutput.toBucket(bucket, 'validated'),
 *     resources: sagemaker.TrainingResources.of(sagemaker.InstanceType.ML_M5_LARGE),
 *   },
 * });
 */
export class ValidationProfile {
  /**
   * Creates a validation profile with a training job and, optionally, a batch transform job.
   *
   * @param profileName the name of the profile, 1 to 63 letters, digits and hyphens
   * @param options the options of the jobs
   */
  public static of(profileName: string, options: ValidationProfileOptions): ValidationProfile {
    return new ValidationProfile(profileName, options);
  }

  private constructor(
    /** The name of the profile. */
    public readonly profileName: string,
    private readonly options: ValidationProfileOptions,
  ) {}

  /**
   * Validates the jobs against the specification of the algorithm.
   *
   * @internal
   */
  public _checkProfile(errors: ValidationErrors, specification: AlgorithmSpecification): void {
    const { training, transform } = this.options;
    const profileErrors = new ValidationErrors('', 'algorithms');
    profileErrors.check('profileName', 'EntityName', this.profileName);
    profileErrors.check('inputs', 'InputDataConfig', training.inputs);
    Object.keys(training.inputs).forEach((name) => profileErrors.check(`inputs key "${name}"`, 'ChannelName', name));
    profileErrors.checkMap('hyperparameters', HYPERPARAMETERS, training.hyperparameters);
    profileErrors.checkSeconds('maxRuntime', 'MaxRuntimeInSeconds', training.maxRuntime);
    const { maxRuntime = Duration.hours(1) } = training;
    profileErrors.when(
      !maxRuntime.isUnresolved() && maxRuntime.toSeconds({ integral: false }) > SECONDS.maxMaxRuntime,
      `\`maxRuntime\` must be at most 28 days, got ${maxRuntime.toHumanString()}`,
    );
    checkAgainstSpecification(profileErrors, training, specification);
    for (const [channel, { needsVpc }] of Object.entries(training.inputs)) {
      profileErrors.when(
        needsVpc,
        `\`inputs["${channel}"]\` must be in Amazon S3: a file system requires a VPC, which validation jobs do not have`,
      );
    }
    if (transform !== undefined) {
      checkTransform(profileErrors, transform);
      profileErrors.when(specification.inference === undefined, '`transform` requires an algorithm with `inference`');
      const supported = { ...specification.inference, subject: 'the algorithm', definedIn: '`inference`' };
      const { instanceType } = transform.resources;
      const unsupported = unsupportedInstanceType(supported, 'transformInstanceTypes', instanceType);
      profileErrors.when(unsupported !== undefined, `\`transform.resources\`: ${unsupported}`);
    }
    profileErrors.list().forEach((error) => errors.add(`\`validationProfiles\` "${this.profileName}": ${error}`));
  }

  /**
   * Renders the profile, and grants the role the permissions that its jobs need.
   *
   * @internal
   */
  public _bind(scope: Construct, role: iam.IRole, specification: AlgorithmSpecification): ValidationProfileRequest {
    const { training, transform } = this.options;
    const { inputs, output, resources, hyperparameters, maxRuntime = Duration.hours(1) } = training;
    const { s3OutputPath, kmsKeyId, compression } = output.bind(role);
    // The transform job reads the model artifact.
    if (transform !== undefined) output.grantRead(role);
    return {
      ProfileName: this.profileName,
      TrainingJobDefinition: {
        TrainingInputMode: defaultInputMode(inputs, specification),
        HyperParameters: sortedMap(hyperparameters),
        InputDataConfig: renderInputs(scope, role, inputs, specification),
        OutputDataConfig: { S3OutputPath: s3OutputPath, KmsKeyId: kmsKeyId, CompressionType: compression },
        ResourceConfig: resources._bind(role),
        StoppingCondition: { MaxRuntimeInSeconds: maxRuntime.toSeconds() },
      },
      TransformJobDefinition: transform && renderTransform(transform, role),
    };
  }
}
