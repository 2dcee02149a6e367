import type {
  DataCaptureConfig,
  DataCaptureConfigSummary,
  DescribeEndpointCommandOutput,
  DesiredWeightAndCapacity,
  ProductionVariantSummary,
} from '@aws-sdk/client-sagemaker';
import type { Wire } from '../../wire/record';
import type { Deployment } from './deployment';
import type { EndpointConfig } from './endpoint-configs';
import type { InstanceCounts } from './fleet';

/** The record of an endpoint, as DescribeEndpoint returns it. */
export type Endpoint = Omit<Wire<DescribeEndpointCommandOutput>, '$metadata'> & {
  readonly EndpointName: string;
  readonly EndpointArn: string;
  readonly EndpointConfigName: string;

  /** The configuration itself, which can be deleted while the endpoint uses it. */
  readonly config: EndpointConfig;

  /** The data capture of the configuration, or of an earlier one that an update has retained. */
  readonly capture?: Wire<DataCaptureConfig>;
  readonly EndpointStatus: string;
  readonly CreationTime: number;
};

type VariantSummary = Wire<ProductionVariantSummary>;
type Variants = Pick<Endpoint, 'ProductionVariants' | 'ShadowProductionVariants'>;

/** Which properties of the variants an update retains. */
export interface Retained {
  readonly weights: boolean;
  readonly counts: boolean;
  readonly capture: boolean;
}

/** The data capture of an endpoint, as DescribeEndpoint returns it. */
export function captureSummary({ capture, EndpointStatus }: Endpoint): Wire<DataCaptureConfigSummary> | undefined {
  if (capture === undefined) return undefined;
  const { EnableCapture = true, InitialSamplingPercentage, DestinationS3Uri, KmsKeyId = '' } = capture;
  return {
    EnableCapture,
    CaptureStatus: EnableCapture && EndpointStatus !== 'Failed' ? 'Started' : 'Stopped',
    CurrentSamplingPercentage: InitialSamplingPercentage,
    DestinationS3Uri,
    KmsKeyId,
  };
}

/** Whether the variants of an endpoint host inference components, and no models of their own. */
export function hostsComponents({ config: { ProductionVariants = [] } }: Endpoint): boolean {
  return ProductionVariants.some(({ ModelName }) => ModelName === undefined);
}

/** The instance counts that the variants of an endpoint should have. */
export function desiredCounts({ ProductionVariants = [], ShadowProductionVariants = [] }: Variants): InstanceCounts {
  const all = [...ProductionVariants, ...ShadowProductionVariants];
  // A serverless variant has no instance count.
  return Object.fromEntries(
    all.map(({ VariantName = '', DesiredInstanceCount = 1 }) => [VariantName, DesiredInstanceCount]),
  );
}

/** The variants of an endpoint under a new configuration. */
export function variantsOf(
  { ProductionVariants: production = [], ShadowProductionVariants: shadows }: EndpointConfig,
  { ProductionVariants: before = [] }: Endpoint,
  retained: Retained,
): Variants {
  return {
    ProductionVariants: production.map(({ VariantName, InitialVariantWeight = 1, InitialInstanceCount }) => {
      const old = before.find((variant) => variant.VariantName === VariantName);
      const weight = retained.weights ? old?.CurrentWeight : undefined;
      const count = retained.counts ? old?.CurrentInstanceCount : undefined;
      return variantSummary(VariantName, weight ?? InitialVariantWeight, count ?? InitialInstanceCount);
    }),
    ShadowProductionVariants: shadows?.map(({ VariantName, InitialVariantWeight = 1, InitialInstanceCount }) =>
      variantSummary(VariantName, InitialVariantWeight, InitialInstanceCount),
    ),
  };
}

/** The summary of a deployment in progress. */
export function pendingSummary(
  { EndpointConfigName }: EndpointConfig,
  { ProductionVariants = [], ShadowProductionVariants }: Variants,
  StartTime: number,
): NonNullable<Endpoint['PendingDeploymentSummary']> {
  return { EndpointConfigName, ProductionVariants, ShadowProductionVariants, StartTime };
}

/** The summary of a deployment in progress, with the stage that it is in. */
export function withStage(
  { PendingDeploymentSummary: summary }: Endpoint,
  deployment: Deployment | undefined,
): Endpoint['PendingDeploymentSummary'] {
  if (summary === undefined || deployment === undefined) return summary;
  const VariantStatus = [{ Status: deployment.stage, StartTime: deployment.stageStart / 1000 }];
  const withStatus = (variants: VariantSummary[] | undefined): VariantSummary[] | undefined =>
    variants?.map((variant) => ({ ...variant, VariantStatus }));
  return {
    ...summary,
    ProductionVariants: withStatus(summary.ProductionVariants),
    ShadowProductionVariants: withStatus(summary.ShadowProductionVariants),
  };
}

/** The variants with new weights and instance counts, which they do not have yet. */
export function withDesired(variants: VariantSummary[], desired: Wire<DesiredWeightAndCapacity>[]): VariantSummary[] {
  return variants.map((variant) => {
    const { DesiredWeight = variant.DesiredWeight, DesiredInstanceCount = variant.DesiredInstanceCount } =
      desired.find(({ VariantName }) => VariantName === variant.VariantName) ?? {};
    return { ...variant, DesiredWeight, DesiredInstanceCount };
  });
}

/** The variants that have got the weights and instance counts that they should have. */
export function withCurrent(variants: VariantSummary[]): VariantSummary[] {
  return variants.map((variant) => ({
    ...variant,
    CurrentWeight: variant.DesiredWeight,
    CurrentInstanceCount: variant.DesiredInstanceCount,
  }));
}

function variantSummary(VariantName: string | undefined, weight?: number, count?: number): VariantSummary {
  return {
    VariantName,
    CurrentWeight: weight,
    DesiredWeight: weight,
    CurrentInstanceCount: count,
    DesiredInstanceCount: count,
  };
}
