/**
 * What SageMaker promises a container, and expects of it: paths, names and times. The one part of the construct library
 * that the local tools share, so that both speak of the same contract.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms.html
 */

/** The tree below /opt/ml that belongs to the platform. */
export const PATHS = {
  root: '/opt/ml',
  input: '/opt/ml/input',
  config: '/opt/ml/input/config',
  hyperparameters: '/opt/ml/input/config/hyperparameters.json',
  inputDataConfig: '/opt/ml/input/config/inputdataconfig.json',
  resourceConfig: '/opt/ml/input/config/resourceconfig.json',
  data: '/opt/ml/input/data',
  model: '/opt/ml/model',
  output: '/opt/ml/output',
  outputData: '/opt/ml/output/data',
  failure: '/opt/ml/output/failure',
  checkpoints: '/opt/ml/checkpoints',
  models: '/opt/ml/models',
  additionalModelData: '/opt/ml/additional-model-data-sources',
} as const;

/** Names of the objects a training job leaves under its output location. */
export const ARTIFACTS = { model: 'model.tar.gz', output: 'output.tar.gz' } as const;

/** The argument that a container is started with. */
export const COMMANDS = { train: 'train', serve: 'serve' } as const;

export const SERVING = {
  port: 8080,
  ping: '/ping',
  invocations: '/invocations',
  executionParameters: '/execution-parameters',
  models: '/models',
  bidirectional: '/invocations-bidirectional-stream',
} as const;

/** The interface name that containers are told; read from the file, never assumed. */
export const NETWORK_INTERFACE = 'eth0';

/** Times in seconds. */
export const SECONDS = {
  trainingStopGrace: 120,
  servingStopGrace: 30,
  pingTimeout: 2,
  /** From container start to a healthy ping. */
  startUp: 480,
  startUpServerless: 180,
  invocation: 60,
  streamedInvocation: 480,
  asyncInvocation: 900,
  modelLoading: 360,
  defaultMaxRuntime: 86_400,
  maxMaxRuntime: 28 * 86_400,
} as const;

/** Exit and size limits that are not members of an API shape. */
export const LIMITS = {
  /** Characters of /opt/ml/output/failure that become the failure reason. */
  failureReason: 1024,
  realtimePayloadBytes: 25 * 1024 * 1024,
  serverlessPayloadBytes: 4 * 1024 * 1024,
  asyncPayloadBytes: 1024 ** 3,
  pipelineHopBytes: 5 * 1024 * 1024,
  serverlessImageBytes: 10 * 1024 ** 3,
} as const;

/** Image labels that tell the platform what a container can do. */
export const LABELS = {
  acceptBindToPort: 'com.amazonaws.sagemaker.capabilities.accept-bind-to-port',
  multiModels: 'com.amazonaws.sagemaker.capabilities.multi-models',
  bidirectionalStreaming: 'com.amazonaws.sagemaker.capabilities.bidirectional-streaming',
} as const;
