import type { PolicyDocument, StatementDocument } from './evaluation/document';

const statement = (Action: string[], Resource: string | string[] = '*'): StatementDocument => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const allow = (...actions: string[]): PolicyDocument => ({ Version: '2012-10-17', Statement: [statement(actions)] });

const WRITE_LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

const NAMES = ['SageMaker', 'Sagemaker', 'sagemaker'];
const named = (service: string, type = ''): string[] => NAMES.map((name) => `arn:*:${service}:*:*:${type}*${name}*`);
const BUCKETS = [...NAMES, 'aws-glue'].map((name) => `arn:*:s3:::*${name}*`);

/**
 * The statements of AmazonSageMakerFullAccess about operations of the local service. It does not have the apps of SageMaker Studio, and its
 * objects have no tags.
 */
const SAGEMAKER_FULL_ACCESS: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    statement([
      'sagemaker:*',
      'application-autoscaling:DeleteScalingPolicy',
      'application-autoscaling:DeleteScheduledAction',
      'application-autoscaling:DeregisterScalableTarget',
      'application-autoscaling:Describe*',
      'application-autoscaling:PutScalingPolicy',
      'application-autoscaling:PutScheduledAction',
      'application-autoscaling:RegisterScalableTarget',
      'cloudwatch:DeleteAlarms',
      'cloudwatch:DescribeAlarms',
      'cloudwatch:GetMetricData',
      'cloudwatch:GetMetricStatistics',
      'cloudwatch:ListMetrics',
      'cloudwatch:PutMetricAlarm',
      'cloudwatch:PutMetricData',
      'ec2:CreateNetworkInterface',
      'ec2:CreateNetworkInterfacePermission',
      'ec2:DeleteNetworkInterface',
      'ec2:DeleteNetworkInterfacePermission',
      'ec2:Describe*',
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:CreateRepository',
      'ecr:Describe*',
      'ecr:GetAuthorizationToken',
      'ecr:GetDownloadUrlForLayer',
      'ecr:StartImageScan',
      'iam:ListRoles',
      'kms:DescribeKey',
      'kms:ListAliases',
      'lambda:ListFunctions',
      'logs:Describe*',
      'logs:GetLogEvents',
      ...WRITE_LOGS,
      's3:CreateBucket',
      's3:GetBucketLocation',
      's3:ListAllMyBuckets',
      's3:ListBucket',
      'sns:ListTopics',
    ]),
    statement(['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:GetObject', 's3:PutObject'], BUCKETS),
    statement(['lambda:InvokeFunction'], named('lambda', 'function:')),
    statement(['sns:CreateTopic', 'sns:Publish', 'sns:Subscribe'], named('sns')),
    {
      ...statement(['iam:PassRole'], 'arn:*:iam::*:role/*'),
      Condition: { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } },
    },
  ],
};

/** The AWS managed policies that CDK apps attach to roles of SageMaker and functions, and the one of administrators, by the ends of their ARNs. */
export const AWS_MANAGED_POLICIES: Record<string, PolicyDocument> = {
  AdministratorAccess: allow('*'),
  AmazonSageMakerFullAccess: SAGEMAKER_FULL_ACCESS,
  'service-role/AWSLambdaBasicExecutionRole': allow(...WRITE_LOGS),
  'service-role/AWSLambdaVPCAccessExecutionRole': allow(
    ...WRITE_LOGS,
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ),
};
