import type { PolicyDocument } from './evaluation/document';

const allow = (...actions: string[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
});

const WRITE_LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/** The AWS managed policies that the CDK attaches, and the one of administrators, by the ends of their ARNs. */
export const AWS_MANAGED_POLICIES: Record<string, PolicyDocument> = {
  AdministratorAccess: allow('*'),
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
