import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Warns if a resource is certified for AWS Marketplace, but cannot be listed because it is not validated. */
export function warnAboutCertification(
  scope: Construct,
  property: 'validationProfiles' | 'validationProfile',
  props: { readonly certifyForMarketplace?: boolean; readonly isValidated: boolean },
): void {
  if (props.certifyForMarketplace !== true || props.isValidated) return;
  Annotations.of(scope).addWarningV2(
    'cdk-sagemaker-algorithm:marketplaceValidation',
    `\`certifyForMarketplace\` is set without \`${property}\`: AWS Marketplace only lists products whose validation by SageMaker has ` +
      `succeeded. Set \`${property}\` with data that buyers may see.`,
  );
}
