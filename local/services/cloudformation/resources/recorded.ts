import { randomUUID } from 'node:crypto';
import type { Context } from '../../context';
import { type Provider, type ProviderRequest, generatedName } from '../provider';

type Attributes = (name: string, request: ProviderRequest, context: Context) => Record<string, unknown>;

interface Recorded {
  /** The property that names it. */
  readonly name?: string;

  /** What its id starts with, where it has no name. */
  readonly idPrefix?: string;
  readonly ref?: (name: string, context: Context) => string;
  readonly attributes?: Attributes;
}

const arn =
  (service: string, resource: string, attribute = 'Arn'): Attributes =>
  (name, _request, context) => ({ [attribute]: context.arn(service, `${resource}${name}`) });

const withoutRegion =
  (service: string, resource: string): Attributes =>
  (name, _request, { partition, account }) => ({ Arn: `arn:${partition}:${service}::${account}:${resource}${name}` });

/**
 * What has no effect on this machine, and is only written down: rights, keys, networks, alarms, rules. `byoa local status`
 * lists them, so that nobody takes them for enforced.
 */
export const RECORDED: Record<string, Recorded> = {
  'AWS::CDK::Metadata': {},
  'AWS::IAM::Role': { name: 'RoleName', attributes: withoutRegion('iam', 'role/') },
  'AWS::IAM::Policy': { name: 'PolicyName' },
  'AWS::IAM::ManagedPolicy': {
    name: 'ManagedPolicyName',
    ref: (name, { account }) => `arn:aws:iam::${account}:policy/${name}`,
  },
  'AWS::Lambda::EventInvokeConfig': {},
  'AWS::Lambda::Permission': {},
  'AWS::Logs::LogGroup': { name: 'LogGroupName', attributes: arn('logs', 'log-group:') },
  'AWS::S3::BucketPolicy': {},
  'AWS::KMS::Key': {
    attributes: (name, _request, context) => ({ Arn: context.arn('kms', `key/${name}`), KeyId: name }),
  },
  'AWS::KMS::Alias': { name: 'AliasName' },
  'AWS::Events::Rule': { name: 'Name', attributes: arn('events', 'rule/') },
  'AWS::SNS::Topic': {
    name: 'TopicName',
    ref: (name, context) => context.arn('sns', name),
    attributes: (name, _request, context) => ({ TopicArn: context.arn('sns', name), TopicName: name }),
  },
  'AWS::SNS::TopicPolicy': {},
  'AWS::SNS::Subscription': {},
  'AWS::CloudWatch::Dashboard': { name: 'DashboardName' },
  'AWS::CloudWatch::Alarm': { name: 'AlarmName', attributes: arn('cloudwatch', 'alarm:') },
  'AWS::ApplicationAutoScaling::ScalableTarget': {},
  'AWS::ApplicationAutoScaling::ScalingPolicy': {},
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

/** Writes a resource down, under a name as the service would give it. */
export function recorded(type: string, context: Context): Provider | undefined {
  const definition = Object.hasOwn(RECORDED, type) ? RECORDED[type] : undefined;
  if (definition === undefined) return undefined;
  const describe = (
    name: string,
    request: ProviderRequest,
  ): { physicalId: string; attributes: Record<string, unknown> } => ({
    physicalId: definition.ref?.(name, context) ?? name,
    attributes: definition.attributes?.(name, request, context) ?? {},
  });
  return {
    create: (request) => {
      const given = definition.name === undefined ? undefined : request.properties[definition.name];
      return Promise.resolve(describe(nameOf(type, given, request), request));
    },
    update: (current, request) => {
      const given = definition.name === undefined ? undefined : request.properties[definition.name];
      const isRenamed = definition.name !== undefined && given !== current.properties[definition.name];
      return Promise.resolve(
        isRenamed ? undefined : { physicalId: current.physicalId, attributes: current.attributes },
      );
    },
    delete: () => Promise.resolve(),
  };
}

function nameOf(type: string, given: unknown, request: ProviderRequest): string {
  if (typeof given === 'string') return given;
  if (type === 'AWS::KMS::Key') return randomUUID();
  const { idPrefix } = RECORDED[type];
  if (idPrefix !== undefined) return `${idPrefix}-${randomUUID().replace(/-/g, '').slice(0, 17)}`;
  return generatedName(request);
}
