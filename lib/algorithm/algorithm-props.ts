import { type aws_iam as iam } from 'aws-cdk-lib';
import { type AlgorithmProvisioning } from './algorithm-provisioning';
import type { AlgorithmSpecification } from './algorithm-specification';
import type { ValidationProfile } from './validation-profile';

/** Properties of an algorithm. */
export interface AlgorithmProps extends AlgorithmSpecification {
  /**
   * The prefix of the algorithm's name, at most 52 letters, digits and hyphens, or 35 if `provisioning` is CUSTOM_RESOURCE. A hash of the definition is appended: an
   * algorithm cannot be updated, only replaced, and the replacement requires a different name.
   *
   * @default - derived from the construct path
   */
  readonly algorithmName?: string;

  /**
   * The description of the algorithm, at most 1024 characters.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * Whether to certify the algorithm for a listing on AWS Marketplace. The certification includes a scan of its images.
   *
   * A product needs `validationProfiles`: AWS Marketplace only lists products whose validation has succeeded. The inputs and outputs of
   * the validation become part of the listing, where buyers can see them. The images must be in Amazon ECR in the account of the
   * seller, contain all dependencies, and work without network access, since products run with network isolation. SageMaker scans
   * images for vulnerabilities if they are based on an operating system that it supports: certain versions of Debian, Ubuntu,
   * CentOS, Oracle Linux and Alpine, and Amazon Linux.
   *
   * @default false
   * @see https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-marketplace-develop.html
   */
  readonly certifyForMarketplace?: boolean;

  /**
   * The validation profile, at most 1, whose jobs validate the algorithm. The deployment waits for these jobs; if one fails,
   * the deployment fails with its failure reason. If the algorithm is listed on AWS Marketplace, buyers can see the data of the
   * profile.
   *
   * @default - the algorithm is not validated
   */
  readonly validationProfiles?: ValidationProfile[];

  /**
   * The execution role of the jobs in `validationProfiles`. It is granted the permissions that these jobs need.
   *
   * @default - a new role with least privilege
   */
  readonly validationRole?: iam.IRole;

  /**
   * The resource that creates the algorithm.
   *
   * @default - AlgorithmProvisioning.CUSTOM_RESOURCE if `validationProfiles` is set, or if the stack is in a region without
   * `AWS::SageMaker::Algorithm`; AlgorithmProvisioning.CLOUDFORMATION otherwise
   */
  readonly provisioning?: AlgorithmProvisioning;

  /**
   * An arbitrary text. Changing it replaces the algorithm, which is necessary if the only change is in a value that is known
   * at deployment, for example a parameter that contains an image URI.
   *
   * @default - no revision
   */
  readonly revision?: string;
}
