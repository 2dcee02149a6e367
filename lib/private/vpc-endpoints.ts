import { Stack, aws_ec2 as ec2 } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { addValidation, addWarning } from './rules';

/** The calls of a construct from subnets. */
interface CallsFromVpc {
  readonly vpc: ec2.IVpc;
  readonly subnets: ec2.ISubnet[];

  /** The caller, in the plural. */
  readonly callers: string;

  /** The services that are called, by the last part of the name of their endpoint. */
  readonly services: string[];
}

/**
 * Warns about calls that would time out: the subnets have no route to the internet and the VPC has no endpoint for the service. Only
 * a VPC of this app is known well enough.
 */
export function warnAboutMissingEndpoints(scope: Construct, { vpc, subnets, callers, services }: CallsFromVpc): void {
  if (!(vpc instanceof ec2.Vpc)) return;
  addValidation(scope, 'networks-keys-and-permissions', () => {
    const missing = subnets.every((subnet) => isIsolated(vpc, subnet)) ? missingEndpoints(vpc, services) : [];
    if (missing.length > 0) {
      addWarning(
        scope,
        'networks-keys-and-permissions',
        'missingVpcEndpoint',
        `The ${callers} run in subnets without a route to the internet, and ${vpc.node.path} has no endpoint for ${missing.join(', ')}, ` +
          'so that calls would time out. Add the endpoints to the VPC, or select subnets with a NAT gateway.',
      );
    }
    return [];
  });
}

function missingEndpoints(vpc: ec2.Vpc, services: string[]): string[] {
  const endpoints = vpc.node.root.node.findAll().filter(isEndpoint);
  const names = endpoints.filter(({ vpcId }) => vpcId === vpc.vpcId).map(serviceOf);
  return services.filter((service) => !names.some((name) => name.endsWith(`.${service}`)));
}

function isEndpoint(construct: IConstruct): construct is ec2.CfnVPCEndpoint {
  return construct instanceof ec2.CfnVPCEndpoint;
}

/** The name of the service of an endpoint; the region in it can be a token. */
function serviceOf(endpoint: ec2.CfnVPCEndpoint): string {
  const name: unknown = Stack.of(endpoint).resolve(endpoint.serviceName);
  return typeof name === 'string' ? name : JSON.stringify(name).replace(/["\]}]+$/, '');
}

/** Whether a subnet has no route to the internet: neither the one of its type nor one that was added to it. */
function isIsolated(vpc: ec2.Vpc, subnet: ec2.ISubnet): boolean {
  const hasRoute = subnet.node
    .findAll()
    .some(
      (child) =>
        child instanceof ec2.CfnRoute && [child.destinationCidrBlock, child.destinationIpv6CidrBlock].some(isInternet),
    );
  return !hasRoute && vpc.isolatedSubnets.includes(subnet);
}

function isInternet(cidrBlock: string | undefined): boolean {
  return cidrBlock === '0.0.0.0/0' || cidrBlock === '::/0';
}
