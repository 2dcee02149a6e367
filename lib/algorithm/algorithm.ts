import {
  type IResource,
  Lazy,
  Resource,
  aws_iam as iam,
  aws_sagemaker as sagemaker,
  type aws_ssm as ssm,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { warnAboutInstanceTypes } from '../common/known-instance-types';
import type { ContainerImageConfig } from '../image/image-options';
import { nameFromArn, sagemakerArn } from '../private/arn';
import { warnAboutContentTypes } from '../private/content-types';
import { ALGORITHM } from '../private/grants';
import { hashedName } from '../private/physical-name';
import { publish, publishedValue } from '../private/parameter';
import { RuleError, addWarning } from '../private/rules';
import { validateTags } from '../private/tags';
import { AlgorithmProvisioning, provisioningOf } from './algorithm-provisioning';
import type { AlgorithmSpecification } from './algorithm-specification';
import { checkAlgorithm } from './algorithm-validation';
import { renderContainer } from './inference-container';
import { renderInferenceSpecification } from './inference-specification';
import { type AlgorithmDefinition, CustomResourceAlgorithm } from './custom-resource-algorithm';
import type { AlgorithmProps } from './algorithm-props';

/** A SageMaker algorithm: a training image and, usually, an inference image, with the inputs and outputs that they support. */
export interface IAlgorithm extends IResource, sagemaker.IAlgorithmRef {
  /**
   * The ARN of the algorithm.
   *
   * @attribute
   */
  readonly algorithmArn: string;

  /**
   * The name of the algorithm.
   *
   * @attribute
   */
  readonly algorithmName: string;

  /**
   * The specification of the algorithm, against which jobs are validated at synthesis; undefined for an imported algorithm
   * without one.
   */
  readonly specification?: AlgorithmSpecification;

  /** Whether the algorithm is a product of AWS Marketplace; undefined if that is unknown. */
  readonly isMarketplaceProduct?: boolean;

  /**
   * Grants permissions on this algorithm.
   *
   * @param grantee the principal to which the permissions are granted
   * @param actions the IAM actions, for example `sagemaker:DescribeAlgorithm`
   */
  grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant;

  /**
   * Grants permission to describe this algorithm, which jobs that run it need.
   *
   * @param grantee the principal to which the permission is granted
   */
  grantDescribe(grantee: iam.IGrantable): iam.Grant;
}

/** Attributes of an existing algorithm. Exactly one of `algorithmName` and `algorithmArn` is required. */
export interface AlgorithmAttributes {
  /**
   * The name of an algorithm in the account and region of the stack.
   *
   * @default - derived from `algorithmArn`
   */
  readonly algorithmName?: string;

  /**
   * The ARN of the algorithm, for example of an algorithm in another account or from AWS Marketplace.
   *
   * @default - derived from `algorithmName`
   */
  readonly algorithmArn?: string;

  /**
   * The specification of the algorithm.
   *
   * @default - jobs are not validated against the algorithm, and their roles are not granted access to its images
   */
  readonly specification?: AlgorithmSpecification;

  /**
   * Whether the algorithm is a product of AWS Marketplace. Its jobs and models must run with network isolation.
   *
   * @default - unknown; network isolation is not enabled by default
   */
  readonly isMarketplaceProduct?: boolean;
}

abstract class AlgorithmBase extends Resource implements IAlgorithm {
  public abstract readonly algorithmArn: string;
  public abstract readonly algorithmName: string;
  public abstract readonly specification?: AlgorithmSpecification;
  public abstract readonly isMarketplaceProduct?: boolean;

  public get algorithmRef(): sagemaker.AlgorithmReference {
    return { algorithmArn: this.algorithmArn };
  }

  public grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [this.algorithmArn] });
  }

  public grantDescribe(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ...ALGORITHM.describe);
  }
}

/**
 * A SageMaker algorithm with a training image and, optionally, an inference image, which can be the same.
 *
 * An algorithm cannot be updated. Any change to its definition creates a new algorithm with a new name, and deletes the
 * previous one at the end of the deployment.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms.html
 * @resource AWS::SageMaker::Algorithm
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * new sagemaker.Algorithm(this, 'Churn', {
 *   images: sagemaker.AlgorithmImages.combined(sagemaker.ContainerImage.fromAsset('container')),
 *   channels: [sagemaker.Channel.file('train', { contentTypes: ['text/csv'] })],
 *   hyperparameters: [sagemaker.Hyperparameter.integer('max_depth', { min: 1, max: 64, defaultValue: 6 })],
 *   trainingInstanceTypes: [sagemaker.InstanceType.ML_M5_XLARGE],
 *   inference: {
 *     contentTypes: ['text/csv'],
 *     responseMimeTypes: ['application/json'],
 *     realtimeInstanceTypes: [sagemaker.InstanceType.ML_C7I_LARGE],
 *     transformInstanceTypes: [sagemaker.InstanceType.ML_M5_XLARGE],
 *   },
 * });
 */
