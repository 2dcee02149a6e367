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
import { requireUniqueName } from '../private/physical-name';
import { validateTags } from '../private/tags';
import { ValidationErrors } from '../private/validation';
import type { ModelApprovalStatus } from './model-package/model-approval-status';
import { grantSources } from './model-package/model-package-sources';
import { ModelPackageSharing, type ModelPackageSharingOptions } from './model-package-sharing';

/** A model package group: the registered versions of a model. */
export interface IModelPackageGroup extends IResource, sagemaker.IModelPackageGroupRef {
  /**
   * The ARN of the model package group.
   *
   * @attribute
   */
  readonly modelPackageGroupArn: string;

  /**
   * The name of the model package group.
   *
   * @attribute
   */
  readonly modelPackageGroupName: string;

  /**
   * Grants permission for actions on this group.
   *
   * @param grantee the principal to grant permission to
   * @param actions the actions, for example `sagemaker:DescribeModelPackageGroup`
   */
  grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant;

  /**
   * Grants permission to describe the group and its versions. A grantee in another account is added to the resource policy.
   *
   * @param grantee the principal to grant permission to
   */
  grantDescribe(grantee: iam.IGrantable): iam.Grant;

  /**
   * Grants permission to register versions. A grantee in another account is added to the resource policy.
   *
   * @param grantee the principal to grant permission to
   */
  grantRegister(grantee: iam.IGrantable): iam.Grant;

  /**
   * Grants permission to approve and reject versions. A grantee in another account is added to the resource policy.
   *
   * @param grantee the principal to grant permission to
   */
  grantApprove(grantee: iam.IGrantable): iam.Grant;

  /**
   * Grants permission to create models from versions. A grantee in another account is added to the resource policy.
   * Grant access to the images, model data and KMS keys of the versions separately.
   *
   * @param grantee the principal to grant permission to
   */
  grantCreateModel(grantee: iam.IGrantable): iam.Grant;

  /**
   * Creates an EventBridge rule that matches the registration of versions and changes of their approval status.
   *
   * @param id the construct ID of the rule
   * @param options approval status, target and rule options
   */
  onApprovalStatusChange(id: string, options?: ApprovalStatusChangeOptions): events.Rule;
}

/** Options for a rule on changes of the approval status. */
export interface ApprovalStatusChangeOptions extends events.OnEventOptions {
  /**
   * The new approval status.
   *
   * @default - any approval status
   */
  readonly approvalStatus?: ModelApprovalStatus;
}

/** Properties for defining a `ModelPackageGroup`. */
export interface ModelPackageGroupProps {
  /**
   * The name of the group, at most 63 letters, digits and hyphens.
   *
   * @default - derived from the construct path
   */
  readonly modelPackageGroupName?: string;

  /**
   * The description of the group, at most 1024 characters. SageMaker cannot update it: to change it, change the name too.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * The removal policy of the group. SageMaker deletes only groups without versions.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
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
   * Adds a statement to the resource policy of the group. The policy of an imported group cannot be changed.
   *
   * @param statement the policy statement
   */
  public abstract addToResourcePolicy(statement: iam.PolicyStatement): iam.AddToResourcePolicyResult;

  private grantOn(
    grantee: iam.IGrantable,
    actions: { readonly group: readonly string[]; readonly versions: readonly string[] },
  ): iam.Grant {
    const grantTo = (names: readonly string[], arn: string): iam.Grant =>
      iam.Grant.addToPrincipalOrResource({ grantee, actions: [...names], resourceArns: [arn], resource: this });
    const granted = grantTo(actions.group, this.literalArn('model-package-group')).combine(
      // The ARN of a version ends with its version number.
      grantTo(actions.versions, `${this.literalArn('model-package')}/*`),
    );
    if (actions.versions.includes(MODEL_PACKAGE_GROUP.list[0])) {
      // Identity policies are evaluated without a resource: the wildcard allows no more than a list of versions.
      iam.Grant.addToPrincipal({ grantee, actions: [...MODEL_PACKAGE_GROUP.list], resourceArns: ['*'] });
    }
    return granted;
  }

