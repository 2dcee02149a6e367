import {
  CfnDeletionPolicy,
  type IResource,
  RemovalPolicy,
  Resource,
  Token,
  TokenComparison,
  type aws_iam as iam,
  aws_sagemaker as sagemaker,
  type aws_ssm as ssm,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { IAlgorithm } from '../algorithm/algorithm';
import { type InferenceSpecification, renderInferenceSpecification } from '../algorithm/inference-specification';
import type { Architecture } from '../common/architecture';
import type { ModelData, ModelDataConfig } from '../common/model-data';
import type { Processor } from '../common/processor';
import type { ContainerImage, ContainerImageConfig } from '../image/container-image';
import { identifyBy } from '../private/fingerprint';
import { hashedName } from '../private/physical-name';
import { publish, published } from '../private/publication';
import { ModelApprovalStatus } from './model-approval-status';
import type { IModelPackageGroup } from './model-package-group';
import { checkModelPackage } from './model-package-validation';

/** A model package: inference code and trained data under one name, ready to be hosted. */
export interface IModelPackage extends IResource, sagemaker.IModelPackageRef {
  /**
   * The ARN of the package, for a version with its number.
   *
   * @attribute
   */
  readonly modelPackageArn: string;

  /**
   * Grants what hosting the package takes: pulling its image and reading its data, as far as they are known here.
   *
   * @param grantee who hosts it
   */
  grantHost(grantee: iam.IGrantable): void;

  /** The instruction set that the image is built for, as far as it is known here. */
  readonly architecture?: Architecture;

  /** The kind of processor that the image computes on, as far as it is known here. */
  readonly processor?: Processor;
}

/** The definition of a model package. */
export interface ModelPackageProps {
  /** The trained data. */
  readonly modelData: ModelData;

  /**
   * The group that the package becomes a version of.
   *
   * @default - an unversioned package
   */
  readonly group?: IModelPackageGroup;

  /**
   * The algorithm that the data was trained with. Either this, or `image` and `inference`.
   *
   * @default - `image` and `inference` are given
   */
  readonly algorithm?: IAlgorithm;

  /**
   * The image that serves the data.
   *
   * @default - the inference image of `algorithm`
   */
  readonly image?: ContainerImage;

  /**
   * How the model answers.
   *
   * @default - as `algorithm` says
   */
  readonly inference?: InferenceSpecification;

  /**
   * Whether the version may be deployed. Versions only.
   *
   * @default ModelApprovalStatus.PENDING_MANUAL_APPROVAL for versions
   */
  readonly approvalStatus?: ModelApprovalStatus;

  /**
   * What this package is, at most 1024 characters.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * The start of the name, at most 52 letters, digits and hyphens, which a hash of the definition follows. Unversioned
   * packages only; a version is named by its group and a number.
   *
   * @default - made of the construct's path
   */
  readonly modelPackageName?: string;

  /**
   * Whether the package is to be listed on AWS Marketplace. Unversioned packages only.
   *
   * @default false
   */
  readonly certifyForMarketplace?: boolean;

  /**
   * Any text. Changing it makes a new unversioned package, which is needed when only a value known at deployment has
   * changed. Unversioned packages only.
   *
   * @default - none
   */
  readonly revision?: string;

  /**
   * What becomes of the package when it leaves the stack. A version that is replaced by another is always retained: the
   * registry is the history.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE for versions, RemovalPolicy.DESTROY for unversioned packages
   */
  readonly removalPolicy?: RemovalPolicy;
}

abstract class ModelPackageBase extends Resource implements IModelPackage {
  public abstract readonly modelPackageArn: string;

  public get modelPackageRef(): sagemaker.ModelPackageReference {
    return { modelPackageArn: this.modelPackageArn };
  }

  public abstract readonly architecture?: Architecture;
  public abstract readonly processor?: Processor;

  public abstract grantHost(grantee: iam.IGrantable): void;
}

/**
 * A model package: inference code and trained data, registered as a version of a group or under a name of its own.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry.html
 * @resource AWS::SageMaker::ModelPackage
 */
export class ModelPackage extends ModelPackageBase {
  /**
   * An existing package. Give the role of a model that hosts it the rights on its image and data yourself.
   *
   * @param scope the parent
   * @param id the id of the construct
   * @param modelPackageArn its ARN, for a version with its number
   */
  public static fromModelPackageArn(scope: Construct, id: string, modelPackageArn: string): IModelPackage {
    class Import extends ModelPackageBase {
      public readonly modelPackageArn = modelPackageArn;
      public readonly architecture = undefined;
      public readonly processor = undefined;
      public grantHost(): void {
        // Image and data of an imported package are not known here.
      }
    }
    return new Import(scope, id, { environmentFromArn: modelPackageArn });
  }

  /**
   * A package that `publish` has made known, as it is when the stack is deployed. Give the role of a model that hosts it
   * the rights on its image and data yourself.
   *
   * @param scope the parent
   * @param id the id of the construct
   * @param parameterName the parameter
   */
  public static fromParameter(scope: Construct, id: string, parameterName: string): IModelPackage {
    return ModelPackage.fromModelPackageArn(scope, id, published(scope, parameterName));
  }

  public readonly modelPackageArn: string;
  public readonly architecture?: Architecture;
  public readonly processor?: Processor;

  /** Whether the version may be deployed; undefined for unversioned packages. */
  public readonly approvalStatus?: ModelApprovalStatus;

  private readonly image?: ContainerImage;
  private readonly modelData: ModelData;

  constructor(scope: Construct, id: string, props: ModelPackageProps) {
    super(scope, id);
    checkModelPackage(this, props);
    this.modelData = props.modelData;
    this.image = props.image ?? props.algorithm?.specification?.images.inference;
    this.approvalStatus = props.group && (props.approvalStatus ?? ModelApprovalStatus.PENDING_MANUAL_APPROVAL);

    const image = this.image?.bind(this);
    this.architecture = image?.architecture;
    this.processor = image?.processor;
    const data = props.modelData.bind(this);
    const resource = this.createResource(props, { ...describe(props), ...source(props, data, image) });
    if (data.dependency !== undefined) resource.node.addDependency(data.dependency);
    // An own algorithm is named, not referenced.
    if (props.algorithm !== undefined) resource.node.addDependency(props.algorithm);
    this.modelPackageArn = resource.attrModelPackageArn;
  }

  /**
   * Makes the package known to other stacks, as text in a parameter: its ARN. An export could not change while it is used.
   *
   * @param parameterName the parameter to write, for example `/churn/package`
   */
  public publish(parameterName: string): ssm.StringParameter {
    return publish(this, parameterName, this.modelPackageArn);
  }

  public grantHost(grantee: iam.IGrantable): void {
    this.image?.bind(this, grantee);
    this.modelData.bind(this, grantee);
  }

  private createResource(
    props: ModelPackageProps,
    definition: sagemaker.CfnModelPackageProps,
  ): sagemaker.CfnModelPackage {
    const { group, removalPolicy, revision } = props;
    if (group === undefined) {
      const structure = (): unknown => ({ ...definition, revision });
      const modelPackageName = hashedName(this, { prefix: props.modelPackageName, structure });
      const resource = new sagemaker.CfnModelPackage(this, 'Resource', { modelPackageName, ...definition });
      identifyBy(resource, structure);
      resource.applyRemovalPolicy(removalPolicy ?? RemovalPolicy.DESTROY);
      return resource;
    }
    const resource = new sagemaker.CfnModelPackage(this, 'Resource', {
      modelPackageGroupName: this.isOfThisAccount(group) ? group.modelPackageGroupName : group.modelPackageGroupArn,
      modelApprovalStatus: this.approvalStatus,
      ...definition,
    });
    identifyBy(resource, () => definition);
    resource.node.addDependency(group);
    // The service refuses tags on versions, and Tags.of() of the stack or the app reaches every resource.
    resource.addPropertyDeletionOverride('Tags');
    resource.applyRemovalPolicy(removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, {
      applyToUpdateReplacePolicy: false,
    });
    resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    return resource;
  }

  /** A group of another account is named by its ARN. */
  private isOfThisAccount(group: IModelPackageGroup): boolean {
    const comparison = Token.compareStrings(group.env.account, this.env.account);
    return comparison === TokenComparison.SAME || comparison === TokenComparison.BOTH_UNRESOLVED;
  }
}

function describe(props: ModelPackageProps): sagemaker.CfnModelPackageProps {
  return { modelPackageDescription: props.description, certifyForMarketplace: props.certifyForMarketplace };
}

/**
 * A version says itself how it serves, which keeps it usable after the algorithm is gone. Only what is not known here (an
 * algorithm from AWS Marketplace), and an unversioned package of an algorithm, names the algorithm instead.
 */
function source(
  props: ModelPackageProps,
  { modelDataUrl }: ModelDataConfig,
  image?: ContainerImageConfig,
): sagemaker.CfnModelPackageProps {
  const { algorithm, group } = props;
  const inference = props.inference ?? algorithm?.specification?.inference;
  const isNamed = algorithm !== undefined && group === undefined;
  if (image === undefined || inference === undefined || isNamed) {
    const algorithmName = algorithm && (algorithm.specification ? algorithm.algorithmName : algorithm.algorithmArn);
    return {
      sourceAlgorithmSpecification: { sourceAlgorithms: [{ algorithmName: algorithmName ?? '', modelDataUrl }] },
    };
  }
  return {
    inferenceSpecification: {
      containers: [{ image: image.imageUri, modelDataUrl, environment: inference.environment }],
      ...renderInferenceSpecification(inference),
    },
  };
}