export class Algorithm extends AlgorithmBase {
  /**
   * Imports an algorithm in the account and region of the stack by its name.
   *
   * @param scope the parent construct
   * @param id the construct ID
   * @param algorithmName the name of the algorithm
   */
  public static fromAlgorithmName(scope: Construct, id: string, algorithmName: string): IAlgorithm {
    return Algorithm.fromAlgorithmAttributes(scope, id, { algorithmName });
  }

  /**
   * Imports an algorithm by its ARN, for example one in another account or from AWS Marketplace.
   *
   * @param scope the parent construct
   * @param id the construct ID
   * @param algorithmArn the ARN of the algorithm
   */
  public static fromAlgorithmArn(scope: Construct, id: string, algorithmArn: string): IAlgorithm {
    return Algorithm.fromAlgorithmAttributes(scope, id, { algorithmArn });
  }

  /**
   * Imports an algorithm whose name `publish` has written to a parameter. The parameter is read at deployment.
   *
   * @param scope the parent construct
   * @param id the construct ID
   * @param parameterName the name of the SSM parameter
   */
  public static fromParameter(scope: Construct, id: string, parameterName: string): IAlgorithm {
    return Algorithm.fromAlgorithmName(scope, id, publishedValue(scope, parameterName));
  }

  /**
   * Imports an algorithm by its attributes.
   *
   * @param scope the parent construct
   * @param id the construct ID
   * @param attrs the attributes of the algorithm
   */
  public static fromAlgorithmAttributes(scope: Construct, id: string, attrs: AlgorithmAttributes): IAlgorithm {
    const { algorithmArn, algorithmName } = attrs;
    if ((algorithmArn === undefined) === (algorithmName === undefined)) {
      throw new RuleError(
        'all-stages',
        `Algorithm ${id}: exactly one of \`algorithmName\` and \`algorithmArn\` must be set.`,
      );
    }
    const name = algorithmName ?? nameFromArn(algorithmArn ?? '', 'algorithm');
    class Import extends AlgorithmBase {
      public readonly algorithmArn = algorithmArn ?? sagemakerArn(scope, 'algorithm', name);
      public readonly algorithmName = name;
      public readonly specification = attrs.specification;
      public readonly isMarketplaceProduct = attrs.isMarketplaceProduct;
    }
    return new Import(scope, id, { environmentFromArn: algorithmArn });
  }

  public readonly algorithmName: string;
  public readonly specification?: AlgorithmSpecification;
  public readonly isMarketplaceProduct?: boolean = false;
  private arn?: string;

  constructor(scope: Construct, id: string, props: AlgorithmProps) {
    super(scope, id);
    this.specification = props;

    checkAlgorithm(this, props);
    addWarnings(this, props);

    const training = props.images.training.bind(this);
    const definition = renderAlgorithm(props, training, inferenceContainersOf(this, props));
    const { identity: trainingImage = training.imageUri } = training;
    const trainingIdentity = { ...(definition.trainingSpecification as object), trainingImage };
    if (provisioningOf(this, props) === AlgorithmProvisioning.CUSTOM_RESOURCE) {
      const customResource = new CustomResourceAlgorithm(this, 'Handled', { ...props, definition });
      this.algorithmName = customResource.algorithmName;
      this._trainingIdentity = Lazy.any({ produce: () => customResource.trainingIdentity(trainingIdentity) });
      this.resource = customResource;
    } else {
      this.algorithmName = hashedName(this, {
        prefix: props.algorithmName,
        structure: () => ({ ...definition, revision: props.revision }),
      });
      const { algorithmName } = this;
      this._trainingIdentity = trainingIdentity;
      const resource = new sagemaker.CfnAlgorithm(this, 'Resource', { algorithmName, ...definition });
      this.resource = resource;
      this.node.defaultChild = resource;
      validateTags(this, resource);
    }
  }

  public get algorithmArn(): string {
    // Other stacks refer to the algorithm by its name: a CloudFormation export in use could not be replaced.
    this.arn ??= sagemakerArn(this, 'algorithm', this.algorithmName);
    return this.arn;
  }

  /**
   * The part of the definition that belongs to the identity of training jobs. A new inference image creates a new algorithm
   * without training again.
   *
   * @internal
   */
  public readonly _trainingIdentity: unknown;

