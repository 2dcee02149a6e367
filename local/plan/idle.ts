import type { Assembly, Resource } from '../check/app/assembly';
import { type Known, at, isObject, list, number, text } from '../check/app/values';
import { type Capacity, endpointsOf } from './endpoints';
import { type Item, itemOf } from './item';
import type { Job } from './jobs';
import type { Recurring } from './recurring';
import type { Run } from './runs';

/** Something that is billed while no one uses it. */
export interface Idle extends Item {
  readonly type: string;

  /** The part that is billed. */
  readonly billed: string;

  /** The condition under which it is not billed any more. */
  readonly until: string;

  /** The construct path of the endpoint on whose instances the copies of an inference component run. */
  readonly endpoint?: string;

  /** The instances, if it has any. */
  readonly instances?: Capacity;
}

export const DECIDED = 'decided at deployment';
const DELETED = 'deleted';

export function idleOf(assembly: Assembly): [Resource, Idle][] {
  const found = assembly.resources.flatMap((resource): [Resource, Idle][] => {
    const reader = READERS[resource.type];
    const read = reader?.read(resource.properties);
    if (reader === undefined || read === undefined) return [];
    return [[resource, { ...itemOf(resource), type: reader.type, until: deletionOf(resource), ...read }]];
  });
  return [...endpointItems(assembly), ...clusterItems(assembly), ...found];
}

/** The warm pool that a training job leaves. */
export function warmPoolOf({ path, isConditional }: Item, { instances, keepAliveSeconds }: Job): Idle[] {
  if (keepAliveSeconds === undefined || keepAliveSeconds === 0) return [];
  const [{ type, count }] = instances;
  const time = keepAliveSeconds === null ? `a time that is ${DECIDED}` : duration(keepAliveSeconds);
  return [
    {
      path,
      ...(isConditional === true ? { isConditional } : {}),
      type: 'warm pool',
      billed: amountOf(count, type),
      until: `${time} after the job`,
    },
  ];
}

/** The warm pools of all training jobs. */
export function warmPools(items: (Run | Recurring)[]): Idle[] {
  return items.flatMap((item) => {
    if ('jobs' in item)
      return item.jobs.flatMap((job) => warmPoolOf({ ...item, path: `${item.path} (${job.name})` }, job));
    return item.job === undefined ? [] : warmPoolOf(item, item.job);
  });
}

const UNITS: [number, string][] = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** A time such as `1 h 30 min`. */
export function duration(seconds: number): string {
  const parts = UNITS.map(([size, unit], index) => {
    const rest = index === 0 ? seconds : seconds % UNITS[index - 1][0];
    return [Math.floor(rest / size), unit] as const;
  });
  const shown = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`);
  return shown.length === 0 ? `${seconds} s` : shown.join(' ');
}

/** A number of instances of a type. */
export function amountOf(count: Known<number> | string, type: Known<string>): string {
  if ((count === null || count === '?') && type === null) return `instances ${DECIDED}`;
  return `${count ?? '?'} × ${type ?? `a type ${DECIDED}`}`;
}

function deletionOf({ deletionPolicy = 'Delete' }: Resource): string {
  return deletionPolicy === 'Delete' ? DELETED : `${DELETED}; \`cdk destroy\` keeps it`;
}

function endpointItems(assembly: Assembly): [Resource, Idle][] {
  return endpointsOf(assembly).flatMap(({ endpoint, variants, components }): [Resource, Idle][] => [
    ...variants.flatMap(({ name, instances, provisionedConcurrency }): [Resource, Idle][] => {
      const item = itemOf(endpoint, ` (${name})`);
      if (instances !== undefined)
        return [[endpoint, { ...item, type: 'endpoint', ...scaled(instances), until: untilOf(instances), instances }]];
      // Serverless capacity is only billed in advance if it is provisioned.
      if (provisionedConcurrency === undefined) return [];
      const billed = `provisioned concurrency ${provisionedConcurrency ?? DECIDED}`;
      return [[endpoint, { ...item, type: 'serverless endpoint', billed, until: DELETED }]];
    }),
    ...components.map(({ resource, copies }): [Resource, Idle] => [
      resource,
      {
        ...itemOf(resource),
        type: 'inference component',
        billed: `${rangeOf(copies)} copies`,
        until: copies.min === 0 ? 'scaled in to 0' : DELETED,
        endpoint: itemOf(endpoint).path,
      },
    ]),
  ]);
}

