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
import type { Architecture } from '../../common/architecture';
import type { ModelData, ModelDataConfig } from '../../common/model-data';
import type { Processor } from '../../common/processor';
import { renderInferenceSpecification } from '../../algorithm/inference-specification';
import { executionRole } from '../../private/execution-role';
import { identifyBy } from '../../private/fingerprint';
import { combinedRequirements } from '../../image/image-compatibility';
import { hashedName } from '../../private/physical-name';
import { publish, publishedValue } from '../../private/parameter';
import { type AdditionalInferenceSpecification, renderAdditional } from './additional-inference-specification';
import { ModelApprovalStatus } from './model-approval-status';
import {
  type BoundPackageContainer,
  type ModelPackageContainer,
  bindContainer,
  grantContainer,
} from './model-package-container';
import type { IModelPackageGroup } from '../model-package-group';
import { renderBaselines, renderMetrics } from './model-metrics';
import { checkModelPackage } from './model-package-validation';
import type { ModelPackageValidationProfile, ModelPackageProps } from './model-package-props';

/** A model package: inference code and trained data under one name, ready to be hosted. */
export interface IModelPackage extends IResource, sagemaker.IModelPackageRef {
  /**
   * The ARN of the package, for a version with its number.
   *
   * @attribute
   */
  readonly modelPackageArn: string;

  /**
   * Grants what hosting the package takes: pulling its images and reading its data, as far as they are known here.
   *
   * @param grantee who hosts it
   * @param inferenceSpecificationName the additional inference specification that is hosted, instead of the package's own
   */
  grantHost(grantee: iam.IGrantable, inferenceSpecificationName?: string): void;

  /** Whether the version may be deployed, as far as it is known here. */
  readonly approvalStatus?: ModelApprovalStatus;

  /** How many containers the package has, as far as it is known here. */
  readonly containerCount?: number;

  /** Whether the package comes from AWS Marketplace, as far as it is known here. */
  readonly isMarketplaceProduct?: boolean;

  /** The instruction set that the image is built for, as far as it is known here. */
  readonly architecture?: Architecture;

  /** The kind of processor that the image computes on, as far as it is known here. */
  readonly processor?: Processor;
}

/** A package that exists already. */
export interface ModelPackageAttributes {
  /** Its ARN, for a version with its number. */
  readonly modelPackageArn: string;

  /**
   * Whether it comes from AWS Marketplace. Its models have no network then, and cannot be hosted everywhere.
   *
   * @default - not known
   */
  readonly isMarketplaceProduct?: boolean;

  /**
   * Whether the version may be deployed.
   *
   * @default - not known
   */
  readonly approvalStatus?: ModelApprovalStatus;

  /**
   * The instruction set that its images are built for.
   *
   * @default - not known
   */
  readonly architecture?: Architecture;

  /**
   * The kind of processor that its images compute on.
   *
   * @default - not known
   */
  readonly processor?: Processor;

  /**
   * How many containers it has.
   *
   * @default - not known
   */
  readonly containerCount?: number;
}

abstract class ModelPackageBase extends Resource implements IModelPackage {
  public abstract readonly modelPackageArn: string;

  public get modelPackageRef(): sagemaker.ModelPackageReference {
    return { modelPackageArn: this.modelPackageArn };
  }

  public abstract readonly architecture?: Architecture;
  public abstract readonly processor?: Processor;
  public abstract readonly approvalStatus?: ModelApprovalStatus;
  public abstract readonly containerCount?: number;
  public abstract readonly isMarketplaceProduct?: boolean;

