import {
  type IResource,
  Names,
  RemovalPolicy,
  Resource,
  aws_iam as iam,
  aws_sagemaker as sagemaker,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { nameFromArn, sagemakerArn } from '../private/arn';
import { Faults } from '../private/validation';

/** A group of model package versions: the history of one model. */
export interface IModelPackageGroup extends IResource, sagemaker.IModelPackageGroupRef {
  /**
   * The ARN of the group.
   *
   * @attribute
   */
  readonly modelPackageGroupArn: string;

  /**
   * The name of the group.
   *
   * @attribute
   */
  readonly modelPackageGroupName: string;

  /**
   * Grants rights on this group.
   *
   * @param grantee who is granted them
   * @param actions the rights, for example `sagemaker:DescribeModelPackageGroup`
   */
  grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant;
}

/** The definition of a model package group. */
export interface ModelPackageGroupProps {
  /**
   * The name of the group, at most 63 letters, digits and hyphens. People and pipelines register versions under it.
   *
   * @default - made of the construct's path
   */
  readonly modelPackageGroupName?: string;

  /**
   * What the model does, at most 1024 characters. SageMaker cannot change it: choose another name together with it.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * What becomes of the group when it leaves the stack. SageMaker deletes empty groups only.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE - the registry is the history; only a creation that fails is undone
   */
  readonly removalPolicy?: RemovalPolicy;
}

abstract class ModelPackageGroupBase extends Resource implements IModelPackageGroup {
  public abstract readonly modelPackageGroupArn: string;
  public abstract readonly modelPackageGroupName: string;

  public get modelPackageGroupRef(): sagemaker.ModelPackageGroupReference {
    return { modelPackageGroupArn: this.modelPackageGroupArn };
  }

  public grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [this.modelPackageGroupArn] });
  }
}

/**
 * A group of model package versions: the history of one model in the registry.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-models.html
 * @resource AWS::SageMaker::ModelPackageGroup
 */
export class ModelPackageGroup extends ModelPackageGroupBase {
  /**
   * An existing group of this account and region.
   *
   * @param scope the parent
   * @param id the id of the construct
   * @param modelPackageGroupName its name
   */
  public static fromModelPackageGroupName(
    scope: Construct,
    id: string,
    modelPackageGroupName: string,
  ): IModelPackageGroup {
    class Import extends ModelPackageGroupBase {
      public readonly modelPackageGroupName = modelPackageGroupName;
      public readonly modelPackageGroupArn = sagemakerArn(scope, 'model-package-group', modelPackageGroupName);
    }
    return new Import(scope, id);
  }

  /**
   * An existing group, perhaps of another account.
   *
   * @param scope the parent
   * @param id the id of the construct
   * @param modelPackageGroupArn its ARN
   */
  public static fromModelPackageGroupArn(
    scope: Construct,
    id: string,
    modelPackageGroupArn: string,
  ): IModelPackageGroup {
    class Import extends ModelPackageGroupBase {
      public readonly modelPackageGroupArn = modelPackageGroupArn;
      public readonly modelPackageGroupName = nameFromArn(modelPackageGroupArn);
    }
    return new Import(scope, id, { environmentFromArn: modelPackageGroupArn });
  }

  public readonly modelPackageGroupArn: string;
  public readonly modelPackageGroupName: string;

  constructor(scope: Construct, id: string, props: ModelPackageGroupProps = {}) {
    super(scope, id, { physicalName: props.modelPackageGroupName });
    const faults = new Faults(`Model package group ${this.node.path}`);
    faults.check('modelPackageGroupName', 'EntityName', props.modelPackageGroupName);
    faults.check('description', 'EntityDescription', props.description);
    faults.throwIfAny();

    this.modelPackageGroupName =
      props.modelPackageGroupName ?? Names.uniqueResourceName(this, { maxLength: 63, separator: '-' });
    const resource = new sagemaker.CfnModelPackageGroup(this, 'Resource', {
      modelPackageGroupName: this.modelPackageGroupName,
      modelPackageGroupDescription: props.description,
    });
    resource.applyRemovalPolicy(props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.modelPackageGroupArn = resource.attrModelPackageGroupArn;
  }
}
