/**
 * The contract between SageMaker and a container: paths, names, timeouts and limits. The construct library and the local tools
 * share these values.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms.html
 */

/** The paths in a container that SageMaker reserves. */
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
  exitMessage: '/opt/ml/output/message',
  checkpoints: '/opt/ml/checkpoints',
  code: '/opt/ml/code',
  processingConfig: '/opt/ml/config',
  processingJobConfig: '/opt/ml/config/processingjobconfig.json',
  processingResourceConfig: '/opt/ml/config/resourceconfig.json',
  processing: '/opt/ml/processing',
  processingInput: '/opt/ml/processing/input',
  processingOutput: '/opt/ml/processing/output',
  models: '/opt/ml/models',
  additionalModelData: '/opt/ml/additional-model-data-sources',
} as const;

/** The names of the objects that a training job uploads to its output location. */
export const ARTIFACTS = { model: 'model.tar.gz', output: 'output.tar.gz' } as const;

/** The arguments with which containers are started. */
export const COMMANDS = { train: 'train', serve: 'serve' } as const;

export const SERVING = {
  port: 8080,
  ping: '/ping',
  invocations: '/invocations',
  executionParameters: '/execution-parameters',
  models: '/models',
  bidirectional: '/invocations-bidirectional-stream',
} as const;

/** The name of the network interface in `resourceconfig.json`. Containers must read it from there. */
export const NETWORK_INTERFACE = 'eth0';

/** Times in seconds. */
export const SECONDS = {
  trainingStopGrace: 120,
  processingStopGrace: 120,
  servingStopGrace: 30,
  pingTimeout: 2,
  /** From the start of the container to the first successful ping. */
  startUp: 480,
  startUpServerless: 180,
  invocation: 60,
  streamedInvocation: 480,
  asyncInvocation: 900,
  modelLoading: 360,
  defaultMaxRuntime: 86_400,
  maxMaxRuntime: 28 * 86_400,
} as const;

/** Size limits that the API model does not contain. */
export const LIMITS = {
  /** The number of characters of /opt/ml/output/failure that become the failure reason. */
  failureReason: 1024,
  /** The number of bytes of /opt/ml/output/message of a processing job that become the exit message. */
  exitMessageBytes: 1024,
  realtimePayloadBytes: 25 * 1024 * 1024,
  serverlessPayloadBytes: 4 * 1024 * 1024,
  asyncPayloadBytes: 1024 ** 3,
  pipelineHopBytes: 5 * 1024 * 1024,
  serverlessImageBytes: 10 * 1024 ** 3,
} as const;

/** The image labels that declare the capabilities of a container. */
export const LABELS = {
  acceptBindToPort: 'com.amazonaws.sagemaker.capabilities.accept-bind-to-port',
  multiModels: 'com.amazonaws.sagemaker.capabilities.multi-models',
  bidirectionalStreaming: 'com.amazonaws.sagemaker.capabilities.bidirectional-streaming',
} as const;
