/** The features of a model that determine where it can be hosted. Each is undefined if it is not known, as for an imported model. */
export interface HostingFeatures {
  /**
   * The number of containers of the model.
   *
   * @default - unknown, and not validated
   */
  readonly containerCount?: number;

  /**
   * Whether the container is multi-model: it loads models when they are invoked.
   *
   * @default - unknown, and not validated
   */
  readonly isMultiModel?: boolean;

  /**
   * Whether the model is an AWS Marketplace product.
   *
   * @default - unknown, and not validated
   */
  readonly isMarketplaceProduct?: boolean;

  /**
   * Whether network isolation is enabled for the containers.
   *
   * @default - unknown, and not validated
   */
  readonly hasNetworkIsolation?: boolean;

  /**
   * Whether the containers run in a VPC.
   *
   * @default - unknown, and not validated
   */
  readonly hasVpc?: boolean;

  /**
   * Whether an image of the model is in a private registry outside Amazon ECR.
   *
   * @default - unknown, and not validated
   */
  readonly usesPrivateRegistry?: boolean;

  /**
   * Whether an image of the model is in the Amazon ECR registry of another account than the model. Images that AWS provides do not
   * count.
   *
   * @default - unknown, and not validated
   */
  readonly usesImageOfOtherAccount?: boolean;

  /**
   * Whether the model data consists of uncompressed objects, rather than of an archive.
   *
   * @default - unknown, and not validated
   */
  readonly hasUncompressedModelData?: boolean;
}
