import { type Stack, Tags, aws_iam as iam } from 'aws-cdk-lib';
import { ModelPackageGroup, type ModelPackageGroupProps } from '../../lib';
import { ACCOUNT_ARN, type Configurations, type Expressed, NAME, tagList } from './configurations';

const group = (stack: Stack, props: ModelPackageGroupProps = {}): ModelPackageGroup =>
  new ModelPackageGroup(stack, 'Group', { modelPackageGroupName: NAME, ...props });

const tagged = (tags: Record<string, string>): Expressed => ({
  build: (stack) => {
    const target = group(stack);
    Object.entries(tags).forEach(([name, value]) => Tags.of(target).add(name, value));
  },
  expected: { ModelPackageGroupName: NAME, Tags: tagList(tags) },
});

export const MODEL_PACKAGE_GROUPS: Configurations = {
  type: 'AWS::SageMaker::ModelPackageGroup',
  expressed: {
    basic: { build: group, expected: { ModelPackageGroupName: NAME } },
    description: {
      build: (stack) => group(stack, { description: NAME }),
      expected: { ModelPackageGroupName: NAME, ModelPackageGroupDescription: NAME },
    },
    tags1: tagged({ key1: 'value1' }),
    tags2: tagged({ key1: 'value1updated', key2: 'value2' }),
  },
};

/** The resource policy refers to its group by the name: in CloudFormation, both are one resource. */
const GROUP_ARN = `arn:aws:sagemaker:${ACCOUNT_ARN}:model-package-group/${NAME}`;
const ACTIONS = ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'];

export const MODEL_PACKAGE_GROUP_POLICIES: Configurations = {
  type: 'AWS::SageMaker::ModelPackageGroup',
  expressed: {
    basic: {
      build: (stack) =>
        group(stack).addToResourcePolicy(
          new iam.PolicyStatement({
            sid: 'AddPermModelPackageGroup',
            actions: ACTIONS,
            resources: [GROUP_ARN],
            principals: [new iam.ArnPrincipal('arn:aws:iam::111122223333:root')],
          }),
        ),
      expected: {
        ModelPackageGroupName: NAME,
        ModelPackageGroupPolicy: {
          Statement: [
            {
              Sid: 'AddPermModelPackageGroup',
              Effect: 'Allow',
              Action: ACTIONS,
              Resource: GROUP_ARN,
              Principal: { AWS: 'arn:aws:iam::111122223333:root' },
            },
          ],
        },
      },
    },
  },
};
