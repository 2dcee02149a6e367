import { type IResource, Resource, type aws_ec2 as ec2, aws_iam as iam, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { type SupportedInstanceTypes, unsupportedInstanceType } from '../../algorithm/inference-specification';
import type { Architecture } from '../../common/architecture';
import type { InstanceType } from '../../common/instance-type';
import type { ContainerImage } from '../../image/container-image';
import type { HostingFeatures } from '../../common/hosting-features';
import type { Processor } from '../../common/processor';
import { nameFromArn, sagemakerArn } from '../../private/arn';
import { isInOtherAccount } from '../../private/environment';
import { executionRole } from '../../private/execution-role';
import { identifyBy } from '../../private/fingerprint';
import { combinedRequirements } from '../../image/image-compatibility';
import { optionalHashedName } from '../../private/physical-name';
import { applyReleaseCondition, recordReleaseCondition, releaseConditionOf } from '../../private/release-condition';
import { RuleError } from '../../private/rules';
import { validateTags } from '../../private/tags';
import { checkRegistryAccess, vpcAccess } from '../../private/vpc-access';
import {
  type ContainerDefinition,
  bindContainer,
  contentsOf,
  ownPackageOf,
  requirementsOf,
} from './container-definition';
import { checkModel } from './model-validation';
import type { ModelProps } from './model-props';

/** A SageMaker model, which an endpoint or a batch transform job runs. */
export interface IModel extends IResource, iam.IGrantable, sagemaker.IModelRef {
  /**
   * The ARN of the model.
   *
   * @attribute
   */
  readonly modelArn: string;

  /**
   * The name of the model.
   *
   * @attribute
   */
  readonly modelName: string;

  /** The execution role of the model. */
  readonly role?: iam.IRole;

  /** The CPU architecture of the image, if known. */
  readonly architecture?: Architecture;

  /** The type of processor that the image requires, if known. */
  readonly processor?: Processor;

  /** The features of the model that restrict where it can be hosted, if known. */
  readonly features?: HostingFeatures;
}

abstract class ModelBase extends Resource implements IModel {
  public abstract readonly modelArn: string;
  public abstract readonly modelName: string;
  public abstract readonly role?: iam.IRole;
  public abstract readonly architecture?: Architecture;
  public abstract readonly processor?: Processor;
  public abstract readonly features?: HostingFeatures;

  public get modelRef(): sagemaker.ModelReference {
    return { modelArn: this.modelArn };
  }

  public get grantPrincipal(): iam.IPrincipal {
    return this.role?.grantPrincipal ?? new iam.UnknownPrincipal({ resource: this });
  }
}

/**
 * A SageMaker model: inference images with their model data, or model packages, and an execution role.
 *
 * A model is immutable: every change except of its tags replaces it. Its name is therefore generated.
 *
 * A model of `ModelPackage.fromReleaseParameter()` only exists while a version is released.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
 * @resource AWS::SageMaker::Model
 *
 * @example
 * import { aws_s3 as s3 } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const bucket: s3.IBucket;
 *
 * new sagemaker.Model(this, 'Model', {
 *   image: sagemaker.ContainerImage.fromAsset('container', { target: 'inference' }),
 *   modelData: sagemaker.ModelData.fromObject(bucket, 'churn/model.tar.gz'),
 * });
 */
export class Model extends ModelBase implements ec2.IConnectable {
  /**
   * Imports an existing model of this account and region by its name.
   *
   * @param scope the parent construct
   * @param id the construct ID
   * @param modelName the name of the model
   */
  public static fromModelName(scope: Construct, id: string, modelName: string): IModel {
    return importModel(scope, id, { modelName, modelArn: sagemakerArn(scope, 'model', modelName) });
  }

  /**
   * Imports an existing model by its ARN.
   *
   * @param scope the parent construct
   * @param id the construct ID
   * @param modelArn the ARN of the model
   */
  public static fromModelArn(scope: Construct, id: string, modelArn: string): IModel {
    return importModel(scope, id, { modelName: nameFromArn(modelArn, 'model'), modelArn });
  }

  public readonly modelName: string;
  public readonly role?: iam.IRole;
  public readonly architecture?: Architecture;
  public readonly processor?: Processor;
  public readonly features?: HostingFeatures;

  /**
   * The images of the containers, as far as they are known.
   *
   * @internal
   */
  public readonly _images: ContainerImage[];

  /**
   * The ARNs of the model packages of the containers.
   *
   * @internal
   */
  public readonly _modelPackageArns: string[];

  /**
   * The instance types that the model packages of the containers support, as far as they are known.
   *
   * @internal
   */
  public readonly _supportedInstanceTypes: SupportedInstanceTypes[];
  private readonly vpcConnections?: ec2.Connections;
  private readonly resource: sagemaker.CfnModel;

  constructor(scope: Construct, id: string, props: ModelProps) {
    super(scope, id);
    checkModel(this, props);
    const role = executionRole(this, props.role, ['Endpoints', 'TransformJobs']);
    this.role = role;
    const definitions = props.containers ?? [props];
    this._images = imagesOf(definitions);
    this._modelPackageArns = definitions.flatMap(({ modelPackage }) => modelPackage?.modelPackageArn ?? []);
    this._supportedInstanceTypes = definitions.flatMap(
      (container) => ownPackageOf(container)?._instanceTypesOf(container.inferenceSpecificationName) ?? [],
    );
    const containers = definitions.map((container, index) => bindContainer(this, container, role, index));
    const { architecture, processor } = combinedRequirements(definitions.map(requirementsOf));
    this.architecture = architecture;
    this.processor = processor;
    const access = props.vpc && vpcAccess(this, role, props.vpc, props.vpcSubnets, props.securityGroups);
    if (access !== undefined && containers.some(({ needsCredentials }) => needsCredentials)) {
      checkRegistryAccess(this, access);
    }
    this.vpcConnections = access?.connections;
    this.features = featuresOf(this, props);

    const rendered = containers.map((container) => container.rendered);
    const definition = {
      executionRoleArn: role.roleArn,
      ...(props.containers === undefined ? { primaryContainer: rendered[0] } : { containers: rendered }),
      inferenceExecutionConfig: props.inferenceExecutionMode && { mode: props.inferenceExecutionMode },
      // The property is omitted unless it is true.
      enableNetworkIsolation: this.features.hasNetworkIsolation || undefined,
      vpcConfig: access && { subnets: access.subnetIds, securityGroupIds: access.securityGroupIds },
    };
    const structure = (): unknown => definition;
    const resource = new sagemaker.CfnModel(this, 'Resource', {
      modelName: optionalHashedName(this, props.modelName, structure),
      ...definition,
    });
    identifyBy(resource, structure);
    validateTags(this, resource);
    const condition = releaseConditionOf(...definitions.map(({ modelPackage }) => modelPackage));
    applyReleaseCondition(resource, condition);
    recordReleaseCondition(this, condition);
    // SageMaker accesses images and model data with the role when it creates the model, so that its policies must exist.
    resource.node.addDependency(role, ...containers.flatMap(({ dependency }) => dependency ?? []));
    this.resource = resource;
    this.modelName = resource.attrModelName;
  }

  public get modelArn(): string {
    return this.resource.attrModelArn;
  }

  /** The network connections of the containers. Requires a `vpc`. */
  public get connections(): ec2.Connections {
    if (this.vpcConnections === undefined)
      throw new RuleError(
        'all-stages',
        `Model ${this.node.path} has no connections because it is not in a VPC. Specify \`vpc\`.`,
      );
    return this.vpcConnections;
  }
}

/** Records an instance type that runs a model: the architecture of its images is verified at deployment. */
export function recordInstanceType(model: IModel | undefined, type: InstanceType): void {
  if (model instanceof Model) model._images.forEach((image) => image._runsOn(type));
}

/** The reasons why the model packages of a model do not support an instance type, as far as they are known. */
export function unsupportedByPackages(
  model: IModel | undefined,
  property: 'realtimeInstanceTypes' | 'transformInstanceTypes',
  type: InstanceType,
): string[] {
  if (!(model instanceof Model)) return [];
  return model._supportedInstanceTypes.flatMap((types) => unsupportedInstanceType(types, property, type) ?? []);
}

function featuresOf(scope: Construct, props: ModelProps): HostingFeatures {
  const containers = props.containers ?? [props];
  const images = imagesOf(containers);
  const counts = containers.map(containerCount);
  const isMarketplaceProduct = containers.some(({ modelPackage }) => modelPackage?.isMarketplaceProduct === true);
  return {
    containerCount: counts.every((count) => count !== undefined)
      ? counts.reduce((sum, count) => sum + count, 0)
      : undefined,
    isMultiModel: containers.some(({ multiModel }) => multiModel !== undefined),
    isMarketplaceProduct,
    hasNetworkIsolation: props.networkIsolation ?? isMarketplaceProduct,
    hasVpc: props.vpc !== undefined,
    usesPrivateRegistry: images.some(({ usesPrivateRegistry }) => usesPrivateRegistry),
    usesImageOfOtherAccount: images.some(
      ({ isProvidedByAws, registryAccount }) => !isProvidedByAws && isInOtherAccount(scope, registryAccount),
    ),
    hasUncompressedModelData: containers
      .filter(({ multiModel }) => multiModel === undefined)
      .some((container) => contentsOf(container).some(({ modelData }) => modelData?.uncompressed !== undefined)),
  };
}

function imagesOf(containers: ContainerDefinition[]): ContainerImage[] {
  return containers.flatMap(contentsOf).flatMap(({ image }) => image ?? []);
}

/** The number of containers of a definition, if known: a model package can have several. */
function containerCount({ modelPackage, inferenceSpecificationName }: ContainerDefinition): number | undefined {
  if (modelPackage === undefined) return 1;
  return inferenceSpecificationName === undefined ? modelPackage.containerCount : undefined;
}

function importModel(scope: Construct, id: string, names: { modelName: string; modelArn: string }): IModel {
  class Import extends ModelBase {
    public readonly modelName = names.modelName;
    public readonly modelArn = names.modelArn;
    public readonly role = undefined;
    public readonly architecture = undefined;
    public readonly processor = undefined;
    public readonly features = undefined;
  }
  return new Import(scope, id, { environmentFromArn: names.modelArn });
}
