import { aws_iam as iam } from 'aws-cdk-lib';
import { DependencyGroup } from 'constructs';

/**
 * A grantee for values that are bound without anybody to grant to: an algorithm only names its images, and whoever
 * trains or hosts with them is granted access there.
 */
export const NO_GRANTEE: iam.IGrantable = {
  grantPrincipal: new (class implements iam.IPrincipal {
    public readonly grantPrincipal = this;
    public readonly assumeRoleAction = 'sts:AssumeRole';
    public readonly policyFragment = new iam.PrincipalPolicyFragment({});

    public addToPolicy(): boolean {
      return true;
    }

    public addToPrincipalPolicy(): iam.AddToPrincipalPolicyResult {
      return { statementAdded: true, policyDependable: new DependencyGroup() };
    }
  })(),
};
