import {
  Annotations,
  type IResource,
  Resource,
  aws_iam as iam,
  aws_sagemaker as sagemaker,
  type aws_ssm as ssm,
} from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { UNKNOWN_INSTANCE_TYPE, unknownInstanceTypes } from '../common/known-instance-types';
import type { ContainerImageConfig } from '../image/image-options';
import { nameFromArn, sagemakerArn } from '../private/arn';
import { ALGORITHM } from '../private/grants';
import { hashedName } from '../private/physical-name';
import { publish, published } from '../private/parameter';
import { AlgorithmProvisioning } from './algorithm-provisioning';
import type { AlgorithmSpecification } from './algorithm-specification';
import { checkAlgorithm } from './algorithm-validation';
import { renderInferenceSpecification } from './inference-specification';
import { type AlgorithmDefinition, CustomResourceAlgorithm } from './custom-resource-algorithm';
import type { AlgorithmProps } from './algorithm-props';

/**
 * An algorithm: training code and, usually, inference code in containers, with a description of what they understand.
 */
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
   * What the algorithm is, as far as it is known here. Jobs are checked against it at synthesis.
   */
  readonly specification?: AlgorithmSpecification;

  /** Whether the algorithm comes from AWS Marketplace, as far as it is known here. */
  readonly isMarketplaceProduct?: boolean;

  /**
   * Grants rights on this algorithm.
   *
   * @param grantee who is granted them
   * @param actions the rights, for example `sagemaker:DescribeAlgorithm`
   */
  grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant;

  /**
   * Grants the right to describe this algorithm, which is what jobs that run it need.
   *
   * @param grantee who is granted it
   */
  grantDescribe(grantee: iam.IGrantable): iam.Grant;
}

/** An algorithm that exists already. Exactly one of name and ARN. */
export interface AlgorithmAttributes {
  /**
   * The name of an algorithm of this account and region.
   *
   * @default - taken from `algorithmArn`
   */
  readonly algorithmName?: string;

  /**
   * The ARN of the algorithm, for one of another account or from AWS Marketplace.
   *
   * @default - made of `algorithmName`
   */
  readonly algorithmArn?: string;

  /**
   * What the algorithm is.
   *
   * @default - not known; jobs are not checked against it, and are not granted access to its images
   */
  readonly specification?: AlgorithmSpecification;

  /**
   * Whether the algorithm comes from AWS Marketplace. Its jobs and models have no network then.
   *
   * @default - not known
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
 * An algorithm of your own: a container that trains and, in the same image or another, one that serves.
 *
 * It cannot be changed once it exists. Any change to the definition makes a new algorithm with a new name, and deletes
 * the old one when nothing uses it any longer.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms.html
 * @resource AWS::SageMaker::Algorithm
 */
export class Algorithm extends AlgorithmBase {
  /**
   * An existing algorithm of this account and region.
   *
   * @param scope the parent
   * @param id the id of the construct
   * @param algorithmName its name
   */
  public static fromAlgorithmName(scope: Construct, id: string, algorithmName: string): IAlgorithm {
    return Algorithm.fromAlgorithmAttributes(scope, id, { algorithmName });
  }

  /**
   * An existing algorithm, perhaps of another account or from AWS Marketplace.
   *
   * @param scope the parent
   * @param id the id of the construct
   * @param algorithmArn its ARN
   */
  public static fromAlgorithmArn(scope: Construct, id: string, algorithmArn: string): IAlgorithm {
    return Algorithm.fromAlgorithmAttributes(scope, id, { algorithmArn });
  }

  /**
   * An algorithm of this account and region that `publish` has made known, as it is when the stack is deployed.
   *
   * @param scope the parent
   * @param id the id of the construct
   * @param parameterName the parameter
   */
  public static fromParameter(scope: Construct, id: string, parameterName: string): IAlgorithm {
    return Algorithm.fromAlgorithmName(scope, id, published(scope, parameterName));
  }

  /**
   * An existing algorithm, with what is known of it.
   *
   * @param scope the parent
   * @param id the id of the construct
   * @param attrs name or ARN, and its specification
   */
  public static fromAlgorithmAttributes(scope: Construct, id: string, attrs: AlgorithmAttributes): IAlgorithm {
    const { algorithmArn, algorithmName } = attrs;
    if ((algorithmArn === undefined) === (algorithmName === undefined)) {
      throw new Error(`Algorithm ${id}: exactly one of \`algorithmName\` and \`algorithmArn\` must be given.`);
    }
    class Import extends AlgorithmBase {
      public readonly algorithmArn = algorithmArn ?? sagemakerArn(scope, 'algorithm', algorithmName ?? '');
      public readonly algorithmName = algorithmName ?? nameFromArn(algorithmArn ?? '');
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
    this.warnOfUnknownInstanceTypes(props);

    const training = props.images.training.bind(this);
    const inference = props.inference && props.images.inference?.bind(this);
    const definition = renderAlgorithm(props, training, inference);
    const { identity: trainingImage = training.imageUri } = training;
    this._trainingHalf = { ...(definition.trainingSpecification as object), trainingImage };
    const provisioning =
      props.provisioning ??
      (props.validationProfiles ? AlgorithmProvisioning.CUSTOM_RESOURCE : AlgorithmProvisioning.CLOUDFORMATION);
    if (provisioning === AlgorithmProvisioning.CUSTOM_RESOURCE) {
      const handled = new CustomResourceAlgorithm(this, 'Handled', { ...props, definition });
      this.algorithmName = handled.algorithmName;
      this.made = handled;
    } else {
      this.algorithmName = hashedName(this, {
        prefix: props.algorithmName,
        structure: () => ({ ...definition, revision: props.revision }),
      });
      const { algorithmName } = this;
      this.made = new sagemaker.CfnAlgorithm(this, 'Resource', { algorithmName, ...definition });
      this.node.defaultChild = this.made;
    }
  }

  public get algorithmArn(): string {
    // Other stacks name the algorithm, they do not import it: an export in use could not be replaced.
    this.arn ??= sagemakerArn(this, 'algorithm', this.algorithmName);
    return this.arn;
  }

  /**
   * The training half: what a job that runs this algorithm depends on. A new inference image is a new algorithm, and no
   * reason to train again.
   *
   * @internal
   */
  public readonly _trainingHalf: unknown;

  /** What has happened when the algorithm is there. */
  private readonly made: IConstruct;

  /**
   * Makes the algorithm known to other stacks, as text in a parameter: its name. An export could not change while it is used.
   *
   * @param parameterName the parameter to write, for example `/churn/algorithm`
   */
  public publish(parameterName: string): ssm.StringParameter {
    return publish(this, parameterName, this.algorithmName, this.made);
  }

  private warnOfUnknownInstanceTypes(props: AlgorithmProps): void {
    const declared = {
      training: props.trainingInstanceTypes,
      endpoint: props.inference?.realtimeInstanceTypes ?? [],
      transform: props.inference?.transformInstanceTypes ?? [],
    };
    for (const use of ['training', 'endpoint', 'transform'] as const) {
      const warning = unknownInstanceTypes(use, declared[use]);
      if (warning !== undefined) Annotations.of(this).addWarningV2(UNKNOWN_INSTANCE_TYPE, warning);
    }
  }
}

function renderAlgorithm(
  props: AlgorithmProps,
  training: ContainerImageConfig,
  inference?: ContainerImageConfig,
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
      inference && {
        containers: [{ image: inference.imageUri, environment: props.inference.environment }],
        ...renderInferenceSpecification(props.inference),
      },
  };
}
