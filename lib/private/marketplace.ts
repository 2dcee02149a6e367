import type { Construct } from 'constructs';
import { addWarning } from './rules';

/** Warns if a resource is certified for AWS Marketplace, but cannot be listed because it is not validated. */
export function warnAboutCertification(
  scope: Construct,
  property: 'validationProfiles' | 'validationProfile',
  props: { readonly certifyForMarketplace?: boolean; readonly isValidated: boolean },
): void {
  if (props.certifyForMarketplace !== true || props.isValidated) return;
  addWarning(
    scope,
    'marketplace',
    'marketplaceValidation',
    `\`certifyForMarketplace\` is set without \`${property}\`: AWS Marketplace only lists products whose validation by SageMaker has ` +
      `succeeded. Set \`${property}\` with data that buyers may see.`,
  );
}
