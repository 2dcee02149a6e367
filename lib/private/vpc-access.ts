import { aws_ec2 as ec2, aws_iam as iam } from 'aws-cdk-lib';
import { type Construct } from 'constructs';
import { EXECUTION } from './grants';
import { ValidationErrors } from './validation';

/** Where in a network containers run. */
export interface VpcAccess {
  readonly subnetIds: string[];
  readonly securityGroupIds: string[];
  readonly connections: ec2.Connections;
}

/** The network properties of a resource. */
export interface VpcOptions {
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** Checks the network properties of a resource. */
export function checkVpcOptions(errors: ValidationErrors, { vpc, vpcSubnets, securityGroups }: VpcOptions): void {
  errors.when(
    vpc === undefined && (vpcSubnets !== undefined || securityGroups !== undefined),
    '`vpcSubnets` and `securityGroups` need a `vpc`',
  );
  errors.check('securityGroups', 'VpcSecurityGroupIds', securityGroups);
}

/** The subnets and security groups of containers, and the rights that SageMaker needs to put them there. */
export function vpcAccess(
  scope: Construct,
  grantee: iam.IGrantable,
  vpc: ec2.IVpc,
  subnets?: ec2.SubnetSelection,
  given?: ec2.ISecurityGroup[],
): VpcAccess {
  const securityGroups = given ?? [new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc })];
  const connections = new ec2.Connections({ securityGroups });
  grantee.grantPrincipal.addToPrincipalPolicy(
    new iam.PolicyStatement({
      actions: [...EXECUTION.useVpc],
      // The interfaces do not exist yet, and Describe actions know no resources.
      resources: ['*'],
    }),
  );
  const { subnetIds } = vpc.selectSubnets(subnets ?? { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS });
  const errors = new ValidationErrors(`${scope.node.path}`);
  errors.check('vpcSubnets', 'Subnets', subnetIds);
  errors.throwIfAny();
  return {
    subnetIds,
    securityGroupIds: securityGroups.map(({ securityGroupId }) => securityGroupId),
    connections,
  };
}
