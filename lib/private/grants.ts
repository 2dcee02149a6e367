/**
 * The IAM actions that this library grants, by what they are granted on. The resources of a statement, and the reason for each
 * "*", stand where the statement is made.
 */

export const ALGORITHM = {
  describe: ['sagemaker:DescribeAlgorithm'],
} as const;

/** Actions on a model package group and on the versions in it. */
export const MODEL_PACKAGE_GROUP = {
  describe: {
    group: ['sagemaker:DescribeModelPackageGroup'],
    versions: ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages'],
  },
  register: {
    group: ['sagemaker:DescribeModelPackageGroup', 'sagemaker:CreateModelPackage'],
    versions: ['sagemaker:CreateModelPackage', 'sagemaker:DescribeModelPackage'],
  },
  approve: {
    group: ['sagemaker:DescribeModelPackageGroup'],
    versions: ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages', 'sagemaker:UpdateModelPackage'],
  },
  createModel: {
    group: ['sagemaker:DescribeModelPackageGroup'],
    versions: ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages', 'sagemaker:CreateModel'],
  },
} as const;

/** Actions on an endpoint, and on an inference component. */
export const ENDPOINT = {
  invoke: ['sagemaker:InvokeEndpoint'],
  invokeWithResponseStream: ['sagemaker:InvokeEndpointWithResponseStream'],
  invokeAsync: ['sagemaker:InvokeEndpointAsync'],
} as const;

/** Actions on the jobs of a stack, by the noun of the kind of job in the API. */
export const JOB = {
  create: (apiNoun: string): string[] => [`sagemaker:Create${apiNoun}`, 'sagemaker:AddTags'],
  tag: ['sagemaker:AddTags', 'sagemaker:ListTags'],
  watch: (apiNoun: string, endVerb: 'Stop' | 'Delete'): string[] => [
    `sagemaker:Describe${apiNoun}`,
    `sagemaker:${endVerb}${apiNoun}`,
  ],
  passRole: ['iam:PassRole'],
  startWaiter: ['states:StartExecution'],
} as const;

/** The condition that a role is passed to SageMaker and to no other service. */
export const PASSED_TO_SAGEMAKER = { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } };

/** Actions on images in Amazon ECR. */
export const IMAGE = {
  pull: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  authenticate: ['ecr:GetAuthorizationToken'],
  readManifest: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  readBasicScan: ['ecr:DescribeImageScanFindings'],
  readEnhancedScan: ['inspector2:ListCoverage', 'inspector2:ListFindings'],
} as const;

/** What SageMaker needs to run containers, beside their images and data. */
export const EXECUTION = {
  writeLogs: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
  putMetrics: ['cloudwatch:PutMetricData'],
  openShell: [
    'ssmmessages:CreateControlChannel',
    'ssmmessages:CreateDataChannel',
    'ssmmessages:OpenControlChannel',
    'ssmmessages:OpenDataChannel',
  ],
  attachVolume: ['kms:CreateGrant', 'kms:DescribeKey'],
  useVpc: [
    'ec2:CreateNetworkInterface',
    'ec2:CreateNetworkInterfacePermission',
    'ec2:DeleteNetworkInterface',
    'ec2:DeleteNetworkInterfacePermission',
    'ec2:DescribeDhcpOptions',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSecurityGroups',
    'ec2:DescribeSubnets',
    'ec2:DescribeVpcs',
  ],
  watchAlarms: ['cloudwatch:DescribeAlarms'],
  getRegistryCredentials: ['lambda:InvokeFunction'],
} as const;
