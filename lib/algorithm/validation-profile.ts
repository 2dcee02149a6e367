import { Duration, type aws_iam as iam } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { TrainingInput } from '../common/training-input';
import type { TrainingOutput } from '../common/training-output';
import type { TrainingResources } from '../common/training-resources';
import { type TransformOptions, checkTransform, renderTransform } from '../common/transform-options';
import type { ValidationProfileRequest } from '../private/job-request';
import { ValidationErrors } from '../private/validation';
import type { AlgorithmSpecification } from './algorithm-specification';
import { checkAgainstSpecification, defaultInputMode, renderInputs } from './specification-compatibility';

/** The training job that an algorithm must pass. */
export interface ValidationTrainingOptions {
  /** The data, by the name of its channel, 1 to 20. */
  readonly inputs: { [channel: string]: TrainingInput };

  /** What the job runs on. */
  readonly resources: TrainingResources;

  /** Where the job puts what it makes. */
  readonly output: TrainingOutput;

  /**
   * The hyperparameters, as text.
   *
   * @default - the defaults of the algorithm
   */
  readonly hyperparameters?: { [name: string]: string };

  /**
   * The longest time that the job may run.
   *
   * @default - 1 hour
   */
  readonly maxRuntime?: Duration;
}

/** The jobs that an algorithm must pass. */
export interface ValidationProfileOptions {
  /** The training job. */
  readonly training: ValidationTrainingOptions;

  /**
   * The batch transform job with the model that the training job has made.
   *
   * @default - inference is not validated
   */
  readonly transform?: TransformOptions;
}

/**
 * Jobs by which the service validates an algorithm when it is created.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AlgorithmValidationProfile.html
 */
export class ValidationProfile {
  /**
   * A training job, and, with its model, a batch transform job.
   *
   * @param profileName 1 to 63 letters, digits and hyphens
   * @param options the jobs
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
   * Records what does not fit the algorithm.
   *
   * @internal
   */
  public _check(errors: ValidationErrors, specification: AlgorithmSpecification): void {
    const { training, transform } = this.options;
    const own = new ValidationErrors('');
    own.check('profileName', 'EntityName', this.profileName);
    own.check('inputs', 'InputDataConfig', Object.keys(training.inputs));
    checkAgainstSpecification(own, training, specification);
    if (transform !== undefined) {
      checkTransform(own, transform);
      own.when(specification.inference === undefined, '`transform` needs an algorithm with `inference`');
    }
    own.list().forEach((error) => errors.add(`\`validationProfiles\` "${this.profileName}": ${error}`));
  }

  /**
   * Lets the role run the jobs, and returns what the API reads.
   *
   * @internal
   */
  public _bind(scope: Construct, role: iam.IRole, specification: AlgorithmSpecification): ValidationProfileRequest {
    const { training, transform } = this.options;
    const { inputs, output, resources, hyperparameters, maxRuntime = Duration.hours(1) } = training;
    const { s3OutputPath, kmsKeyId, compression } = output.bind(role);
    // The transform job reads the model.
    if (transform !== undefined) output.grantRead(role);
    return {
      ProfileName: this.profileName,
      TrainingJobDefinition: {
        TrainingInputMode: defaultInputMode(inputs, specification),
        HyperParameters: hyperparameters,
        InputDataConfig: renderInputs(scope, role, inputs, specification),
        OutputDataConfig: { S3OutputPath: s3OutputPath, KmsKeyId: kmsKeyId, CompressionType: compression },
        ResourceConfig: resources._bind(role),
        StoppingCondition: { MaxRuntimeInSeconds: maxRuntime.toSeconds() },
      },
      TransformJobDefinition: transform && renderTransform(transform, role),
    };
  }
}
