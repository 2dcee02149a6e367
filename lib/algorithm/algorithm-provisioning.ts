/** What makes an algorithm at deployment. */
export enum AlgorithmProvisioning {
  /** CloudFormation's own resource type, which some regions do not have yet, and which knows no validation. */
  CLOUDFORMATION = 'CloudFormation',

  /** The handler of this library that starts jobs, in all regions. */
  CUSTOM_RESOURCE = 'CustomResource',
}