  private readonly resource: sagemaker.CfnAlgorithm | CustomResourceAlgorithm;

  /**
   * Sets a member of the request that creates the algorithm, for members that have no property in this library. Requires the
   * provisioning CUSTOM_RESOURCE. The override is part of the name: a change of it replaces the algorithm. Permissions that it
   * requires are not granted.
   *
   * @param path the names of the members from the top of the request, with a period between them, for example
   * `TrainingSpecification.AdditionalS3DataSource`
   * @param value the value, with the member names of the API; `undefined` deletes the member
   * @throws an error if CloudFormation creates the algorithm, or if the path is empty, the name or the tags
   */
  public addRequestOverride(path: string, value: unknown): void {
    if (!(this.resource instanceof CustomResourceAlgorithm)) {
      throw new RuleError(
        'all-stages',
        `Algorithm ${this.node.path}: \`addRequestOverride()\` requires \`provisioning: AlgorithmProvisioning.CUSTOM_RESOURCE\`. ` +
          'For AWS::SageMaker::Algorithm, use `addPropertyOverride()` of the L1 construct in `node.defaultChild`.',
      );
    }
    this.resource.override(path, value);
  }

  /**
   * Writes the name of the algorithm to an SSM parameter, which other stacks read with `Algorithm.fromParameter`. Unlike a
   * CloudFormation export, the parameter can change while other stacks use it.
   *
   * @param parameterName the name of the new parameter, for example `/churn/algorithm`
   */
  public publish(parameterName: string): ssm.StringParameter {
    return publish(this, parameterName, this.algorithmName, this.resource);
  }
}

function addWarnings(scope: Construct, props: AlgorithmProps): void {
  const { channels, hyperparameters = [], trainingInstanceTypes, inference } = props;
  const required = hyperparameters.filter((one) => one.required && one.defaultValue !== undefined);
  if (required.length > 0) {
    addWarning(
      scope,
      'algorithms',
      'requiredDefault',
      `The default values of required hyperparameters have no effect: ${required.map(({ name }) => name).join(', ')}.`,
    );
  }
  warnAboutInstanceTypes(scope, 'training', trainingInstanceTypes);
  warnAboutInstanceTypes(scope, 'endpoint', inference?.realtimeInstanceTypes);
  warnAboutInstanceTypes(scope, 'transform', inference?.transformInstanceTypes);
  warnAboutContentTypes(scope, [
    ...channels.flatMap(({ contentTypes }) => contentTypes),
    ...(inference?.contentTypes ?? []),
  ]);
}

/** The inference containers, with the inference image first. Undefined for an algorithm that only trains. */
function inferenceContainersOf(
  scope: Construct,
  { images, inference }: AlgorithmProps,
): sagemaker.CfnAlgorithm.ModelPackageContainerDefinitionProperty[] | undefined {
  if (inference === undefined || images.inference === undefined) return undefined;
  const { followingContainers = [], isCheckpoint, ...options } = inference;
  return [{ ...options, image: images.inference }, ...followingContainers].map((container, index) => ({
    ...renderContainer(scope, container),
    // A default value is omitted, so that it does not change the name of the algorithm.
    isCheckpoint: (index === 0 && isCheckpoint) || undefined,
    modelInput: container.dataInputConfig === undefined ? undefined : { dataInputConfig: container.dataInputConfig },
  }));
}

function renderAlgorithm(
  props: AlgorithmProps,
  training: ContainerImageConfig,
  containers?: sagemaker.CfnAlgorithm.ModelPackageContainerDefinitionProperty[],
): AlgorithmDefinition {
  return {
    algorithmDescription: props.description,
    certifyForMarketplace: props.certifyForMarketplace || undefined,
    trainingSpecification: {
      trainingImage: training.imageUri,
      supportedHyperParameters: props.hyperparameters?.map((hyperparameter) => hyperparameter._render()),
      supportedTrainingInstanceTypes: props.trainingInstanceTypes.map((type) => type.instanceTypeName),
      supportsDistributedTraining: props.supportsDistributedTraining ?? false,
      metricDefinitions: props.metrics?.map(({ name, regex }) => ({ name, regex })),
      trainingChannels: props.channels.map((channel) => channel._render()),
      supportedTuningJobObjectiveMetrics: props.objectives?.map(({ objectiveType, metricName }) => ({
        type: objectiveType,
        metricName,
      })),
    },
    inferenceSpecification: props.inference &&
      containers && { containers, ...renderInferenceSpecification(props.inference) },
  };
}
