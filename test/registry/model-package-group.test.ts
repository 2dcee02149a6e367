import { aws_events_targets as targets, aws_iam as iam, aws_sns as sns, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IModelPackageGroup, ModelApprovalStatus, ModelPackageGroup } from '../../lib';
import { GROUP } from '../features';
import { arn } from '../hosting-fixtures';
import { ACCOUNT, errorOf, newStack, onlyResource, placedStack, REGION, statementsOf } from '../stacks';

const GROUP_ARN = arn(`:sagemaker:${REGION}:${ACCOUNT}:model-package-group/churn`);
const VERSIONS = arn(`:sagemaker:${REGION}:${ACCOUNT}:model-package/churn/*`);
const OTHER_ACCOUNT = '444455556666';

function template(stack: Stack): Record<string, unknown> {
  return Object.values(Template.fromStack(stack).findResources(GROUP))[0];
}

function newGroup(stack: Stack): ModelPackageGroup {
  return new ModelPackageGroup(stack, 'Group', { modelPackageGroupName: 'Churn' });
}

type Grant = (group: IModelPackageGroup, grantee: iam.IGrantable) => iam.Grant;

const GRANTS: [string, Grant, string | string[], string[]][] = [
  [
    'describe versions',
    (group, grantee) => group.grantDescribe(grantee),
    'sagemaker:DescribeModelPackageGroup',
    ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'],
  ],
  [
    'register versions',
    (group, grantee) => group.grantRegister(grantee),
    ['sagemaker:DescribeModelPackageGroup', 'sagemaker:CreateModelPackage'],
    ['sagemaker:CreateModelPackage', 'sagemaker:DescribeModelPackage'],
  ],
  [
    'approve versions',
    (group, grantee) => group.grantApprove(grantee),
    'sagemaker:DescribeModelPackageGroup',
    ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages', 'sagemaker:UpdateModelPackage'],
  ],
  [
    'create models from versions',
    (group, grantee) => group.grantCreateModel(grantee),
    'sagemaker:DescribeModelPackageGroup',
    ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages', 'sagemaker:CreateModel'],
  ],
];

describe('Model package group', () => {
  test('has a name derived from its path, and is retained', () => {
    const stack = newStack();
    new ModelPackageGroup(stack, 'Group');
    expect(template(stack)).toMatchObject({
      Properties: { ModelPackageGroupName: expect.stringMatching(/^Stack-Group-[A-F0-9]{8}$/) as unknown },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('has the specified name, description and removal policy', () => {
    const stack = newStack();
    new ModelPackageGroup(stack, 'Group', {
      modelPackageGroupName: 'churn',
      description: 'All of them',
      removalPolicy: RemovalPolicy.DESTROY,
    });
    expect(template(stack)).toMatchObject({
      Properties: { ModelPackageGroupName: 'churn', ModelPackageGroupDescription: 'All of them' },
      DeletionPolicy: 'Delete',
    });
  });

  test('rejects an invalid name and description', () => {
    const props = { modelPackageGroupName: 'a b', description: 'x'.repeat(1025) };
    expect(errorOf(() => new ModelPackageGroup(newStack(), 'Group', props))).toContain('has 2 validation errors');
  });

  test.each<[string, ModelApprovalStatus | undefined, object]>([
    ['any status', undefined, { ModelPackageGroupName: ['Churn'] }],
    ['approved', ModelApprovalStatus.APPROVED, { ModelPackageGroupName: ['Churn'], ModelApprovalStatus: ['Approved'] }],
  ])('has a rule on changes of the approval status to %s', (_, approvalStatus, detail) => {
    const stack = newStack();
    const topic = new sns.Topic(stack, 'Topic');
    newGroup(stack).onApprovalStatusChange('Changed', { approvalStatus, target: new targets.SnsTopic(topic) });
    expect(onlyResource(stack, 'AWS::Events::Rule')).toMatchObject({
      EventPattern: {
        source: ['aws.sagemaker'],
        'detail-type': ['SageMaker Model Package State Change'],
        detail,
      },
      Targets: [{ Arn: { Ref: expect.any(String) as unknown } }],
    });
  });
});

const LIST = 'sagemaker:ListModelPackages';

describe('A grantee of a model package group', () => {
  test('is granted actions on the group only', () => {
    const stack = placedStack();
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com') });
    ModelPackageGroup.fromModelPackageGroupName(stack, 'Group', 'Churn').grant(
      role,
      'sagemaker:DescribeModelPackageGroup',
    );
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: 'sagemaker:DescribeModelPackageGroup',
            Resource: GROUP_ARN,
          },
        ],
      },
    });
  });

  test.each(GRANTS)('can %s in the same account through its identity policy only', (_, grant, ofGroup, ofVersions) => {
    const stack = placedStack();
    const role = new iam.Role(stack, 'User', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    grant(newGroup(stack), role);
    expect(statementsOf(stack, 'User')).toEqual([
      { Effect: 'Allow', Action: ofGroup, Resource: GROUP_ARN },
      { Effect: 'Allow', Action: ofVersions, Resource: VERSIONS },
      // Identity policies are evaluated without a resource for this action.
      ...(ofVersions.includes(LIST) ? [{ Effect: 'Allow', Action: LIST, Resource: '*' }] : []),
    ]);
    expect(onlyResource(stack, GROUP)).not.toHaveProperty('ModelPackageGroupPolicy');
  });

  test.each(GRANTS)('can %s in another account through the resource policy', (_, grant, ofGroup, ofVersions) => {
    const stack = placedStack();
    grant(newGroup(stack), new iam.AccountPrincipal(OTHER_ACCOUNT));
    const principal = { AWS: arn(`:iam::${OTHER_ACCOUNT}:root`) };
    expect(onlyResource(stack, GROUP).ModelPackageGroupPolicy).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: principal, Action: ofGroup, Resource: GROUP_ARN },
        { Effect: 'Allow', Principal: principal, Action: ofVersions, Resource: VERSIONS },
      ],
    });
  });

  test('has the permissions of statements that are added to the resource policy', () => {
    const stack = placedStack();
    const statement = new iam.PolicyStatement({
      actions: ['sagemaker:DescribeModelPackageGroup'],
      principals: [new iam.OrganizationPrincipal('o-0123456789')],
      resources: ['arn:aws:sagemaker:*:*:model-package-group/churn'],
    });
    expect(newGroup(stack).addToResourcePolicy(statement).statementAdded).toBe(true);
    expect(JSON.stringify(onlyResource(stack, GROUP).ModelPackageGroupPolicy)).toContain(
      '"aws:PrincipalOrgID":"o-0123456789"',
    );
  });
});
