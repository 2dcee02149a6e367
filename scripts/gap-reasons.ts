const NO_PROPERTY = 'no property yet; `addRequestOverride` sets it';
const HUB = 'the private model hub and its data sets, which contain models for fine-tuning and no custom algorithms';
const NEWER = 'newer than the oldest supported aws-cdk-lib; an override of the L1 construct sets it';
const SERVERLESS = 'serverless fine-tuning and evaluation of foundation models, which run no image of the user';
const ONE_TYPE = 'ResourceConfig sets the resources with a single instance type';
const READ_ONLY = 'read-only';
const DEBUGGER = 'SageMaker Debugger, which is closed to new customers since 2026-07-30';
const IMAGE_DIGEST = 'part of the image URI: `ContainerImage.fromEcrRepository` with `digest`';
const APP_MANAGED =
  'downloads and uploads by the container itself, which its role permits without it; `addRequestOverride` sets it';
const MODEL_DATA = 'the model data of an algorithm is the output of its training jobs';

/**
 * The reasons for CloudFormation properties and request members that no construct sets. A key without the resource or the operation
 * applies to all that contain the structure.
 */
export const REASONS: Record<string, string> = {
  'ModelPackage.AdditionalInferenceSpecificationsToAdd':
    'part of an update; a template declares all of them: `additionalInferenceSpecifications`',
  'ModelPackage.ClientToken': 'for API clients that retry a request; CloudFormation retries its own',
  'ModelPackage.LastModifiedTime': READ_ONLY,
  'ModelPackage.ModelPackageStatusDetails': READ_ONLY,
  'ModelPackage.ModelPackageVersion': READ_ONLY,
  'EndpointConfig.ProductionVariant.AcceleratorType': 'Elastic Inference, which is discontinued',
  'Endpoint.RetainDeploymentConfig': 'for API clients that omit the policy; a template always contains it',

  'InferenceComponent.EndpointArn': READ_ONLY,
  'InferenceComponentRuntimeConfig.CurrentCopyCount': READ_ONLY,
  'InferenceComponentRuntimeConfig.DesiredCopyCount': READ_ONLY,
  'InferenceComponentRuntimeConfig.PlacementStatus': READ_ONLY,
  'InferenceComponentContainerSpecification.DeployedImage': READ_ONLY,
  'InferenceComponentSpecification.CurrentDataCacheConfig': READ_ONLY,
  'InferenceComponentContainerSpecification.ContainerMetricsConfig': NEWER,
  'InferenceComponentSpecification.DataCacheConfig': NEWER,
  'InferenceComponentSpecification.SchedulingConfig': NEWER,
  'InferenceComponent.Specifications': NEWER,

  'S3DataSource.ModelAccessConfig': HUB,
  'S3DataSource.HubAccessConfig': HUB,
  'DataSource.DatasetSource': HUB,
  'CreateAlgorithm.DataSource.FileSystemDataSource':
    'a file system requires a VPC, and validation jobs run without one',
  'ResourceConfig.InstancePlacementConfig':
    'the placement on UltraServers, whose ids are only known when capacity is reserved; `addRequestOverride` sets it',
  'ResourceConfig.SelectedInstanceType': READ_ONLY,
  'ResourceConfig.SelectedInstanceCount': READ_ONLY,
  'CreateAlgorithm.StoppingCondition.MaxPendingTimeInSeconds': NO_PROPERTY,
  'CreateAlgorithm.StoppingCondition.MaxWaitTimeInSeconds': 'validation jobs do not use Spot Instances',
  'CreateTrainingJob.DebugHookConfig': DEBUGGER,
  'CreateTrainingJob.DebugRuleConfigurations': DEBUGGER,
  'CreateTrainingJob.ProfilerRuleConfigurations': DEBUGGER,
  'CreateTrainingJob.SessionChainingConfig':
    'passes on the session tags of the caller; the Lambda function that creates the job has none',
  'CreateTrainingJob.ServerlessJobConfig': SERVERLESS,

  'CreateTrainingJob.ModelPackageConfig': SERVERLESS,
  'CreateHyperParameterTuningJob.ResourceConfig.InstancePreferences':
    'TrainingResources.preferring sets HyperParameterTuningResourceConfig, which tuning jobs have for several instance types',
  'HyperParameterTuningResourceConfig.InstanceType': ONE_TYPE,
  'HyperParameterTuningResourceConfig.InstanceCount': ONE_TYPE,
  'HyperParameterTuningResourceConfig.VolumeSizeInGB': ONE_TYPE,

  'ProcessingClusterConfig.SelectedInstanceType': READ_ONLY,
  'ProcessingClusterConfig.SelectedInstanceCount': READ_ONLY,
  'ProcessingInput.AppManaged': APP_MANAGED,
  'ProcessingOutput.AppManaged': APP_MANAGED,
  'ProcessingOutput.FeatureStoreOutput': APP_MANAGED,
  'ProcessingInput.DatasetDefinition':
    'a query of Amazon Athena or Amazon Redshift, whose permissions depend on the catalog; `addRequestOverride` sets it',

  'TrainingSpecification.TrainingImageDigest': IMAGE_DIGEST,
  'CreateAlgorithm.TrainingSpecification.AdditionalS3DataSource':
    'AWS::SageMaker::Algorithm lacks it; `addRequestOverride` sets it',
  'ModelPackageContainerDefinition.ImageDigest': IMAGE_DIGEST,
  'ModelPackageContainerDefinition.ModelDataUrl': MODEL_DATA,
  'ModelPackageContainerDefinition.ModelDataSource': MODEL_DATA,
  'ModelPackageContainerDefinition.ModelDataETag': MODEL_DATA,
  'ModelPackageContainerDefinition.AdditionalModelDataSources': MODEL_DATA,
  'ModelPackageContainerDefinition.AdditionalS3DataSource':
    'AWS::SageMaker::Algorithm lacks it; `addRequestOverride` sets it',
  'ModelPackageContainerDefinition.ProductId': 'set by AWS Marketplace for the products of sellers',
  'ModelPackageContainerDefinition.BaseModel': HUB,
};
