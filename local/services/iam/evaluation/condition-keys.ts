/**
 * The condition keys that the local service knows: it has their values, or it knows that a request does not have them. A condition with
 * any other key could not be evaluated.
 */
const KNOWN = [
  'application-autoscaling:scalable-dimension',
  'application-autoscaling:service-namespace',
  'aws:CalledVia',
  'aws:CalledViaFirst',
  'aws:CalledViaLast',
  'aws:CurrentTime',
  'aws:EpochTime',
  'aws:FederatedProvider',
  'aws:MultiFactorAuthAge',
  'aws:MultiFactorAuthPresent',
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:PrincipalIsAWSService',
  'aws:PrincipalOrgID',
  'aws:PrincipalOrgPaths',
  'aws:PrincipalServiceName',
  'aws:PrincipalType',
  'aws:RequestedRegion',
  'aws:ResourceAccount',
  'aws:ResourceOrgID',
  'aws:SecureTransport',
  'aws:SourceAccount',
  'aws:SourceArn',
  'aws:SourceIdentity',
  'aws:SourceIp',
  'aws:SourceOrgID',
  'aws:SourceVpc',
  'aws:SourceVpce',
  'aws:TagKeys',
  'aws:ViaAWSService',
  'aws:VpcSourceIp',
  'aws:userid',
  'aws:username',
  'cloudformation:ChangeSetName',
  'cloudformation:RoleArn',
  'cloudwatch:AlarmActions',
  'cloudwatch:namespace',
  'events:detail-type',
  'events:source',
  'iam:PassedToService',
  'kms:GrantIsForAWSResource',
  'kms:ViaService',
  'lambda:SourceFunctionArn',
  's3:delimiter',
  's3:max-keys',
  's3:prefix',
  'sagemaker:InstanceTypes',
  'sagemaker:InterContainerTrafficEncryption',
  'sagemaker:MaxRuntimeInSeconds',
  'sagemaker:ModelArn',
  'sagemaker:ModelApprovalStatus',
  'sagemaker:NetworkIsolation',
  'sagemaker:OutputKmsKey',
  'sagemaker:TargetModel',
  'sagemaker:VolumeKmsKey',
  'sagemaker:VpcSecurityGroupIds',
  'sagemaker:VpcSubnets',
  'sts:ExternalId',
  'sts:RoleSessionName',
].map((key) => key.toLowerCase());

/** The keys that end with the name of a tag. */
const TAGS = ['aws:principaltag/', 'aws:requesttag/', 'aws:resourcetag/'];

export function isKnownKey(key: string): boolean {
  const name = key.toLowerCase();
  return KNOWN.includes(name) || TAGS.some((prefix) => name.startsWith(prefix));
}
