/**
 * The IAM actions that this library grants, by resource type. The resources of each statement, and the reason for each "*", are
 * documented where the statement is created.
 */

export const ALGORITHM = {
  describe: ['sagemaker:DescribeAlgorithm'],
} as const;

/**
 * Actions on a model package group and on its model packages. Identity policies allow the list of versions by `list`: it is evaluated
 * without a resource there. A resource policy allows it for the versions.
 */
export const MODEL_PACKAGE_GROUP = {
  list: ['sagemaker:ListModelPackages'],
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

/** Actions on an endpoint or an inference component. */
export const ENDPOINT = {
  invoke: ['sagemaker:InvokeEndpoint'],
  invokeWithResponseStream: ['sagemaker:InvokeEndpointWithResponseStream'],
  invokeAsync: ['sagemaker:InvokeEndpointAsync'],
} as const;

/** Actions of the handler of smoke tests, in addition to the invocation. */
export const SMOKE_TEST = {
  describeEndpoint: ['sagemaker:DescribeEndpoint'],
  describeComponent: ['sagemaker:DescribeInferenceComponent'],
  describeStack: ['cloudformation:DescribeStacks'],
} as const;

/** Actions on jobs, by the noun of the job in the names of API operations. */
export const JOB = {
  create: (apiNoun: string): string[] => [`sagemaker:Create${apiNoun}`, 'sagemaker:AddTags'],
  tag: ['sagemaker:AddTags', 'sagemaker:ListTags'],
  watch: (apiNoun: string, endVerb: 'Stop' | 'Delete'): string[] => [
    `sagemaker:Describe${apiNoun}`,
    `sagemaker:${endVerb}${apiNoun}`,
  ],
  run: (apiNoun: string, endVerb: 'Stop' | 'Delete'): string[] => [
    ...new Set([...JOB.create(apiNoun), ...JOB.tag, ...JOB.watch(apiNoun, endVerb)]),
  ],
  describe: (apiNoun: string): string[] => [`sagemaker:Describe${apiNoun}`],
  listInputs: ['s3:ListBucket'],
  passRole: ['iam:PassRole'],
  startWaiter: ['states:StartExecution'],
} as const;

/** The condition that a role can only be passed to SageMaker. */
export const PASSED_TO_SAGEMAKER = { StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } };

/** The condition that SageMaker assumes a role for resources of an account only. */
export const onBehalfOf = (account: string): object => ({ StringEquals: { 'aws:SourceAccount': account } });

/** The condition that a service assumes a role for a resource only. */
export const onBehalfOfResource = (arn: string): object => ({ ArnEquals: { 'aws:SourceArn': arn } });

/** The condition keys that limit all principals to those of accounts. */
export const ACCOUNT_KEYS = ['aws:PrincipalAccount', 'aws:PrincipalOrgID', 'aws:PrincipalOrgPaths'];

/** The operators whose conditions limit a principal to values: others also hold for a principal without the key, or for all other values. */
export const LIMITING_OPERATOR = /^(ForAnyValue:)?(String(Equals|EqualsIgnoreCase|Like)|Arn(Equals|Like))$/;

/** Actions on objects that another account reads. The list is limited to a key prefix by `withPrefix`. */
export const SHARED_OBJECTS = {
  read: ['s3:GetObject'],
  list: ['s3:ListBucket'],
} as const;

/** The condition that limits the list of a bucket to keys. */
export const withPrefix = (keys: string): Record<string, Record<string, string>> => ({
  StringLike: { 's3:prefix': keys },
});

/** Actions on images in Amazon ECR. */
export const IMAGE = {
  pull: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  authenticate: ['ecr:GetAuthorizationToken'],
  importUpstream: ['ecr:BatchImportUpstreamImage', 'ecr:CreateRepository'],
  readManifest: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  readBasicScan: ['ecr:DescribeImageScanFindings'],
  readEnhancedScan: ['inspector2:ListCoverage', 'inspector2:ListFindings'],
} as const;

/** Actions that the execution role of containers requires, except those on images and data. */
export const EXECUTION = {
  writeLogs: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
  putMetrics: ['cloudwatch:PutMetricData'],
  openSsmSession: [
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

/** Actions that AWS Lambda performs with the role of a function in a VPC. The code of the function does not perform them. */
export const FUNCTION_IN_VPC = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
] as const;

/** The condition that the code of a function performs an action, with the credentials of its role. */
export const calledByFunction = (functionArn: string): object => ({
  ArnEquals: { 'lambda:SourceFunctionArn': functionArn },
});

/** Actions that Amazon CloudWatch Logs performs with the key of a log group. */
export const LOG_GROUP_KEY = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
] as const;

/** Actions of the handler of workflows. */
export const WORKFLOW = {
  lock: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
  watchExecutions: ['states:DescribeExecution', 'states:StopExecution'],
  start: ['states:StartExecution'],
  putEvents: ['events:PutEvents'],
  putMetrics: ['cloudwatch:PutMetricData'],
  listObjects: ['s3:ListBucket'],
} as const;

/** Actions on a SageMaker pipeline. */
export const PIPELINE = {
  start: ['sagemaker:StartPipelineExecution'],
} as const;

/** Actions of the handler of continuous deployment. */
export const RELEASE = {
  updateStack: ['cloudformation:DescribeStackEvents', 'cloudformation:DescribeStacks', 'cloudformation:UpdateStack'],
  putParameter: ['ssm:GetParameter', 'ssm:PutParameter'],
  readParameters: ['ssm:GetParameters'],
  lock: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
  readCapturedData: ['s3:GetObject'],
  readAlarms: ['cloudwatch:DescribeAlarmHistory', 'cloudwatch:DescribeAlarms'],
} as const;
