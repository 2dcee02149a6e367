import { type IResource, Resource, aws_iam as iam, aws_sagemaker as sagemaker } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkEnvironment } from '../algorithm/inference-specification';
import type { Architecture } from '../common/architecture';
import type { ModelData } from '../common/model-data';
import type { Processor } from '../common/processor';
import type { ContainerImage } from '../image/container-image';
import { nameFromArn, sagemakerArn } from '../private/arn';
import { executionRole } from '../private/execution-role';
import { identifyBy } from '../private/fingerprint';
import { checkPrefix, replaceableName } from '../private/physical-name';
import { Faults } from '../private/validation';
import type { IModelPackage } from '../registry/model-package';

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
}

/** The definition of a model. */
export interface ModelProps {
  /**
   * The package to host. Either this or `image`.
   *
   * @default - `image` is given
   */
  readonly modelPackage?: IModelPackage;

  /**
   * The image that serves. Either this or `modelPackage`.
   *
   * @default - `modelPackage` is given
   */
  readonly image?: ContainerImage;

  /**
   * The trained data, which the container finds in `/opt/ml/model`. Goes with `image`.
   *
   * @default - the image brings what it needs
   */
  readonly modelData?: ModelData;

  /**
   * Environment variables of the container, at most 100.
   *
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * The role that the container runs with. It is granted what the model needs.
   *
   * @default - a role that may do nothing but what the model needs
   */
  readonly role?: iam.IRole;

  /**
   * The start of the name, at most 52 letters, digits and hyphens, which a hash of the definition follows: a model can
   * only be replaced, and its replacement needs another name.
   *
   * @default - CloudFormation makes a name
   */
  readonly modelName?: string;
}

abstract class ModelBase extends Resource implements IModel {
  public abstract readonly modelArn: string;
  public abstract readonly modelName: string;
  public abstract readonly role?: iam.IRole;
  public abstract readonly architecture?: Architecture;
  public abstract readonly processor?: Processor;

  public get modelRef(): sagemaker.ModelReference {
    return { modelArn: this.modelArn };
  }

  public get grantPrincipal(): iam.IPrincipal {
    return this.role?.grantPrincipal ?? new iam.UnknownPrincipal({ resource: this });
  }
}

/**
 * A model: an image with its trained data, or a model package, and the role that it runs with.
 *
 * SageMaker cannot change a model, so CloudFormation names it: any change makes a new one.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html
 * @resource AWS::SageMaker::Model
 */
export class Model extends ModelBase {
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

  constructor(scope: Construct, id: string, props: ModelProps) {
    super(scope, id);
    checkModel(this, props);
    const role = executionRole(this, props.role, ['Endpoints', 'TransformJobs']);
    this.role = role;

    const { modelPackage, environment } = props;
    modelPackage?.grantHost(role);
    const image = props.image?.bind(this, role);
    const data = props.modelData?.bind(this, role);
    this.architecture = image?.architecture ?? modelPackage?.architecture;
    this.processor = image?.processor ?? modelPackage?.processor;

    const definition = {
      executionRoleArn: role.roleArn,
      primaryContainer: {
        image: image?.imageUri,
        modelDataUrl: data?.modelDataUrl,
        modelPackageName: modelPackage?.modelPackageArn,
        environment,
      },
    };
    const structure = (): unknown => definition;
    const resource = new sagemaker.CfnModel(this, 'Resource', {
      modelName: replaceableName(this, props.modelName, structure),
      ...definition,
    });
    identifyBy(resource, structure);
    // SageMaker reads image and data with the role when it creates the model: the whole policy must be there.
    resource.node.addDependency(role);
    if (data?.dependency !== undefined) resource.node.addDependency(data.dependency);
    this.modelArn = resource.attrModelArn;
    this.modelName = resource.attrModelName;
  }
}

function importModel(scope: Construct, id: string, names: { modelName: string; modelArn: string }): IModel {
  class Import extends ModelBase {
    public readonly modelName = names.modelName;
    public readonly modelArn = names.modelArn;
    public readonly role = undefined;
    public readonly architecture = undefined;
    public readonly processor = undefined;
  }
  return new Import(scope, id, { environmentFromArn: names.modelArn });
}

function checkModel(scope: Construct, { image, modelData, modelPackage, environment, modelName }: ModelProps): void {
  const faults = new Faults(`Model ${scope.node.path}`);
  checkPrefix(faults, 'modelName', modelName);
  faults.when(
    (image === undefined) === (modelPackage === undefined),
    'exactly one of `image` and `modelPackage` must be given',
  );
  faults.when(
    modelPackage !== undefined && modelData !== undefined,
    '`modelData` must not be given together with `modelPackage`, which brings its own',
  );
  checkEnvironment(faults, 'environment', environment);
  faults.throwIfAny();
}
