import { notSupported } from '../../aws-model/not-supported';
import {
  type ExistingResource,
  type ResourceRequest,
  type ResourceState,
  type ResourceTypes,
  generatedName,
} from '../resource-type';
import type { TableDefinition, Tables } from './store';

type Properties = Record<string, unknown>;

/** The properties with an effect. */
const IMPLEMENTED = [
  'TableName',
  'AttributeDefinitions',
  'KeySchema',
  'BillingMode',
  'DeletionProtectionEnabled',
  'TimeToLiveSpecification',
];

/** The properties without an effect on a local machine: capacity, encryption, backups and monitoring. */
const WITHOUT_EFFECT = [
  'ContributorInsightsSpecification',
  'OnDemandThroughput',
  'PointInTimeRecoverySpecification',
  'ProvisionedThroughput',
  'SSESpecification',
  'TableClass',
  'Tags',
  'WarmThroughput',
];
const GLOBAL_WITHOUT_EFFECT = [
  'SSESpecification',
  'WarmThroughput',
  'WriteOnDemandThroughputSettings',
  'WriteProvisionedThroughputSettings',
];
const REPLICA_WITHOUT_EFFECT = [
  ...WITHOUT_EFFECT,
  'ReadOnDemandThroughputSettings',
  'ReadProvisionedThroughputSettings',
];

/** The properties whose change replaces a table. */
const REPLACING = ['TableName', 'KeySchema', 'AttributeDefinitions'];

export function dynamoDbResourceTypes(tables: Tables, region: string): ResourceTypes {
  const type = (definitionOf: (properties: Properties, name: string) => TableDefinition): ResourceTypes[string] => ({
    create: async (request) => {
      const name = (request.properties.TableName as string | undefined) ?? generatedName(request, 255);
      return Promise.resolve().then(() =>
        stateOf(tables, tables.create(definitionOf(request.properties, name)).TableName),
      );
    },
    update: (current, request) =>
      Promise.resolve().then(() => {
        const definition = definitionOf(request.properties, current.physicalId);
        if (isReplaced(current, request)) return undefined;
        return stateOf(tables, tables.update(current.physicalId, definition).TableName);
      }),
    delete: ({ physicalId }) => Promise.resolve().then(() => tables.delete(physicalId)),
  });
  return {
    'AWS::DynamoDB::Table': type((properties, name) => {
      checkProperties(properties, [...IMPLEMENTED, ...WITHOUT_EFFECT], '');
      return definition(properties, name);
    }),
    'AWS::DynamoDB::GlobalTable': type((properties, name) => {
      const { Replicas = [], ...own } = properties;
      const [replica = {}, ...others] = Replicas as Properties[];
      const replicaRegion = replica.Region as string | undefined;
      if (others.length > 0 || replicaRegion !== region) {
        throw new Error(`The local service supports one replica of a global table, in ${region}.`);
      }
      checkProperties(own, [...IMPLEMENTED, ...GLOBAL_WITHOUT_EFFECT], '');
      checkProperties(replica, ['Region', 'DeletionProtectionEnabled', ...REPLICA_WITHOUT_EFFECT], ' of its replica');
      return definition({ ...own, DeletionProtectionEnabled: replica.DeletionProtectionEnabled }, name);
    }),
  };
}

function stateOf(tables: Tables, name: string): ResourceState {
  const { TableArn: Arn, TableId } = tables.existing(name);
  return { physicalId: name, attributes: { Arn, TableId } };
}

function isReplaced({ properties: before }: ExistingResource, { properties }: ResourceRequest): boolean {
  return REPLACING.some((name) => JSON.stringify(before[name]) !== JSON.stringify(properties[name]));
}

function checkProperties(properties: Properties, known: string[], part: string): void {
  const unknown = Object.keys(properties).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new Error(notSupported('dynamodb', `${unknown.join(' and ')} of a table${part}`));
}

function definition(properties: Properties, TableName: string): TableDefinition {
  const {
    AttributeDefinitions = [],
    KeySchema = [],
    BillingMode = 'PROVISIONED',
    DeletionProtectionEnabled,
    TimeToLiveSpecification: ttl,
  } = properties as Partial<TableDefinition> & {
    readonly TimeToLiveSpecification?: { readonly AttributeName?: string; readonly Enabled: boolean | string };
  };
  const defined = AttributeDefinitions.map(({ AttributeName }) => AttributeName).sort();
  const used = KeySchema.map(({ AttributeName }) => AttributeName).sort();
  const types = KeySchema.map(({ KeyType }) => KeyType).join(', ');
  if (types !== 'HASH' && types !== 'HASH, RANGE') {
    throw new Error(`KeySchema must have a HASH key, and may have a RANGE key after it, got: ${types}`);
  }
  if (defined.join() !== used.join()) {
    throw new Error(
      `AttributeDefinitions must be exactly those of the attributes in KeySchema (${used.join(', ')}), got: ${defined.join(', ')}`,
    );
  }
  return {
    ...{ TableName, AttributeDefinitions, KeySchema, BillingMode },
    DeletionProtectionEnabled: String(DeletionProtectionEnabled) === 'true',
    timeToLive: String(ttl?.Enabled) === 'true' ? ttl?.AttributeName : undefined,
  };
}
