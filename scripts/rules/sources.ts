/** The library's own protection: AWS would accept the value, or never receives it. */
export const DESIGN = 'design';

/** No page of AWS states or implies the rule. */
export const UNDOCUMENTED = 'not documented';

/** The page defines the properties in a way that excludes the value, but does not state that it is refused. */
export const impliedBy = (...pages: string[]): string => `implied by ${pages.join(', ')}`;

export const AWS = 'https://docs.aws.amazon.com';
export const link = (title: string, url: string): string => `[${title}](${url})`;
export const api = (shape: string): string => link(shape, `${AWS}/sagemaker/latest/APIReference/API_${shape}.html`);
export const guide = (title: string, page: string): string => link(title, `${AWS}/sagemaker/latest/dg/${page}.html`);
export const issue = (repository: string, number: number): string =>
  link(`${repository.split('/')[1]}#${number}`, `https://github.com/${repository}/issues/${number}`);
export const pull = (repository: string, number: number): string =>
  link(`${repository.split('/')[1]}#${number}`, `https://github.com/${repository}/pull/${number}`);

export const ASYNC = guide('asynchronous inference', 'async-inference');
export const ASYNC_SCALING = guide('scaling of asynchronous endpoints', 'async-inference-autoscale');
export const AUTO_SCALING = guide('auto scaling', 'endpoint-auto-scaling-add-console');
export const CONDITIONS = link(
  'conditions',
  `${AWS}/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html`,
);
export const COMPONENTS = guide('inference components', 'realtime-endpoints-deploy-models');
export const DIRECT = guide('multi-container endpoints', 'multi-container-create');
export const EXCLUSIONS = guide('deployment exclusions', 'deployment-guardrails-exclusions');
export const EXPORTS = link(
  'Fn::ImportValue',
  `${AWS}/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-importvalue.html`,
);
export const EXTENDING = link('extending images', `${AWS}/sagemaker/latest/dg/prebuilt-containers-extend.html`);
export const IMAGE_PATHS = link(
  'registry paths',
  `${AWS}/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html`,
);
export const INFERENCE = guide('inference containers', 'your-algorithms-inference-code');
export const ISOLATION = guide('network isolation', 'mkt-algo-model-internet-free');
export const MARKETPLACE_ALGORITHM = guide('algorithm resources', 'sagemaker-mkt-create-algo');
export const MARKETPLACE_LIMITS = link(
  'AWS Marketplace restrictions',
  `${AWS}/marketplace/latest/userguide/ml-service-restrictions-and-limits.html`,
);
export const MULTI_MODEL = guide('multi-model endpoints', 'create-multi-model-endpoint');
export const PIPELINE_EVENTS = guide('events of SageMaker', 'automating-sagemaker-with-eventbridge');
export const PIPES = link('dynamic path parameters', `${AWS}/eventbridge/latest/userguide/eb-pipes-event-target.html`);
export const PRIVATE_REGISTRIES = guide('private registries', 'your-algorithms-containers-inference-private');
export const PROCESSING_DATA = guide('inputs and outputs of processing', 'byoc-input-and-output');
export const REMOTE_DEBUGGING = guide('remote debugging', 'train-remote-debugging');
export const SCALABLE_TARGET = link(
  'RegisterScalableTarget',
  `${AWS}/autoscaling/application/APIReference/API_RegisterScalableTarget.html`,
);
export const SERVERLESS = guide('serverless endpoints', 'serverless-endpoints');
export const SHADOW = guide('shadow tests', 'shadow-tests');
export const TOOLKITS = guide('toolkits', 'amazon-sagemaker-toolkits');
export const TRAINING_ENVIRONMENT = guide('training environment', 'your-algorithms-training-algo-running-container');
export const TRAINING_DATA = guide('training data', 'model-access-training-data');
export const TUNING_METRICS = guide('tuning metrics', 'automatic-model-tuning-define-metrics-variables');
export const TUNING_RANGES = guide('tuning ranges', 'automatic-model-tuning-define-ranges');
export const UNCOMPRESSED = guide('uncompressed models', 'large-model-inference-uncompressed');
export const WARM_POOLS = guide('warm pools', 'train-warm-pools');