  public abstract grantHost(grantee: iam.IGrantable, inferenceSpecificationName?: string): void;
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
    return ModelPackage.fromModelPackageAttributes(scope, id, { modelPackageArn });
  }

  /**
   * An existing package, with what is known of it. Give the role of a model that hosts it the rights on its image and data
   * yourself.
   *
   * @param scope the parent
   * @param id the id of the construct
   * @param attrs its ARN, and what is known of it
   */
  public static fromModelPackageAttributes(scope: Construct, id: string, attrs: ModelPackageAttributes): IModelPackage {
    class Import extends ModelPackageBase {
      public readonly modelPackageArn = attrs.modelPackageArn;
      public readonly architecture = attrs.architecture;
      public readonly processor = attrs.processor;
      public readonly approvalStatus = attrs.approvalStatus;
      public readonly containerCount = attrs.containerCount;
      public readonly isMarketplaceProduct = attrs.isMarketplaceProduct;
      public grantHost(): void {
        // Images and data of an imported package are not known here.
      }
    }
    return new Import(scope, id, { environmentFromArn: attrs.modelPackageArn });
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
    return ModelPackage.fromModelPackageArn(scope, id, publishedValue(scope, parameterName));
  }

  public readonly modelPackageArn: string;
  public readonly architecture?: Architecture;
  public readonly processor?: Processor;

  /** Whether the version may be deployed; undefined for unversioned packages. */
  public readonly approvalStatus?: ModelApprovalStatus;
  public readonly containerCount?: number;
  public readonly isMarketplaceProduct?: boolean;

  /** The names of the additional inference specifications. */
  public readonly inferenceSpecificationNames: string[];

  private readonly containers: ModelPackageContainer[];
  private readonly additional: AdditionalInferenceSpecification[];
  private readonly modelData?: ModelData;

  constructor(scope: Construct, id: string, props: ModelPackageProps) {
    super(scope, id);
    checkModelPackage(this, props);
    const { algorithm, additionalInferenceSpecifications: additional = [] } = props;
    this.modelData = props.modelData;
    this.containers = containersOf(props);
    this.additional = additional;
    this.inferenceSpecificationNames = additional.map(({ name }) => name);
    this.approvalStatus = props.group && (props.approvalStatus ?? ModelApprovalStatus.PENDING_MANUAL_APPROVAL);
    this.isMarketplaceProduct = algorithm?.isMarketplaceProduct;

    const containers = this.containers.map((container) => bindContainer(this, container));
    const { architecture, processor } = combinedRequirements(this.containers.map(({ image }) => image));
    this.architecture = architecture;
    this.processor = processor;
    this.containerCount = containers.length === 0 ? undefined : containers.length;
    const data = props.modelData?.bind(this);
    const others = additional.map((specification) => ({
      specification,
      bound: specification.containers.map((container) => bindContainer(this, container)),
    }));
    const validationRole = props.validationProfile && executionRole(this, props.validationRole, ['TransformJobs']);
    if (validationRole !== undefined) this.grantHost(validationRole);
    const resource = this.createResource(props, {
      ...describe(this, props, validationRole),
      ...source(props, containers, data),
      additionalInferenceSpecifications:
        others.length === 0
          ? undefined
          : others.map(({ specification, bound }) => renderAdditional(specification, bound)),
    });
    const all = [...containers, ...others.flatMap(({ bound }) => bound), ...(data === undefined ? [] : [data])];
    resource.node.addDependency(...all.flatMap(({ dependency }) => dependency ?? []));
    if (validationRole !== undefined) resource.node.addDependency(validationRole);
    // An own algorithm is named, not referenced.
    if (algorithm !== undefined) resource.node.addDependency(algorithm);
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

  public grantHost(grantee: iam.IGrantable, inferenceSpecificationName?: string): void {
    const chosen = this.additional.find(({ name }) => name === inferenceSpecificationName);
    (chosen?.containers ?? this.containers).forEach((container) => grantContainer(this, container, grantee));
    if (chosen === undefined) this.modelData?.bind(this, grantee);
  }

  private createResource(
    props: ModelPackageProps,
    definition: sagemaker.CfnModelPackageProps,
  ): sagemaker.CfnModelPackage {
    const { group, removalPolicy, revision } = props;
    if (group === undefined) {
      // What is changed in place is no reason for another name.
      const { customerMetadataProperties, ...replacing } = definition;
      const structure = (): unknown => ({ ...replacing, revision });
      const modelPackageName = hashedName(this, { prefix: props.modelPackageName, structure });
      const resource = new sagemaker.CfnModelPackage(this, 'Resource', {
        modelPackageName,
        customerMetadataProperties,
        ...replacing,
      });
      identifyBy(resource, structure);
      resource.applyRemovalPolicy(removalPolicy ?? RemovalPolicy.DESTROY);
      return resource;
    }
    const resource = new sagemaker.CfnModelPackage(this, 'Resource', {
      modelPackageGroupName: this.isOfThisAccount(group) ? group.modelPackageGroupName : group.modelPackageGroupArn,
      modelApprovalStatus: this.approvalStatus,
      approvalDescription: props.approvalDescription,
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

/** The containers as far as they are known here: those of an algorithm from AWS Marketplace are not. */
function containersOf({
  containers,
  image,
  algorithm,
  inference,
  modelData,
}: ModelPackageProps): ModelPackageContainer[] {
  const serving = image ?? algorithm?.specification?.images.inference;
  if (containers !== undefined) return containers;
  if (serving === undefined) return [];
  const environment = (inference ?? algorithm?.specification?.inference)?.environment;
  return [{ image: serving, modelData, environment }];
}

/** What is said of the package, whatever serves it. */
function describe(
  scope: Construct,
  props: ModelPackageProps,
  validationRole?: iam.IRole,
): sagemaker.CfnModelPackageProps {
  const { modelCard, metadata, metrics, driftCheckBaselines, validationProfile, encryptionKey } = props;
  return {
    modelPackageDescription: props.description,
    certifyForMarketplace: props.certifyForMarketplace,
    customerMetadataProperties: props.customerMetadata,
    metadataProperties: metadata,
    sourceUri: props.sourceUri,
    modelMetrics: metrics && renderMetrics(scope, metrics),
    driftCheckBaselines: driftCheckBaselines && renderBaselines(scope, driftCheckBaselines),
    domain: props.domain?.domain,
    task: props.task?.task,
    samplePayloadUrl: props.samplePayload?._bind(scope).s3Uri,
    modelCard: modelCard && { modelCardContent: modelCard.content, modelCardStatus: modelCard.status },
    skipModelValidation:
      props.skipModelValidation === undefined ? undefined : props.skipModelValidation ? 'All' : 'None',
    securityConfig: encryptionKey && { kmsKeyId: encryptionKey.keyArn },
    validationSpecification: validationProfile && validationRole && renderValidation(validationProfile, validationRole),
  };
}

function renderValidation(
  { profileName, transform }: ModelPackageValidationProfile,
  role: iam.IRole,
): sagemaker.CfnModelPackage.ValidationSpecificationProperty {
  const { input, output, resources, environment, batchStrategy, maxConcurrentTransforms, maxPayload } = transform;
  return {
    validationRole: role.roleArn,
    validationProfiles: [
      {
        profileName,
        transformJobDefinition: {
          transformInput: input._bind(role),
          transformOutput: output._bind(role),
          transformResources: resources._bind(role),
          batchStrategy,
          maxConcurrentTransforms,
          maxPayloadInMb: maxPayload?.toMebibytes(),
          environment,
        },
      },
    ],
  };
}

/**
 * A version says itself how it serves, which keeps it usable after the algorithm is gone. Only what is not known here (an
 * algorithm from AWS Marketplace), and an unversioned package of an algorithm, names the algorithm instead.
 */
function source(
  props: ModelPackageProps,
  containers: BoundPackageContainer[],
  data?: ModelDataConfig,
): sagemaker.CfnModelPackageProps {
  const { algorithm, group } = props;
  const inference = props.inference ?? algorithm?.specification?.inference;
  const isNamed = algorithm !== undefined && group === undefined;
  if (containers.length === 0 || inference === undefined || isNamed) {
    if (props.modelData?.uncompressed !== undefined) {
      throw new Error('Model data of a package that names an algorithm must be packed as a model.tar.gz.');
    }
    const algorithmName = algorithm && (algorithm.specification ? algorithm.algorithmName : algorithm.algorithmArn);
    return {
      sourceAlgorithmSpecification: {
        sourceAlgorithms: [{ algorithmName: algorithmName ?? '', modelDataUrl: data?.modelDataUrl }],
      },
    };
  }
  return {
    inferenceSpecification: {
      containers: containers.map(({ rendered }) => rendered),
      ...renderInferenceSpecification(inference),
    },
  };
}
