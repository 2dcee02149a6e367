/** What is known of a model that decides where it can be hosted. */
export interface HostingFeatures {
  /**
   * How many containers the model has.
   *
   * @default - not known
   */
  readonly containerCount?: number;

  /**
   * Whether one container loads many models when they are asked for.
   *
   * @default - not known
   */
  readonly isMultiModel?: boolean;

  /**
   * Whether the model comes from AWS Marketplace.
   *
   * @default - not known
   */
  readonly isMarketplaceProduct?: boolean;

  /**
   * Whether the containers have no network.
   *
   * @default - not known
   */
  readonly hasNetworkIsolation?: boolean;

  /**
   * Whether the containers are in a VPC.
   *
   * @default - not known
   */
  readonly hasVpc?: boolean;

  /**
   * Whether an image comes from a private registry outside Amazon ECR.
   *
   * @default - not known
   */
  readonly usesPrivateRegistry?: boolean;
}
