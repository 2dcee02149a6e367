/** The resource that creates an algorithm. */
export enum AlgorithmProvisioning {
  /** `AWS::SageMaker::Algorithm`, which is not available in every region and does not support validation profiles. */
  CLOUDFORMATION = 'CloudFormation',

  /** A custom resource of this library, which is available in every region and supports validation profiles. */
  CUSTOM_RESOURCE = 'CustomResource',
}
