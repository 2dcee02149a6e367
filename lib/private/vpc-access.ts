import { aws_ec2 as ec2, aws_iam as iam } from 'aws-cdk-lib';
import { type Construct } from 'constructs';
import { EXECUTION } from './grants';
import { ValidationErrors } from './validation';
import { warnAboutMissingEndpoints } from './vpc-endpoints';

/** The VPC configuration of containers. */
export interface VpcAccess {
  readonly subnetIds: string[];
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.ISubnet[];
  readonly securityGroupIds: string[];
  readonly connections: ec2.Connections;
}

/** The VPC properties of a resource. */
export interface VpcOptions {
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** Validates the VPC properties of a resource. */
export function checkVpcOptions(errors: ValidationErrors, { vpc, vpcSubnets, securityGroups }: VpcOptions): void {
  errors.when(
    vpc === undefined && (vpcSubnets !== undefined || securityGroups !== undefined),
    '`vpcSubnets` and `securityGroups` require `vpc`',
  );
  errors.check('securityGroups', 'VpcSecurityGroupIds', securityGroups);
}

/**
 * Warns if the credentials of a private registry cannot be requested: a Lambda function returns them, which is invoked from the
 * subnets.
 */
export function checkRegistryAccess(scope: Construct, { vpc, subnets }: VpcAccess): void {
  const callers = 'instances that request the credentials of the private registry from a Lambda function';
  warnAboutMissingEndpoints(scope, { vpc, subnets, callers, services: ['lambda'] });
}

/** Selects the subnets and security groups of containers, and grants the permissions to create network interfaces in them. */
export function vpcAccess(
  scope: Construct,
  grantee: iam.IGrantable,
  vpc: ec2.IVpc,
  subnets?: ec2.SubnetSelection,
  userSecurityGroups?: ec2.ISecurityGroup[],
): VpcAccess {
  const securityGroups = userSecurityGroups ?? [new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc })];
  const connections = new ec2.Connections({ securityGroups });
  grantee.grantPrincipal.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: [...EXECUTION.useVpc],
      // The network interfaces do not exist yet, and Describe actions do not support resource-level permissions.
      resources: ['*'],
    }),
  );
  const { subnetIds, subnets: selected } = vpc.selectSubnets(
    subnets ?? { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
  );
  const errors = new ValidationErrors(`${scope.node.path}`, 'networks-keys-and-permissions');
  errors.check('vpcSubnets', 'Subnets', subnetIds);
  errors.throwIfAny();
  return {
    subnetIds,
    vpc,
    subnets: selected,
    securityGroupIds: securityGroups.map(({ securityGroupId }) => securityGroupId),
    connections,
  };
}
