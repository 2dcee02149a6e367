import { type IResource, Resource, type aws_ec2 as ec2, aws_iam as iam, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Architecture } from '../../common/architecture';
import type { HostingFeatures } from '../../common/hosting-features';
import type { Processor } from '../../common/processor';
import { nameFromArn, sagemakerArn } from '../../private/arn';
import { executionRole } from '../../private/execution-role';
import { identifyBy } from '../../private/fingerprint';
import { combinedRequirements } from '../../image/image-compatibility';
import { optionalHashedName } from '../../private/physical-name';
import { vpcAccess } from '../../private/vpc-access';
import { type ContainerDefinition, bindContainer, imageOf, requirementsOf } from './container-definition';
import { checkModel } from './model-validation';
import type { ModelProps } from './model-props';

/** A model: what an endpoint or a batch transform job runs. */
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

  /**
   * The role that its containers run with.
   */
  readonly role?: iam.IRole;

  /** The instruction set that the image is built for, as far as it is known here. */
  readonly architecture?: Architecture;

  /** The kind of processor that the image computes on, as far as it is known here. */
  readonly processor?: Processor;

  /** What else decides where the model can be hosted, as far as it is known here. */
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
 * A model: images with their trained data, or model packages, and the role that they run with.
 *
 * SageMaker cannot change a model, so CloudFormation names it: any change makes a new one.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
 * @resource AWS::SageMaker::Model
 */
export class Model extends ModelBase implements ec2.IConnectable {
  /**
   * An existing model of this account and region.
   *
   * @param scope the parent
   * @param id the id of the construct
   * @param modelName its name
   */
  public static fromModelName(scope: Construct, id: string, modelName: string): IModel {
    return importModel(scope, id, { modelName, modelArn: sagemakerArn(scope, 'model', modelName) });
  }

  /**
   * An existing model, by its ARN.
   *
   * @param scope the parent
   * @param id the id of the construct
   * @param modelArn its ARN
   */
  public static fromModelArn(scope: Construct, id: string, modelArn: string): IModel {
    return importModel(scope, id, { modelName: nameFromArn(modelArn), modelArn });
  }

  public readonly modelArn: string;
  public readonly modelName: string;
  public readonly role?: iam.IRole;
  public readonly architecture?: Architecture;
  public readonly processor?: Processor;
  public readonly features?: HostingFeatures;
  private readonly vpcConnections?: ec2.Connections;

  constructor(scope: Construct, id: string, props: ModelProps) {
    super(scope, id);
    checkModel(this, props);
    const role = executionRole(this, props.role, ['Endpoints', 'TransformJobs']);
    this.role = role;
    const definitions = props.containers ?? [props];
    const containers = definitions.map((container) => bindContainer(this, container, role));
    const { architecture, processor } = combinedRequirements(definitions.map(requirementsOf));
    this.architecture = architecture;
    this.processor = processor;
    const access = props.vpc && vpcAccess(this, role, props.vpc, props.vpcSubnets, props.securityGroups);
    this.vpcConnections = access?.connections;
    this.features = featuresOf(props);

    const rendered = containers.map((container) => container.rendered);
    const definition = {
      executionRoleArn: role.roleArn,
      ...(props.containers === undefined ? { primaryContainer: rendered[0] } : { containers: rendered }),
      inferenceExecutionConfig: props.inferenceExecutionMode && { mode: props.inferenceExecutionMode },
      // Nothing is said where nothing is isolated.
      enableNetworkIsolation: this.features.hasNetworkIsolation || undefined,
      vpcConfig: access && { subnets: access.subnetIds, securityGroupIds: access.securityGroupIds },
    };
    const structure = (): unknown => definition;
    const resource = new sagemaker.CfnModel(this, 'Resource', {
      modelName: optionalHashedName(this, props.modelName, structure),
      ...definition,
    });
    identifyBy(resource, structure);
    // SageMaker reads image and data with the role when it creates the model: the whole policy must be there.
    resource.node.addDependency(role, ...containers.flatMap(({ dependency }) => dependency ?? []));
    this.modelArn = resource.attrModelArn;
    this.modelName = resource.attrModelName;
  }

  public get connections(): ec2.Connections {
    if (this.vpcConnections === undefined)
      throw new Error(`Model ${this.node.path} has no connections: give it a \`vpc\`.`);
    return this.vpcConnections;
  }
}

function featuresOf(props: ModelProps): HostingFeatures {
  const containers = props.containers ?? [props];
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
    usesPrivateRegistry: containers.some((container) => imageOf(container)?.usesPrivateRegistry === true),
  };
}

/** How many containers stand behind one definition, if that is known: a package may have several. */
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
