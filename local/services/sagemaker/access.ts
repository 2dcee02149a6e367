import { type Access, type AccessTable, passRole, requestTags, tagKeys } from '../access';
import type { Context } from '../context';
import type { Tags } from './tags';

const SERVICE = 'sagemaker.amazonaws.com';

/** The resources by the nouns of the operations: the member with the name, and the beginning of the ARN. */
const NOUNS = {
  Algorithm: 'algorithm',
  Endpoint: 'endpoint',
  EndpointConfig: 'endpoint-config',
  HyperParameterTuningJob: 'hyper-parameter-tuning-job',
  InferenceComponent: 'inference-component',
  Model: 'model',
  ModelPackage: 'model-package',
  ModelPackageGroup: 'model-package-group',
  ProcessingJob: 'processing-job',
  TrainingJob: 'training-job',
  TransformJob: 'transform-job',
};
type Noun = keyof typeof NOUNS;

/** The operations that require permission for one existing resource. */
const ON_ONE: { operation: string; noun: Noun }[] = (Object.keys(NOUNS) as Noun[])
  .flatMap((noun) =>
    ['Describe', noun.endsWith('Job') ? 'Stop' : 'Delete'].map((verb) => ({ operation: `${verb}${noun}`, noun })),
  )
  .concat([
    { operation: 'DeleteHyperParameterTuningJob', noun: 'HyperParameterTuningJob' },
    { operation: 'UpdateEndpointWeightsAndCapacities', noun: 'Endpoint' },
    { operation: 'UpdateInferenceComponent', noun: 'InferenceComponent' },
    { operation: 'UpdateInferenceComponentRuntimeConfig', noun: 'InferenceComponent' },
  ]);

/** The resources whose creation requires no permission for another one. */
const CREATED: Noun[] = [
  'Algorithm',
  'EndpointConfig',
  'HyperParameterTuningJob',
  'InferenceComponent',
  'Model',
  'ModelPackageGroup',
  'ProcessingJob',
  'TrainingJob',
  'TransformJob',
];

const ON_ALL = [
  ...Object.keys(NOUNS).map((noun) => `List${noun}s`),
  'ListTrainingJobsForHyperParameterTuningJob',
  'Search',
];

interface Resources {
  readonly InstanceType?: string;
  readonly VolumeKmsKeyId?: string;
  readonly InstanceGroups?: { readonly InstanceType?: string }[];
  readonly InstancePreferences?: { readonly InstanceType?: string }[];
}

/** The members of all requests that permissions depend on. */
interface Input {
  readonly Tags?: { readonly Key?: string; readonly Value?: string }[];
  readonly RoleArn?: string;
  readonly ExecutionRoleArn?: string;
  readonly ResourceConfig?: Resources;
  readonly TransformResources?: Resources;
  readonly ProcessingResources?: { readonly ClusterConfig?: Resources };
  readonly ProcessingOutputConfig?: { readonly KmsKeyId?: string };
  readonly NetworkConfig?: Input;
  readonly TrainingJobDefinition?: Input;
  readonly TrainingJobDefinitions?: Input[];
  readonly HyperParameterTuningResourceConfig?: Resources;
  readonly ProductionVariants?: { readonly InstanceType?: string; readonly ModelName?: string }[];
  readonly ValidationSpecification?: { readonly ValidationRole?: string };
  readonly KmsKeyId?: string;
  readonly ModelName?: string;
  readonly OutputDataConfig?: { readonly KmsKeyId?: string };
  readonly TransformOutput?: { readonly KmsKeyId?: string };
  readonly StoppingCondition?: { readonly MaxRuntimeInSeconds?: number };
  readonly EnableNetworkIsolation?: boolean;
  readonly EnableInterContainerTrafficEncryption?: boolean;
  readonly VpcConfig?: { readonly Subnets?: string[]; readonly SecurityGroupIds?: string[] };
  readonly ModelApprovalStatus?: string;
  readonly ModelPackageGroupName?: string;
  readonly ModelPackageArn?: string;
  readonly ResourceArn?: string;
  readonly EndpointConfigName?: string;
  readonly PrimaryContainer?: { readonly ModelPackageName?: string };
  readonly Containers?: { readonly ModelPackageName?: string }[];
}
type Named = Input & Record<string, unknown>;

