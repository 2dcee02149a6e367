import { type aws_iam as iam } from 'aws-cdk-lib';
import { type AlgorithmProvisioning } from './algorithm-provisioning';
import type { AlgorithmSpecification } from './algorithm-specification';
import type { ValidationProfile } from './validation-profile';

/** The definition of an algorithm. */
export interface AlgorithmProps extends AlgorithmSpecification {
  /**
   * The start of the algorithm's name, at most 52 letters, digits and hyphens. A hash of the definition follows it: an
   * algorithm cannot be changed, only replaced, and its replacement needs another name.
   *
   * @default - made of the construct's path
   */
  readonly algorithmName?: string;

  /**
   * What the algorithm does, at most 1024 characters.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * Whether the algorithm is to be listed on AWS Marketplace, which has its images scanned.
   *
   * @default false
   */
  readonly certifyForMarketplace?: boolean;

  /**
   * Jobs that the algorithm must pass, at most 1 profile. The deployment waits for them, and fails when they do, with their
   * reasons.
   *
   * @default - the algorithm is not validated
   */
  readonly validationProfiles?: ValidationProfile[];

  /**
   * The role that the jobs of `validationProfiles` run with. It is granted what they need.
   *
   * @default - a role that may do nothing but what they need
   */
  readonly validationRole?: iam.IRole;

  /**
   * What makes the algorithm at deployment.
   *
   * @default - AlgorithmProvisioning.CUSTOM_RESOURCE with `validationProfiles`, AlgorithmProvisioning.CLOUDFORMATION without
   */
  readonly provisioning?: AlgorithmProvisioning;

  /**
   * Any text. Changing it makes a new algorithm, which is needed when only a value known at deployment has changed (a
   * parameter that holds an image URI, for example).
   *
   * @default - none
   */
  readonly revision?: string;
}
