import { randomUUID } from 'node:crypto';
import type { Context } from '../context';
import { type ResourceRequest, type ResourceState, type ResourceType, generatedName } from '../resource-type';

type Attributes = (name: string, request: ResourceRequest, context: Context) => Record<string, unknown>;

interface RecordedType {
  /** The property with the physical name. */
  readonly name?: string;

  /** The prefix of the physical ID of a type without names. */
  readonly idPrefix?: string;
  readonly ref?: (name: string, context: Context) => string;
  readonly attributes?: Attributes;
}

/**
 * The resource types that are recorded but not emulated: networks and dashboards have no effect on a local machine. `byoa local status`
 * lists these resources.
 */
export const RECORDED_TYPES: Record<string, RecordedType> = {
  'AWS::CDK::Metadata': {},
  'AWS::Lambda::EventInvokeConfig': {},
  'AWS::Logs::LogGroup': {
    name: 'LogGroupName',
    attributes: (name, _request, context) => ({ Arn: context.arn('logs', `log-group:${name}:*`) }),
  },
  'AWS::KMS::Alias': { name: 'AliasName' },
  'AWS::CloudWatch::Dashboard': { name: 'DashboardName' },
  'AWS::EC2::VPC': {
    idPrefix: 'vpc',
    attributes: (name, { properties }) => ({ VpcId: name, CidrBlock: properties.CidrBlock ?? '10.0.0.0/16' }),
  },
  'AWS::EC2::Subnet': {
    idPrefix: 'subnet',
    attributes: (name, { properties }) => ({ SubnetId: name, AvailabilityZone: properties.AvailabilityZone }),
  },
  'AWS::EC2::RouteTable': { idPrefix: 'rtb', attributes: (name) => ({ RouteTableId: name }) },
  'AWS::EC2::SubnetRouteTableAssociation': { idPrefix: 'rtbassoc' },
  'AWS::EC2::Route': {},
  'AWS::EC2::InternetGateway': { idPrefix: 'igw', attributes: (name) => ({ InternetGatewayId: name }) },
  'AWS::EC2::VPCGatewayAttachment': {},
  'AWS::EC2::EIP': { idPrefix: 'eipalloc', attributes: (name) => ({ AllocationId: name }) },
  'AWS::EC2::NatGateway': { idPrefix: 'nat', attributes: (name) => ({ NatGatewayId: name }) },
  'AWS::EC2::VPCEndpoint': { idPrefix: 'vpce', attributes: (name) => ({ Id: name }) },
  'AWS::EC2::SecurityGroup': {
    idPrefix: 'sg',
    attributes: (name, { properties }) => ({ GroupId: name, VpcId: properties.VpcId ?? 'vpc-local' }),
  },
  'AWS::EC2::SecurityGroupIngress': {},
  'AWS::EC2::SecurityGroupEgress': {},
};

/** Records a resource under a name as the service would generate it; undefined for a type that is not in the table. */
export function recordedType(type: string, context: Context): ResourceType | undefined {
  const definition = Object.hasOwn(RECORDED_TYPES, type) ? RECORDED_TYPES[type] : undefined;
  if (definition === undefined) return undefined;
  const nameIn = (properties: Record<string, unknown>): unknown =>
    definition.name === undefined ? undefined : properties[definition.name];
  return {
    create: (request) => {
      const given = nameIn(request.properties);
      const name = typeof given === 'string' ? given : generatedId(type, request);
      const state: ResourceState = {
        physicalId: definition.ref?.(name, context) ?? name,
        attributes: definition.attributes?.(name, request, context) ?? {},
      };
      return Promise.resolve(state);
    },
    update: ({ physicalId, attributes, properties: before }, { properties }) =>
      Promise.resolve(nameIn(properties) === nameIn(before) ? { physicalId, attributes } : undefined),
    delete: () => Promise.resolve(),
  };
}

function generatedId(type: string, request: ResourceRequest): string {
  const { idPrefix } = RECORDED_TYPES[type];
  return idPrefix === undefined ? generatedName(request) : `${idPrefix}-${randomUUID().replace(/-/g, '').slice(0, 17)}`;
}