/** The permissions that the operations of SageMaker require. */
export function sageMakerAccess(context: Pick<Context, 'arn' | 'account'>, tags: Pick<Tags, 'of'>): AccessTable {
  const arnOf = (noun: Noun, name: unknown): string => {
    const text = typeof name === 'string' ? name : '';
    return text.startsWith('arn:') ? text : context.arn('sagemaker', `${NOUNS[noun]}/${text.toLowerCase()}`);
  };
  const on = (action: string, resource: string, keys: Access['keys'] = {}): Access => ({
    action: `sagemaker:${action}`,
    resource,
    keys: { ...tagKeys('aws:ResourceTag', tags.of(resource)), ...keys },
  });
  /** The creation of a resource: with its tags, and with the roles that the service then assumes. */
  const creation = (noun: Noun, input: Named, resource = arnOf(noun, input[`${noun}Name`])): Access[] => {
    const tagged = requestTags(input.Tags);
    const keys = { ...tagged, ...keysOf(input, (name) => arnOf('Model', name)) };
    return [
      ...[resource, ...packagesOfOthers(input, context.account)].map((arn) => on(`Create${noun}`, arn, keys)),
      ...((input.Tags ?? []).length > 0 ? [on('AddTags', resource, tagged)] : []),
      ...rolesOf(input).flatMap((role) => passRole(role, SERVICE)),
    ];
  };
  const onArn = (action: string) => (input: Input) => [on(action, input.ResourceArn ?? '', requestTags(input.Tags))];
  return {
    ...Object.fromEntries(
      ON_ONE.map(({ operation, noun }) => [
        operation,
        (input: Named) => [on(operation, arnOf(noun, input[`${noun}Name`]))],
      ]),
    ),
    ...Object.fromEntries(ON_ALL.map((operation) => [operation, () => [on(operation, '*')]])),
    ...Object.fromEntries(CREATED.map((noun) => [`Create${noun}`, (input: Named) => creation(noun, input)])),
    CreateModelPackage: (input: Named) => modelPackage(input),
    ListModelPackages: (input: Input) => [on('ListModelPackages', listedVersions(input, context.account))],
    UpdateModelPackage: ({ ModelPackageArn = '', ...input }: Input) => [
      on('UpdateModelPackage', arnOf('ModelPackage', ModelPackageArn), keysOf(input, String)),
    ],
    CreateEndpoint: (input: Named) => [
      ...creation('Endpoint', input),
      on('CreateEndpoint', arnOf('EndpointConfig', input.EndpointConfigName)),
    ],
    UpdateEndpoint: (input: Named) => [
      on('UpdateEndpoint', arnOf('Endpoint', input.EndpointName)),
      on('UpdateEndpoint', arnOf('EndpointConfig', input.EndpointConfigName)),
    ],
    AddTags: onArn('AddTags'),
    ListTags: onArn('ListTags'),
    DeleteTags: onArn('DeleteTags'),
  };

  /** A version of a group has no name yet: the permission is for the group, and for any of its versions. */
  function modelPackage(input: Named): Access[] {
    const { ModelPackageGroupName: group } = input;
    if (group === undefined) return creation('ModelPackage', input);
    const name = group.split('/').at(-1) ?? '';
    return [
      ...creation('ModelPackage', input, arnOf('ModelPackage', `${name}/*`)),
      on('CreateModelPackage', arnOf('ModelPackageGroup', name)),
    ];
  }
}

