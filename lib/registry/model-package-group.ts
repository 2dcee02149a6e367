import {
  type IResource,
  Lazy,
  Names,
  RemovalPolicy,
  Resource,
  Stack,
  aws_events as events,
  aws_iam as iam,
  aws_sagemaker as sagemaker,
} from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { lowerCase, nameFromArn, sagemakerArn } from '../private/arn';
import { MODEL_PACKAGE_GROUP } from '../private/grants';
import { ValidationErrors } from '../private/validation';
import type { ModelApprovalStatus } from './model-package/model-approval-status';

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

  /**
   * Grants the rights to see the group and its versions. Where the grantee is of another account, the group lets it in.
   *
   * @param grantee who is granted them
   */
  grantDescribe(grantee: iam.IGrantable): iam.Grant;

  /**
   * Grants the rights to register versions. Where the grantee is of another account, the group lets it in.
   *
   * @param grantee who is granted them
   */
  grantRegister(grantee: iam.IGrantable): iam.Grant;

  /**
   * Grants the right to approve and reject versions. Where the grantee is of another account, the group lets it in.
   *
   * @param grantee who is granted it
   */
  grantApprove(grantee: iam.IGrantable): iam.Grant;

  /**
   * Grants the rights to make models of versions. Where the grantee is of another account, the group lets it in. Images, data
   * and keys of the versions are granted where they are.
   *
   * @param grantee who is granted them
   */
  grantCreateModel(grantee: iam.IGrantable): iam.Grant;

  /**
   * What happens when versions of this group are approved, rejected, or registered.
   *
   * @param id the id of the rule
   * @param options which status, target and description
   */
  onApprovalStatusChange(id: string, options?: ApprovalStatusChangeOptions): events.Rule;
}

/** Which changes of status are meant, and what happens then. */
export interface ApprovalStatusChangeOptions extends events.OnEventOptions {
  /**
   * The status that versions have got.
   *
   * @default - any
   */
  readonly approvalStatus?: ModelApprovalStatus;
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

  public grantDescribe(grantee: iam.IGrantable): iam.Grant {
    return this.grantOn(grantee, MODEL_PACKAGE_GROUP.describe);
  }

  public grantRegister(grantee: iam.IGrantable): iam.Grant {
    return this.grantOn(grantee, MODEL_PACKAGE_GROUP.register);
  }

  public grantApprove(grantee: iam.IGrantable): iam.Grant {
    return this.grantOn(grantee, MODEL_PACKAGE_GROUP.approve);
  }

  public grantCreateModel(grantee: iam.IGrantable): iam.Grant {
    return this.grantOn(grantee, MODEL_PACKAGE_GROUP.createModel);
  }

  public onApprovalStatusChange(id: string, options: ApprovalStatusChangeOptions = {}): events.Rule {
    const { approvalStatus, ...rest } = options;
    const rule = new events.Rule(this, id, rest);
    rule.addTarget(options.target);
    rule.addEventPattern({
      source: ['aws.sagemaker'],
      detailType: ['SageMaker Model Package State Change'],
      detail: {
        ModelPackageGroupName: [this.modelPackageGroupName],
        ...(approvalStatus === undefined ? {} : { ModelApprovalStatus: [approvalStatus] }),
      },
    });
    return rule;
  }

  /**
   * Adds to the policy by which the group lets other accounts in. The policy of an imported group cannot be added to.
   *
   * @param statement what is allowed
   */
  public abstract addToResourcePolicy(statement: iam.PolicyStatement): iam.AddToResourcePolicyResult;

  private grantOn(
    grantee: iam.IGrantable,
    actions: { readonly group: readonly string[]; readonly versions: readonly string[] },
  ): iam.Grant {
    const grantTo = (names: readonly string[], arn: string): iam.Grant =>
      iam.Grant.addToPrincipalOrResource({ grantee, actions: [...names], resourceArns: [arn], resource: this });
    return grantTo(actions.group, this.literalArn('model-package-group')).combine(
      // What follows the group is the numbers of its versions.
      grantTo(actions.versions, `${this.literalArn('model-package')}/*`),
    );
  }

  /** An ARN that does not reference the group: it stands in the group's own policy. */
  private literalArn(resource: string): string {
    const { account, region } = this.env;
    return Stack.of(this).formatArn({
      service: 'sagemaker',
      account,
      region,
      resource,
      resourceName: lowerCase(this.modelPackageGroupName),
    });
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
      public readonly addToResourcePolicy = notAdded;
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
      public readonly addToResourcePolicy = notAdded;
    }
    return new Import(scope, id, { environmentFromArn: modelPackageGroupArn });
  }

  public readonly modelPackageGroupArn: string;
  public readonly modelPackageGroupName: string;
  private readonly policy = new iam.PolicyDocument();

  constructor(scope: Construct, id: string, props: ModelPackageGroupProps = {}) {
    super(scope, id, { physicalName: props.modelPackageGroupName });
    const errors = new ValidationErrors(`Model package group ${this.node.path}`);
    errors.check('modelPackageGroupName', 'EntityName', props.modelPackageGroupName);
    errors.check('description', 'EntityDescription', props.description);
    errors.throwIfAny();

    this.modelPackageGroupName =
      props.modelPackageGroupName ?? Names.uniqueResourceName(this, { maxLength: 63, separator: '-' });
    const resource = new sagemaker.CfnModelPackageGroup(this, 'Resource', {
      modelPackageGroupName: this.modelPackageGroupName,
      modelPackageGroupDescription: props.description,
      modelPackageGroupPolicy: Lazy.any({ produce: () => (this.policy.isEmpty ? undefined : this.policy) }),
    });
    resource.applyRemovalPolicy(props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.modelPackageGroupArn = resource.attrModelPackageGroupArn;
  }

  public addToResourcePolicy(statement: iam.PolicyStatement): iam.AddToResourcePolicyResult {
    this.policy.addStatements(statement);
    return { statementAdded: true, policyDependable: this };
  }
}

function notAdded(): iam.AddToResourcePolicyResult {
  return { statementAdded: false };
}
