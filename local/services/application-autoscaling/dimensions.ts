import type { DescribeEndpointOutput, DescribeInferenceComponentOutput } from '@aws-sdk/client-sagemaker';
import { validationError } from '../../aws-model/service-error';
import { notSupported } from '../../aws-model/not-supported';

/** Calls an operation of SageMaker, as Application Auto Scaling does in AWS. */
export type CallSageMaker = (operation: string, input: object) => unknown;

/** The identity of a scalable target. */
export interface TargetId {
  readonly ResourceId: string;
  readonly ScalableDimension: string;
}

export interface Capacity {
  readonly value: number;

  /** Whether the resource accepts a new capacity: not while it is updated. */
  readonly isReady: boolean;
}

/** The parts of a resource ID: the endpoint and the variant, or the inference component. */
type Names = readonly string[];

interface Dimension {
  readonly resource: RegExp;

  /** The noun in the descriptions of scaling activities. */
  readonly noun: string;
  read(call: CallSageMaker, names: Names): Capacity | undefined;
  write(call: CallSageMaker, names: Names, value: number): void;
}

const VARIANT = /^endpoint\/([^/]+)\/variant\/([^/]+)$/;

const DIMENSIONS: Record<string, Dimension> = {
  'sagemaker:variant:DesiredInstanceCount': {
    resource: VARIANT,
    noun: 'desired instance count',
    read: (call, names) => variant(call, names, ({ DesiredInstanceCount }) => DesiredInstanceCount),
    write: (call, [EndpointName, VariantName], DesiredInstanceCount) =>
      updateVariant(call, EndpointName, { VariantName, DesiredInstanceCount }),
  },
  'sagemaker:variant:DesiredProvisionedConcurrency': {
    resource: VARIANT,
    noun: 'desired provisioned concurrency',
    read: (call, names) =>
      variant(call, names, ({ DesiredServerlessConfig: serverless }) => serverless?.ProvisionedConcurrency),
    write: (call, [EndpointName, VariantName], ProvisionedConcurrency) =>
      updateVariant(call, EndpointName, { VariantName, ServerlessUpdateConfig: { ProvisionedConcurrency } }),
  },
  'sagemaker:inference-component:DesiredCopyCount': {
    resource: /^inference-component\/([^/]+)$/,
    noun: 'desired copy count',
    read: (call, [InferenceComponentName]) => {
      const { RuntimeConfig, InferenceComponentStatus } = call('DescribeInferenceComponent', {
        InferenceComponentName,
      }) as DescribeInferenceComponentOutput;
      const value = RuntimeConfig?.DesiredCopyCount;
      return value === undefined ? undefined : { value, isReady: InferenceComponentStatus === 'InService' };
    },
    write: (call, [InferenceComponentName], CopyCount) =>
      void call('UpdateInferenceComponentRuntimeConfig', {
        InferenceComponentName,
        DesiredRuntimeConfig: { CopyCount },
      }),
  },
};

type Variant = NonNullable<DescribeEndpointOutput['ProductionVariants']>[number];

function variant(
  call: CallSageMaker,
  [EndpointName, VariantName]: Names,
  of: (variant: Variant) => number | undefined,
): Capacity | undefined {
  const { ProductionVariants = [], EndpointStatus } = call('DescribeEndpoint', {
    EndpointName,
  }) as DescribeEndpointOutput;
  const found = ProductionVariants.find((one) => one.VariantName === VariantName);
  const value = found === undefined ? undefined : of(found);
  return value === undefined ? undefined : { value, isReady: EndpointStatus === 'InService' };
}

function updateVariant(call: CallSageMaker, EndpointName: string, change: object): void {
  void call('UpdateEndpointWeightsAndCapacities', { EndpointName, DesiredWeightsAndCapacities: [change] });
}

function dimensionOf({ ScalableDimension, ResourceId }: TargetId): { dimension: Dimension; names: Names } {
  const dimension = Object.hasOwn(DIMENSIONS, ScalableDimension) ? DIMENSIONS[ScalableDimension] : undefined;
  if (dimension === undefined) {
    throw validationError(notSupported('application-auto-scaling', `the scalable dimension ${ScalableDimension}`));
  }
  const [, ...names] = dimension.resource.exec(ResourceId) ?? [];
  if (names.length === 0) throw validationError(`Unsupported resource type for ${ScalableDimension}: ${ResourceId}`);
  return { dimension, names };
}

/** The capacity of a resource; undefined if it does not exist. */
export function readCapacity(call: CallSageMaker, target: TargetId): Capacity | undefined {
  const { dimension, names } = dimensionOf(target);
  try {
    return dimension.read(call, names);
  } catch {
    return undefined;
  }
}

export function writeCapacity(call: CallSageMaker, target: TargetId, value: number): void {
  const { dimension, names } = dimensionOf(target);
  dimension.write(call, names, value);
}

export function nounOf(target: TargetId): string {
  return dimensionOf(target).dimension.noun;
}

/** The dimensions of the metrics of a resource. */
export function metricDimensions(target: TargetId): { Name: string; Value: string }[] {
  const { names } = dimensionOf(target);
  const keys = names.length === 2 ? ['EndpointName', 'VariantName'] : ['InferenceComponentName'];
  return keys.map((Name, index) => ({ Name, Value: names[index] }));
}