  /** An ARN without a reference to the group, because the resource policy of the group contains it. */
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
 * A model package group: the registered versions of a model in the model registry.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-models.html
 * @resource AWS::SageMaker::ModelPackageGroup
 *
 * @example
 * import { aws_events_targets as targets, aws_iam as iam, aws_sns as sns } from 'aws-cdk-lib';
 * import * as sagemaker from 'cdk-sagemaker-algorithm';
 *
 * declare const topic: sns.ITopic;
 *
 * const group = new sagemaker.ModelPackageGroup(this, 'Group', { modelPackageGroupName: 'churn' });
 * group.shareWith(new iam.AccountPrincipal('444455556666'));
 * group.onApprovalStatusChange('Approved', {
 *   approvalStatus: sagemaker.ModelApprovalStatus.APPROVED,
 *   target: new targets.SnsTopic(topic),
 * });
 */
export class ModelPackageGroup extends ModelPackageGroupBase {
  /**
   * Imports an existing model package group of this account and region by its name.
   *
   * @param scope the parent construct
   * @param id the construct ID
   * @param modelPackageGroupName the name of the group
   */
  public static fromModelPackageGroupName(
    scope: Construct,
    id: string,
    modelPackageGroupName: string,
  ): IModelPackageGroup {
    class Import extends ModelPackageGroupBase {
      public readonly modelPackageGroupName = modelPackageGroupName;
      public readonly modelPackageGroupArn = sagemakerArn(scope, 'model-package-group', modelPackageGroupName);
      public readonly addToResourcePolicy = refuseStatement;
    }
    return new Import(scope, id);
  }

  /**
   * Imports an existing model package group by its ARN. The group can belong to another account.
   *
   * @param scope the parent construct
   * @param id the construct ID
   * @param modelPackageGroupArn the ARN of the group
   */
  public static fromModelPackageGroupArn(
    scope: Construct,
    id: string,
    modelPackageGroupArn: string,
  ): IModelPackageGroup {
    const name = nameFromArn(modelPackageGroupArn, 'model-package-group');
    class Import extends ModelPackageGroupBase {
      public readonly modelPackageGroupArn = modelPackageGroupArn;
      public readonly modelPackageGroupName = name;
      public readonly addToResourcePolicy = refuseStatement;
    }
    return new Import(scope, id, { environmentFromArn: modelPackageGroupArn });
  }

  public readonly modelPackageGroupArn: string;
  public readonly modelPackageGroupName: string;
  private readonly policy = new iam.PolicyDocument();
  private readonly sharing = new ModelPackageSharing(this);

  constructor(scope: Construct, id: string, props: ModelPackageGroupProps = {}) {
    const errors = new ValidationErrors(`Model package group ${scope.node.path}/${id}`, 'model-packages');
    errors.requireTypes('ModelPackageGroupProps', props);
    super(scope, id, { physicalName: props.modelPackageGroupName });
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
    requireUniqueName(this, 'modelPackageGroupName', this.modelPackageGroupName);
    validateTags(this, resource);
    resource.applyRemovalPolicy(props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.modelPackageGroupArn = resource.attrModelPackageGroupArn;
  }

  /**
   * Shares the versions with another account or an organization, which can then create models from them and host them. One call grants all
   * that hosting requires: the versions in the resource policy of this group, and the images, model artifacts and KMS keys in the policies of
   * their repositories, buckets and keys. Those of the versions that this app registers are known: by a `ModelPackage` or a `TrainingWorkflow`
   * with this group. Specify those of other versions.
   *
   * The other account imports a version with `ModelPackage.fromModelPackageAttributes()`. A serverless variant requires an image of its own account.
   *
   * @param principal the other account or organization, for example `new AccountPrincipal('111122223333')` or
   * `new OrganizationPrincipal('o-a1b2c3d4e5')`
   * @param options the sources of versions that this app does not register
   * @throws an error if the principal is everyone, a service, or of this account. Permissions that this app cannot grant are an error at synthesis:
   * the policies of the repository of the CDK bootstrap stack, and of imported repositories, buckets and keys
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry-version.html
   */
  public shareWith(principal: iam.IPrincipal, options: ModelPackageSharingOptions = {}): void {
    this.sharing.add(principal, options, (grantee) => grantSources(this, options, grantee));
    this.grantCreateModel(principal);
  }

  /**
   * Adds a version whose sources are shared together with the group.
   *
   * @internal
   */
  public _register(grantHost: (grantee: iam.IGrantable) => void): void {
    this.sharing.register(grantHost);
  }

  public addToResourcePolicy(statement: iam.PolicyStatement): iam.AddToResourcePolicyResult {
    this.policy.addStatements(statement);
    return { statementAdded: true, policyDependable: this };
  }
}

/** Registers versions in a group of this app, so that what their hosting requires is shared together with the group. */
export function registerIn(group: IModelPackageGroup | undefined, grantHost: (grantee: iam.IGrantable) => void): void {
  if (group instanceof ModelPackageGroup) group._register(grantHost);
}

/** The resource policy of an imported group cannot be changed. */
function refuseStatement(): iam.AddToResourcePolicyResult {
  return { statementAdded: false };
}
