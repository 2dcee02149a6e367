import { type Stack, aws_ec2 as ec2, aws_iam as iam, aws_kms as kms, aws_s3 as s3 } from 'aws-cdk-lib';
import { Match, type Matcher } from 'aws-cdk-lib/assertions';

/** A configuration of the acceptance tests of the Terraform provider that the library expresses. */
export interface Expressed {
  /** Builds the equivalent with the public API. */
  readonly build: (stack: Stack) => unknown;

  /** The fragment of the resource's properties; of the `Request` property, if the resource is a custom resource. */
  readonly expected: object;

  /** The members of the request that must not exist, because the service default has the value of the configuration. */
  readonly absent?: string[];

  /** The tags of a job. Those of other resources are in `expected`. */
  readonly tags?: Record<string, string>;

  /** Further resources of the configuration. */
  readonly others?: [type: string, properties: object][];

  /** Whether it needs `addRequestOverride`. */
  readonly isOverridden?: true;

  /** The difference from the arguments of the configuration, if it is more than the generated part of a name. */
  readonly difference?: string;
}

/** A configuration that the library does not express. A reason that starts with "GAP:" is one that AWS accepts. */
export interface Unsupported {
  readonly reason: string;

  /** Builds the configuration, which throws the error; undefined if the library has no property for it. */
  readonly refused?: (stack: Stack) => unknown;
  readonly error?: string;
}

/** The configurations of a resource, by the name of their function or folder in the provider. */
export interface Configurations {
  readonly type: string;
  readonly expressed: Record<string, Expressed>;
  readonly unsupported?: Record<string, Unsupported>;
}

export const NAME = 'tf-acc-test';
export const ACCOUNT_ARN = 'eu-west-1:111122223333';
export const ROLE_ARN = `arn:aws:iam::111122223333:role/${NAME}`;
export const KEY_ARN = `arn:aws:kms:${ACCOUNT_ARN}:key/00000000-0000-0000-0000-000000000000`;
export const IMAGE_URI = 'example.com/algorithm:1';

function once<T>(stack: Stack, id: string, make: () => T): T {
  return (stack.node.tryFindChild(id) as T | undefined) ?? make();
}

// The configurations refer to resources of which the library only needs the names.
export const bucket = (stack: Stack): s3.IBucket =>
  once(stack, 'Bucket', () => s3.Bucket.fromBucketName(stack, 'Bucket', NAME));
export const key = (stack: Stack): kms.IKey => once(stack, 'Key', () => kms.Key.fromKeyArn(stack, 'Key', KEY_ARN));
export const role = (stack: Stack): iam.IRole =>
  once(stack, 'Role', () => iam.Role.fromRoleArn(stack, 'Role', ROLE_ARN));

/** A VPC with the subnets `subnet-1`, `subnet-2` … and the security groups `sg-1`, `sg-2` … */
export function network(
  stack: Stack,
  subnets: number,
  groups: number,
): { vpc: ec2.IVpc; vpcSubnets: ec2.SubnetSelection; securityGroups: ec2.ISecurityGroup[] } {
  const ids = (prefix: string, count: number): string[] => [...Array(count).keys()].map((i) => `${prefix}-${i + 1}`);
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'].slice(0, subnets),
    isolatedSubnetIds: ids('subnet', subnets),
  });
  return {
    vpc,
    vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    securityGroups: ids('sg', groups).map((id) => ec2.SecurityGroup.fromSecurityGroupId(stack, id, id)),
  };
}

/** A name with the hash that the library appends, because only a resource with another name can replace it. */
export const hashed = (prefix = NAME): Matcher => Match.stringLikeRegexp(`^${prefix}-[0-9a-zA-Z]+$`);

export const tagList = (tags: Record<string, string>): object[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
