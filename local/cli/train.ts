import { Command } from 'commander';
import { type TrainingResult, notUploaded, train } from '../container';
import { addImageOptions, collect, envOption, gpusOption, printJson } from './common';
import { localJobName, printedEvents } from './job';
import { metricSummary } from './metric-summary';
import { CHANNEL_FORM, ValidationErrors, channels, count, hyperparameters, metrics, pairs, seconds } from './options';
import { type ImageOptions, Session, note, buildContext } from './session';
import { INTERRUPTED } from './signals';

interface Options extends ImageOptions {
  readonly channel?: string[];
  readonly hyperparameter?: string[];
  readonly hyperparameters?: string;
  readonly env?: string[];
  readonly metric?: string[];
  readonly instanceCount?: string;
  readonly maxRuntime?: string;
  readonly networkIsolation?: boolean;
  readonly gpus?: boolean;
  readonly checkpoints?: string;
  readonly output: string;
  readonly json?: boolean;
}

export function trainCommand(): Command {
  return addImageOptions(new Command('train').description('Run a training job as SageMaker runs it'))
    .option(`--channel <${CHANNEL_FORM}>`, 'input channel (repeatable)', collect)
    .option('--hyperparameter <NAME=VALUE>', 'hyperparameter (repeatable)', collect)
    .option('--hyperparameters <file>', 'JSON object of hyperparameters')
    .addOption(envOption())
    .option('--metric <NAME=REGEX>', 'metric definition: the first group matches the number (repeatable)', collect)
    .option('--instance-count <n>', 'number of hosts, each a container', '1')
    .option('--max-runtime <time>', 'stop the job after this time, for example 10m')
    .option('--network-isolation', 'no network, as with EnableNetworkIsolation')
    .addOption(gpusOption())
    .option('--checkpoints <dir>', 'directory for /opt/ml/checkpoints, which is kept for the next job')
    .option('--output <dir>', 'directory for <job>/output/model.tar.gz', 'byoa-output')
    .option('--json', 'print the result as JSON, and the logs to standard error')
    .action(async (source: string, options: Options) => {
      process.exitCode = await runTraining(source, options);
    });
}

async function runTraining(source: string, options: Options): Promise<number> {
  const errors = new ValidationErrors();
  buildContext(errors, source, options);
  const request = {
    jobName: localJobName(),
    channels: channels(errors, options.channel),
    hyperparameters: hyperparameters(errors, options.hyperparameters, options.hyperparameter),
    environment: Object.fromEntries(pairs(errors, '--env', options.env)),
    metrics: metrics(errors, options.metric),
    instanceCount: count(errors, '--instance-count', options.instanceCount, [1, 20]),
    maxRuntimeSeconds: seconds(errors, '--max-runtime', options.maxRuntime),
    networkIsolation: options.networkIsolation,
    gpus: options.gpus,
    checkpoints: options.checkpoints,
    outputDirectory: options.output,
  };
  errors.throwIfAny();

  return Session.of(async (session) => {
    const image = await session.image(source, options);
    const events = printedEvents(options, request.instanceCount ?? 1);
    const result = await train(session.run, { ...request, image }, { stop: session.stop, ...events });
    if (options.json === true) printJson(result);
    else summarize(result);
    return result.status === 'Completed' ? 0 : session.stop.aborted ? INTERRUPTED : 1;
  });
}

function summarize({
  status,
  failureReason,
  modelArtifact,
  metrics: values,
  conflicts,
  excluded,
  seconds: time,
}: TrainingResult): void {
  note(`${status} after ${time.toFixed(1)} s${failureReason === undefined ? '' : `: ${failureReason}`}`);
  for (const line of metricSummary(values, process.stderr.isTTY)) note(`  ${line}`);
  if (conflicts.length > 0) note(`  Written by several hosts, of which one file was kept: ${conflicts.join(', ')}`);
  for (const file of excluded) note(`  ${notUploaded(file)}`);
  if (modelArtifact !== undefined) note(`  ${modelArtifact}`);
}