/** The instance groups of clusters. */
function clusterItems(assembly: Assembly): [Resource, Idle][] {
  return assembly.ofType('AWS::SageMaker::Cluster').flatMap((resource) =>
    list(resource.properties.InstanceGroups).map((group): [Resource, Idle] => {
      const amount = fixed(text(at(group, 'InstanceType')), number(at(group, 'InstanceCount')));
      const name = text(at(group, 'InstanceGroupName')) ?? '?';
      return [resource, { ...itemOf(resource, ` (${name})`), type: 'cluster', until: deletionOf(resource), ...amount }];
    }),
  );
}

function scaled(instances: Capacity): Pick<Idle, 'billed'> {
  return { billed: amountOf(rangeOf(instances), alternative(instances.types)) };
}

/** Alternative instance types as one. */
export function alternative(types: Known<string>[]): Known<string> {
  return types.includes(null) ? null : types.join(' or ');
}

/** The number, and the limits of scaling if they differ from it: `2 (0–4)`. */
function rangeOf({ count, min, max }: Omit<Capacity, 'types'>): string {
  const shown = (value: Known<number>): string => (value === null ? '?' : String(value));
  return min === count && max === count ? shown(count) : `${shown(count)} (${shown(min)}–${shown(max)})`;
}

function untilOf({ min }: Capacity): string {
  return min === 0 ? 'scaled in to 0' : DELETED;
}

interface Reader {
  readonly type: string;
  readonly read: (properties: Record<string, unknown>) => (Partial<Idle> & Pick<Idle, 'billed'>) | undefined;
}

const perHour = (type: string): Reader => ({ type, read: () => ({ billed: 'each hour' }) });
const perMonth = (type: string): Reader => ({ type, read: () => ({ billed: 'each month' }) });
const storage = (type: string): Reader => ({ type, read: () => ({ billed: 'storage' }) });

/** The resources that are billed while no one uses them, by CloudFormation type. */
const READERS: Record<string, Reader | undefined> = {
  'AWS::SageMaker::NotebookInstance': {
    type: 'notebook instance',
    read: ({ InstanceType }) => ({ ...fixed(text(InstanceType), 1), until: 'stopped' }),
  },
  'AWS::SageMaker::MlflowTrackingServer': {
    type: 'MLflow tracking server',
    read: () => ({ billed: 'each hour', until: 'stopped' }),
  },
  'AWS::Lambda::Alias': { type: 'provisioned concurrency', read: provisionedConcurrency },
  'AWS::Lambda::Version': { type: 'provisioned concurrency', read: provisionedConcurrency },
  'AWS::EC2::NatGateway': perHour('NAT gateway'),
  'AWS::EC2::VPCEndpoint': {
    type: 'interface endpoint',
    read: ({ VpcEndpointType, SubnetIds }) => {
      if (VpcEndpointType !== 'Interface') return undefined;
      const zones = list(SubnetIds).length;
      return { billed: zones === 0 ? 'each hour' : `each hour in ${zones} subnet${zones === 1 ? '' : 's'}` };
    },
  },
  'AWS::KMS::Key': perMonth('KMS key'),
  'AWS::SecretsManager::Secret': perMonth('secret'),
  'AWS::CloudWatch::Alarm': perMonth('alarm'),
  'AWS::CloudWatch::Dashboard': perMonth('dashboard'),
  'AWS::Logs::LogGroup': {
    type: 'log group',
    read: ({ RetentionInDays }) => ({
      billed: 'storage',
      ...(RetentionInDays === undefined
        ? {}
        : { until: `${number(RetentionInDays) ?? '?'} days after the last event` }),
    }),
  },
  'AWS::S3::Bucket': storage('bucket'),
  'AWS::ECR::Repository': storage('repository'),
  'AWS::EFS::FileSystem': storage('file system'),
  'AWS::FSx::FileSystem': { type: 'file system', read: () => ({ billed: 'storage and throughput' }) },
  'AWS::DynamoDB::Table': {
    type: 'table',
    read: ({ BillingMode }) => ({ billed: BillingMode === 'PAY_PER_REQUEST' ? 'storage' : 'storage and capacity' }),
  },
};

function provisionedConcurrency({
  ProvisionedConcurrencyConfig: config,
}: Record<string, unknown>): Pick<Idle, 'billed'> | undefined {
  if (!isObject(config)) return undefined;
  return { billed: `provisioned concurrency ${number(at(config, 'ProvisionedConcurrentExecutions')) ?? DECIDED}` };
}

function fixed(type: Known<string>, count: Known<number>): Pick<Idle, 'billed' | 'instances'> {
  return { billed: amountOf(count, type), instances: { types: [type], count, min: count, max: count } };
}
