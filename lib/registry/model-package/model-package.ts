import {
  CfnDeletionPolicy,
  RemovalPolicy,
  type aws_iam as iam,
  aws_sagemaker as sagemaker,
  type aws_ssm as ssm,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { SupportedInstanceTypes } from '../../algorithm/inference-specification';
import type { Architecture } from '../../common/architecture';
import type { Processor } from '../../common/processor';
import { executionRole } from '../../private/execution-role';
import { identifyBy } from '../../private/fingerprint';
import { combinedRequirements } from '../../image/image-compatibility';
import { hashedName } from '../../private/physical-name';
import { publish, publishedValue } from '../../private/parameter';
import { validateTags } from '../../private/tags';
import { grantDecrypt } from '../../private/unapplied-grant';
import { ValidationErrors } from '../../private/validation';
import { type AdditionalInferenceSpecification, renderAdditional } from './additional-inference-specification';
import { ModelApprovalStatus } from './model-approval-status';
import { type ModelPackageContainer, bindContainer, grantContainer } from './model-package-container';
import { type IModelPackage, ModelPackageBase } from './model-package-base';
import { registerIn } from '../model-package-group';
import {
  containersOf,
  groupReference,
  metadataWithCommit,
  renderDescription,
  renderSource,
  supportedInstanceTypes,
} from './model-package-rendering';
import { type ModelPackageSources, grantSources } from './model-package-sources';
import { checkModelPackage } from './model-package-validation';
import type { ModelPackageProps } from './model-package-props';
import { type IReleasedModelPackage, newReleasedModelPackage } from './released-model-package';
import type { ReleasedModelPackageOptions } from './released-model-package-options';

/** Attributes of an existing model package. */
export interface ModelPackageAttributes extends ModelPackageSources {
  /** The ARN of the model package. The ARN of a version includes its version number. */
  readonly modelPackageArn: string;

  /**
   * Whether the package is a product from AWS Marketplace. Models of such a package require network isolation, and some
   * hosting features do not support them.
   *
   * @default - unknown
   */
  readonly isMarketplaceProduct?: boolean;

  /**
   * The approval status of the version.
   *
   * @default - unknown
   */
  readonly approvalStatus?: ModelApprovalStatus;

  /**
   * The CPU architecture of the images.
   *
   * @default - the architecture of `images`, if known
   */
  readonly architecture?: Architecture;

  /**
   * The type of processor that the images require.
   *
   * @default - the processor of `images`, if known
   */
  readonly processor?: Processor;

  /**
   * The number of containers.
   *
   * @default - unknown
   */
  readonly containerCount?: number;
}

/**
 * A SageMaker model package: inference images and model data, registered as a version of a model package group or as an
 * unversioned package.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry.html
 * @resource AWS::SageMaker::ModelPackage
 *
 * @example
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const algorithm: sagemaker.Algorithm;
 * declare const job: sagemaker.TrainingJob;
 *
 * new sagemaker.ModelPackage(this, 'Version', {
 *   group: new sagemaker.ModelPackageGroup(this, 'Group'),
 *   algorithm,
 *   modelData: job.modelData,
 *   approvalStatus: sagemaker.ModelApprovalStatus.APPROVED,
 * });
 */
export class ModelPackage extends ModelPackageBase {
  /**
   * Imports an existing model package by its ARN. Grant the execution role of a model that hosts it permission to
   * access its images and model data.
   *
   * @param scope the parent construct
   * @param id the construct ID
   * @param modelPackageArn the ARN of the model package; that of a version includes its version number
   */
  public static fromModelPackageArn(scope: Construct, id: string, modelPackageArn: string): IModelPackage {
    return ModelPackage.fromModelPackageAttributes(scope, id, { modelPackageArn });
  }

  /**
   * Imports an existing model package by its attributes, for example a version of another account. The execution role of a model that hosts
   * it is granted permission to access the `images` or `repositories`, `modelData` and `encryptionKeys` that are specified.
   *
   * @param scope the parent construct
   * @param id the construct ID
   * @param attrs the attributes of the model package
   */
  public static fromModelPackageAttributes(scope: Construct, id: string, attrs: ModelPackageAttributes): IModelPackage {
    const errors = new ValidationErrors(`Model package ${id}`, 'model-packages');
    errors.check('modelPackageArn', 'ModelPackageArn', attrs.modelPackageArn);
    errors.throwIfAny();
    const known = combinedRequirements(attrs.images ?? []);
    class Import extends ModelPackageBase {
      public readonly modelPackageArn = attrs.modelPackageArn;
      public readonly architecture = attrs.architecture ?? known.architecture;
      public readonly processor = attrs.processor ?? known.processor;
      public readonly approvalStatus = attrs.approvalStatus;
      public readonly containerCount = attrs.containerCount;
      public readonly isMarketplaceProduct = attrs.isMarketplaceProduct;
      public grantHost(grantee: iam.IGrantable): void {
        grantSources(this, attrs, grantee);
      }
    }
    return new Import(scope, id, { environmentFromArn: attrs.modelPackageArn });
  }

  /**
   * Imports a model package that was published with `publish()`. The parameter is read at deployment. Grant the
   * execution role of a model that hosts the package permission to access its images and model data.
   *
   * @param scope the parent construct
   * @param id the construct ID
   * @param parameterName the name of the SSM parameter
   */
  public static fromParameter(scope: Construct, id: string, parameterName: string): IModelPackage {
    return ModelPackage.fromModelPackageArn(scope, id, publishedValue(scope, parameterName));
  }

  /**
   * Uses the model package whose ARN is stored in an SSM parameter of the same account and region. CloudFormation reads the parameter at
   * each update of the stack, so that an update with an unchanged template releases another version.
   *
   * While the value of the parameter is `none`, the models, endpoint configurations, endpoints and inference components that use the
   * package do not exist. Names and ARNs of endpoints are plain strings: outputs, permissions, metrics and alarms can use them before the first
   * release. Any other reference to these resources is an error at synthesis. The parameter must exist when the stack is created.
   *
   * @param scope the parent construct, which is not in a nested stack
   * @param id the construct ID
   * @param parameterName the name of the SSM parameter, for example `/churn/deployed`; not a token
   * @param options the properties that all versions have
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html
   */
  public static fromReleaseParameter(
    scope: Construct,
    id: string,
    parameterName: string,
    options: ReleasedModelPackageOptions = {},
  ): IReleasedModelPackage {
    return newReleasedModelPackage(scope, id, parameterName, options);
  }

  public readonly modelPackageArn: string;
  public readonly architecture?: Architecture;
  public readonly processor?: Processor;

  /** The approval status of the version; undefined for an unversioned package. */
  public readonly approvalStatus?: ModelApprovalStatus;
  public readonly containerCount?: number;
  public readonly isMarketplaceProduct?: boolean;

  /** The names of the additional inference specifications. */
  public readonly inferenceSpecificationNames: string[];

  private readonly props: ModelPackageProps;
  private readonly containers: ModelPackageContainer[];

  constructor(scope: Construct, id: string, props: ModelPackageProps) {
    super(scope, id);
    checkModelPackage(this, props);
    this.props = props;
    const { algorithm, additionalInferenceSpecifications: additionalSpecifications = [] } = props;
    this.containers = containersOf(props);
    this.inferenceSpecificationNames = additionalSpecifications.map(({ name }) => name);
    this.approvalStatus = props.group && (props.approvalStatus ?? ModelApprovalStatus.PENDING_MANUAL_APPROVAL);
    this.isMarketplaceProduct = algorithm?.isMarketplaceProduct;

    const containers = this.containers.map((container) => bindContainer(this, container));
    const { architecture, processor } = combinedRequirements(this.containers.map(({ image }) => image));
    this.architecture = architecture;
    this.processor = processor;
    this.containerCount = containers.length === 0 ? undefined : containers.length;
    const data = props.modelData?.bind(this);
    const additional = additionalSpecifications.map((specification) => ({
      specification,
      bound: specification.containers.map((container) => bindContainer(this, container)),
    }));
    const validationRole = props.validationProfile && executionRole(this, props.validationRole, ['TransformJobs']);
    if (validationRole !== undefined) this.grantHost(validationRole);
    const resource = this.createResource(props, {
      ...renderDescription(this, props, validationRole),
      ...renderSource(props, containers, data),
      additionalInferenceSpecifications:
        additional.length === 0
          ? undefined
          : additional.map(({ specification, bound }) => renderAdditional(specification, bound)),
    });
    const all = [...containers, ...additional.flatMap(({ bound }) => bound), ...(data === undefined ? [] : [data])];
    resource.node.addDependency(...all.flatMap(({ dependency }) => dependency ?? []));
    if (validationRole !== undefined) resource.node.addDependency(validationRole);
    // An algorithm of this app is referred to by a literal name, which implies no dependency.
    if (algorithm !== undefined) resource.node.addDependency(algorithm);
    const specifications = [undefined, ...this.inferenceSpecificationNames];
    registerIn(props.group, (grantee) => {
      specifications.forEach((name) => this.grantHost(grantee, name));
      // A model is created from the description of the version, which the key encrypts.
      if (props.encryptionKey !== undefined) grantDecrypt(props.encryptionKey, grantee);
    });
    this.modelPackageArn = resource.attrModelPackageArn;
  }

  /**
   * Publishes the ARN of the package to other stacks in an SSM parameter. Unlike a CloudFormation export, the parameter can
   * change while other stacks use it.
   *
   * @param parameterName the name of the SSM parameter, for example `/churn/package`
   */
  public publish(parameterName: string): ssm.StringParameter {
    return publish(this, parameterName, this.modelPackageArn);
  }

  public grantHost(grantee: iam.IGrantable, inferenceSpecificationName?: string): void {
    this._containersOf(inferenceSpecificationName).forEach((container) => grantContainer(this, container, grantee));
    if (this.additional(inferenceSpecificationName) === undefined) this.props.modelData?.bind(this, grantee);
  }

  /**
   * The containers of a model that hosts the package, as far as they are known.
   *
   * @internal
   */
  public _containersOf(inferenceSpecificationName?: string): ModelPackageContainer[] {
    return this.additional(inferenceSpecificationName)?.containers ?? this.containers;
  }

  /**
   * The instance types that a model that hosts the package supports.
   *
   * @internal
   */
  public _instanceTypesOf(inferenceSpecificationName?: string): SupportedInstanceTypes {
    return supportedInstanceTypes(this, this.props, inferenceSpecificationName);
  }

  private additional(name?: string): AdditionalInferenceSpecification | undefined {
    return this.props.additionalInferenceSpecifications?.find((specification) => specification.name === name);
  }

  private createResource(
    props: ModelPackageProps,
    definition: sagemaker.CfnModelPackageProps,
  ): sagemaker.CfnModelPackage {
    const { group, removalPolicy, revision } = props;
    if (group === undefined) {
      // Properties that can be updated without replacement are not part of the name.
      const { customerMetadataProperties, ...replacing } = definition;
      const structure = (): unknown => ({ ...replacing, revision });
      const modelPackageName = hashedName(this, { prefix: props.modelPackageName, structure });
      const resource = new sagemaker.CfnModelPackage(this, 'Resource', {
        modelPackageName,
        customerMetadataProperties: metadataWithCommit(props),
        ...replacing,
      });
      identifyBy(resource, structure);
      validateTags(this, resource);
      resource.applyRemovalPolicy(removalPolicy ?? RemovalPolicy.DESTROY);
      return resource;
    }
    const resource = new sagemaker.CfnModelPackage(this, 'Resource', {
      modelPackageGroupName: groupReference(this, group),
      modelApprovalStatus: this.approvalStatus,
      approvalDescription: props.approvalDescription,
      ...definition,
      customerMetadataProperties: metadataWithCommit(props),
    });
    identifyBy(resource, () => definition);
    resource.node.addDependency(group);
    // SageMaker rejects tags on versions, but Tags.of() of the stack or the app applies to every resource.
    resource.addPropertyDeletionOverride('Tags');
    resource.applyRemovalPolicy(removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, {
      applyToUpdateReplacePolicy: false,
    });
    resource.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    return resource;
  }
}
