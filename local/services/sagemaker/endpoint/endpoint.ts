import type {
  DescribeEndpointCommandOutput,
  DesiredWeightAndCapacity,
  ProductionVariantSummary,
} from '@aws-sdk/client-sagemaker';
import type { Wire } from '../../wire/record';
import type { EndpointConfig } from './endpoint-configs';

/** The record of an endpoint, as DescribeEndpoint returns it. */
export type Endpoint = Omit<Wire<DescribeEndpointCommandOutput>, '$metadata'> & {
  readonly EndpointName: string;
  readonly EndpointArn: string;
  readonly EndpointConfigName: string;

  /** The configuration itself, which can be deleted while the endpoint uses it. */
  readonly config: EndpointConfig;
  readonly EndpointStatus: string;
  readonly CreationTime: number;
};

type VariantSummary = Wire<ProductionVariantSummary>;

/** Which properties of the variants an update retains. */
export interface Retained {
  readonly weights: boolean;
  readonly counts: boolean;
}

/** The variants of an endpoint under a new configuration. */
export function variantsOf(
  { ProductionVariants: production = [], ShadowProductionVariants: shadows }: EndpointConfig,
  { ProductionVariants: before = [] }: Endpoint,
  retained: Retained,
): Pick<Endpoint, 'ProductionVariants' | 'ShadowProductionVariants'> {
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

/** The variants with new weights and instance counts. */
export function withCapacities(
  variants: VariantSummary[],
  desired: Wire<DesiredWeightAndCapacity>[],
): VariantSummary[] {
  return variants.map((variant) => {
    const change = desired.find(({ VariantName }) => VariantName === variant.VariantName);
    const weight = change?.DesiredWeight ?? variant.DesiredWeight;
    const count = change?.DesiredInstanceCount ?? variant.DesiredInstanceCount;
    return { ...variant, ...variantSummary(variant.VariantName, weight, count) };
  });
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
