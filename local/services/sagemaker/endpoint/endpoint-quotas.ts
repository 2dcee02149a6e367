import { ServiceError } from '../../../aws-model/service-error';
import type { Endpoint } from './endpoint';
import type { EndpointConfig } from './endpoint-configs';

/**
 * Validates that the account may run the instances of a configuration in addition to those that its endpoints have. An update starts the
 * new instances before it stops the old ones.
 *
 * @param quotas the numbers of instances that endpoints can use, by instance type. Other types are not limited
 */
export function checkEndpointQuotas(
  quotas: Readonly<Record<string, number>>,
  endpoints: Endpoint[],
  config: EndpointConfig,
): void {
  for (const [type, quota] of Object.entries(quotas)) {
    const used = endpoints.reduce((sum, endpoint) => sum + instancesOf(type, endpoint.config, endpoint), 0);
    const delta = instancesOf(type, config);
    if (delta === 0 || used + delta <= quota) continue;
    throw new ServiceError(
      'ResourceLimitExceeded',
      `The account-level service limit '${type} for endpoint usage' is ${quota} Instances, with current utilization of ${used} Instances ` +
        `and a request delta of ${delta} Instances. Please use AWS Service Quotas to request an increase for this quota. If AWS Service ` +
        'Quotas is not available, contact AWS support to request an increase for this quota.',
    );
  }
}

/** The number of instances of a type that a configuration requires, or that an endpoint with this configuration has. */
function instancesOf(
  type: string,
  { ProductionVariants: production = [], ShadowProductionVariants: shadows = [] }: EndpointConfig,
  { ProductionVariants: summaries = [] }: Partial<Endpoint> = {},
): number {
  const counts = [...production, ...shadows].map(({ InstanceType, VariantName, InitialInstanceCount = 1 }) => {
    const summary = summaries.find((one) => one.VariantName === VariantName);
    return InstanceType === type ? (summary?.DesiredInstanceCount ?? InitialInstanceCount) : 0;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}