/** The model packages of other accounts from which a model is created: their policies have to allow that. */
function packagesOfOthers({ PrimaryContainer: primary, Containers = [] }: Input, account: string): string[] {
  const names = [primary, ...Containers].map((container) => container?.ModelPackageName);
  return names.filter((name) => name !== undefined).filter((name) => isOfOtherAccount(name, account));
}

/** The versions that are listed. Only the policy of a group of another account names them. */
function listedVersions({ ModelPackageGroupName: group = '' }: Input, account: string): string {
  return isOfOtherAccount(group, account) ? `${group.replace(':model-package-group/', ':model-package/')}/*` : '*';
}

function isOfOtherAccount(nameOrArn: string, account: string): boolean {
  return nameOrArn.startsWith('arn:') && nameOrArn.split(':')[4] !== account;
}

function definitionsOf({ TrainingJobDefinition: one, TrainingJobDefinitions: many = [] }: Input): Input[] {
  return one === undefined ? many : [one, ...many];
}

/** The roles that a request passes to the service, each once. */
function rolesOf(input: Input): string[] {
  const { RoleArn, ExecutionRoleArn, ValidationSpecification: validation } = input;
  const own = [RoleArn, ExecutionRoleArn, validation?.ValidationRole, ...definitionsOf(input).flatMap(rolesOf)];
  return [...new Set(own.filter((role) => role !== undefined))];
}

/** The values of the condition keys of SageMaker. */
function keysOf(input: Input, modelArn: (name: string) => string): Access['keys'] {
  // The network of a processing job is a structure of its own.
  const parts = [input, input.NetworkConfig ?? {}, ...definitionsOf(input)];
  const resources = parts.flatMap((one) => [
    one.ResourceConfig,
    one.TransformResources,
    one.ProcessingResources?.ClusterConfig,
    one.HyperParameterTuningResourceConfig,
  ]);
  const model = input.TransformResources === undefined ? input.ProductionVariants?.[0]?.ModelName : input.ModelName;
  const volumeKey = resources.find((one) => one?.VolumeKmsKeyId !== undefined)?.VolumeKmsKeyId;
  return {
    'sagemaker:InstanceTypes': instanceTypes(input, resources),
    'sagemaker:ModelArn': model === undefined ? undefined : modelArn(model),
    'sagemaker:ModelApprovalStatus': input.ModelApprovalStatus,
    'sagemaker:NetworkIsolation': textOf(first(parts, 'EnableNetworkIsolation')),
    'sagemaker:InterContainerTrafficEncryption': textOf(first(parts, 'EnableInterContainerTrafficEncryption')),
    'sagemaker:MaxRuntimeInSeconds': textOf(first(parts, 'StoppingCondition')?.MaxRuntimeInSeconds),
    'sagemaker:OutputKmsKey': (
      first(parts, 'OutputDataConfig') ??
      input.TransformOutput ??
      input.ProcessingOutputConfig
    )?.KmsKeyId,
    'sagemaker:VolumeKmsKey': input.KmsKeyId ?? volumeKey,
    'sagemaker:VpcSubnets': first(parts, 'VpcConfig')?.Subnets,
    'sagemaker:VpcSecurityGroupIds': first(parts, 'VpcConfig')?.SecurityGroupIds,
  };
}

function instanceTypes(input: Input, resources: (Resources | undefined)[]): string[] | undefined {
  const groups = resources.flatMap((one) =>
    one === undefined ? [] : [one, ...(one.InstanceGroups ?? []), ...(one.InstancePreferences ?? [])],
  );
  const all = [...groups, ...(input.ProductionVariants ?? [])].map(({ InstanceType }) => InstanceType);
  const types = all.filter((type) => type !== undefined);
  return types.length > 0 ? types : undefined;
}

/** The first value of a member: of the request itself, or of its training job definitions. */
function first<K extends keyof Input>(parts: Input[], member: K): Input[K] {
  return parts.find((one) => one[member] !== undefined)?.[member];
}

function textOf(value: boolean | number | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
