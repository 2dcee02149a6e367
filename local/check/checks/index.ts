import type { Check } from './check';
import { apiRequests } from './image/api-requests';
import { entrypoint } from './image/entrypoint';
import { gpuDriver } from './image/gpu-driver';
import { imageCredentials } from './image/image-credentials';
import { imageSize } from './image/image-size';
import { initProcess } from './image/init-process';
import { labels } from './image/labels';
import { manifest } from './image/manifest';
import { platform } from './image/platform';
import { reservedPaths } from './image/reserved-paths';
import { user } from './image/user';
import { processingCommand } from './processing/command';
import { processingCompletes } from './processing/completes';
import { processingDistributed } from './processing/distributed';
import { processingExitCode } from './processing/exit-code';
import { exitMessage } from './processing/exit-message';
import { monitorReport } from './processing/monitor-report';
import { processingIsolation } from './processing/isolation';
import { processingOutputs } from './processing/outputs';
import { processingSigterm } from './processing/sigterm';
import { badInput } from './serving/bad-input';
import { batch } from './serving/batch';
import { bidirectionalStream } from './serving/bidirectional-stream';
import { bindToPort } from './serving/bind-to-port';
import { chunkedRequests } from './serving/chunked';
import { serveCommand } from './serving/command';
import { concurrency } from './serving/concurrency';
import { contentType } from './serving/content-type';
import { draining } from './serving/draining';
import { executionParameters } from './serving/execution-parameters';
import { extraHeaders } from './serving/extra-headers';
import { invocations } from './serving/invocations';
import { servingIsolation } from './serving/isolation';
import { servingLineEnds } from './serving/line-ends';
import { listenAddress } from './serving/listen-address';
import { modelArchive } from './serving/model-archive';
import { modelLoading } from './serving/model-loading';
import { multiModel } from './serving/multi-model';
import { payload } from './serving/payload';
import { ping } from './serving/ping';
import { pingBody } from './serving/ping-body';
import { pingVerbs } from './serving/ping-verbs';
import { port } from './serving/port';
import { readonlyModel } from './serving/readonly-model';
import { responseTime } from './serving/response-time';
import { responseType } from './serving/response-type';
import { roundTrip } from './serving/round-trip';
import { serverlessUser } from './serving/serverless-user';
import { servingSigterm } from './serving/sigterm';
import { startUp } from './serving/start-up';
import { streaming } from './serving/streaming';
import { badData } from './training/bad-data';
import { trainCommand } from './training/command';
import { trainingCompletes } from './training/completes';
import { distributed } from './training/distributed';
import { exitCode } from './training/exit-code';
import { failureFile } from './training/failure-file';
import { fastFile } from './training/fast-file';
import { hyperparameterEncoding } from './training/hyperparameter-encoding';
import { hyperparameterStrings } from './training/hyperparameter-strings';
import { trainingIsolation } from './training/isolation';
import { lateHosts } from './training/late-hosts';
import { lineEnds } from './training/line-ends';
import { logBuffering } from './training/log-buffering';
import { metrics } from './training/metrics';
import { modelFiles } from './training/model-files';
import { modelWritten } from './training/model-written';
import { objective } from './training/objective';
import { pipeMode } from './training/pipe-mode';
import { privileges } from './training/privileges';
import { resume } from './training/resume';
import { sharedMemory } from './training/shared-memory';
import { trainingSigterm } from './training/sigterm';
import { toolkitVariables } from './training/toolkit-variables';
import { tuningTrials } from './training/tuning-trials';
import { unknownHyperparameters } from './training/unknown-hyperparameters';

/** All checks. Variations run in this order: first those of settings of the job or endpoint, then mere guesses. */
export const CHECKS: readonly Check[] = [
  platform,
  entrypoint,
  initProcess,
  reservedPaths,
  imageSize,
  manifest,
  labels,
  gpuDriver,
  user,
  imageCredentials,
  apiRequests,

  trainCommand,
  lineEnds,
  trainingCompletes,
  trainingIsolation,
  pipeMode,
  fastFile,
  distributed,
  lateHosts,
  hyperparameterStrings,
  toolkitVariables,
  sharedMemory,
  privileges,
  exitCode,
  modelWritten,
  modelFiles,
  metrics,
  objective,
  logBuffering,
  unknownHyperparameters,
  hyperparameterEncoding,
  trainingSigterm,
  resume,
  badData,
  failureFile,
  tuningTrials,

  modelArchive,
  serveCommand,
  servingLineEnds,
  startUp,
  listenAddress,
  port,
  ping,
  roundTrip,
  servingIsolation,
  serverlessUser,
  readonlyModel,
  pingBody,
  pingVerbs,
  invocations,
  responseTime,
  responseType,
  contentType,
  extraHeaders,
  badInput,
  payload,
  concurrency,
  chunkedRequests,
  executionParameters,
  batch,
  streaming,
  bidirectionalStream,
  multiModel,
  modelLoading,
  servingSigterm,
  draining,
  bindToPort,

  processingCommand,
  processingCompletes,
  processingIsolation,
  processingExitCode,
  processingOutputs,
  monitorReport,
  processingDistributed,
  exitMessage,
  processingSigterm,
];
