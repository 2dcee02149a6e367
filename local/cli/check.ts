import { Command, Option } from 'commander';
import {
  type CheckRequest,
  type CheckResult,
  type CheckSubject,
  SEVERITIES,
  type Severity,
  TIMES,
  type Times,
  checkIn,
  isFailure,
  subjectOf,
  unknownIds,
} from '../check';
import { subjectsOfApp } from '../check/app';
import { REPORT_FORMATS, type ReportFormat, reportOf } from '../check/report';
import type { Run } from '../container';
import { synthesize } from './app';
import { Progress } from './check-progress';
import { addImageOptions, collect, envOption, gpusOption } from './common';
import { type ProcessingCheckOptions, processingOf, specifiedOn, validateProcessing } from './check-processing';
import { DATA_FORM } from './process';
import {
  CHANNEL_FORM,
  UsageError,
  ValidationErrors,
  channels,
  count,
  existing,
  hyperparameters,
  isDirectory,
  metrics,
  pairs,
  requests,
} from './options';
import { type ImageOptions, Session, buildContext, note } from './session';
import { INTERRUPTED } from './signals';

/** A week; timers cannot count much further. */
const MAX_SECONDS = 604_800;

interface CheckCommandOptions extends ImageOptions, ProcessingCheckOptions {
  readonly trainingTarget?: string;
  readonly inferenceTarget?: string;
  readonly channel?: string[];
  readonly hyperparameter?: string[];
  readonly hyperparameters?: string;
  readonly metric?: string[];
  readonly env?: string[];
  readonly checkpointing?: boolean;
  readonly model?: string;
  readonly request?: string[];
  readonly contentType?: string;
  readonly accept?: string[];
  readonly serverless?: boolean;
  readonly multiModel?: boolean;
  readonly network?: string;
  readonly pipeline?: boolean;
  readonly streaming?: boolean;
  readonly batch?: boolean;
  readonly training: boolean;
  readonly serving: boolean;
  readonly gpu?: boolean;
  readonly gpus?: boolean;
  readonly only?: string[];
  readonly skip?: string[];
  readonly time?: string[];
  readonly failOn: Severity | 'never';
  readonly format: ReportFormat;
  readonly timings?: boolean;
}

export function checkCommand(): Command {
  return addImageOptions(
    new Command('check').description('Find what would fail on SageMaker before an image is pushed'),
    '[image]',
  )
    .option(
      '--app <dir|command>',
      'check all images of a CDK app: its output directory, or the command to synthesize it',
    )
    .option('--training-target <stage>', 'stage of the Dockerfile that trains, if it differs from the one that serves')
    .option('--inference-target <stage>', 'stage of the Dockerfile that serves')
    .option(`--channel <${CHANNEL_FORM}>`, 'sample data of a channel (repeatable)', collect)
    .option('--hyperparameter <NAME=VALUE>', 'hyperparameter (repeatable)', collect)
    .option('--hyperparameters <file>', 'JSON file with an object of hyperparameters')
    .option('--metric <NAME=REGEX>', 'metric definition (repeatable)', collect)
    .addOption(envOption())
    .option('--instance-count <n>', 'number of training instances')
    .option('--checkpointing', 'the training job saves checkpoints')
    .option('--model <file|dir>', 'model artifact to serve (default: that of the training run)')
    .option('--request <file[,type=MIME]>', 'sample request (repeatable)', collect)
    .option('--content-type <type>', 'content type of the sample requests without one (default: from the file name)')
    .option('--accept <type>', 'response content type that the model supports (repeatable)', collect)
    .option('--network-isolation', 'the training job and the model have network isolation')
    .option('--serverless', 'the endpoint is serverless')
    .option('--multi-model', 'the endpoint is multi-model')
    .option('--pipeline', 'the container is part of a serial inference pipeline')
    .option('--streaming', 'responses are streamed')
    .option('--batch', 'the model is used in batch transform jobs')
    .option('--network <name>', 'Docker network with what the containers depend on (default: a new network)')
    .option('--processing', 'the image is for processing jobs, instead of training and serving')
    .option(`--input <${DATA_FORM}>`, 'sample data of an input of the processing job (repeatable)', collect)
    .option('--output <NAME[,path=PATH]>', 'output of the processing job (repeatable)', collect)
    .option('--entrypoint <word>', 'entrypoint of the processing job (repeatable: one for each word)', collect)
    .option('--monitor', 'the processing job is that of a monitor: --input endpoint=DIR is sample captured data')
    .option('--no-training', 'the image only serves')
    .option('--no-serving', 'the image only trains')
    .option('--gpu', 'the instances have GPUs; without --gpus, the containers run on the CPU')
    .addOption(gpusOption())
    .option('--only <ids>', 'checks or groups (image, training, serving, processing) to run, separated by commas', list)
    .option('--skip <ids>', 'checks or groups to skip, separated by commas', list)
    .option(
      '--time <NAME=SECONDS>',
      `time limit instead of SageMaker’s, several separated by commas: ${Object.keys(TIMES).join(', ')}`,
      list,
    )
    .addOption(
      new Option('--fail-on <severity>', 'lowest severity of a finding that makes the exit code 1')
        .choices([...SEVERITIES, 'never'])
        .default('error'),
    )
    .addOption(new Option('--format <format>', 'format of the report').choices(REPORT_FORMATS).default('text'))
    .option('--timings', 'add the time of each check to a text report, and the longest chain of containers')
    .argument('[arguments...]', 'arguments of the processing container, after "--"')
    .action(async (source: string | undefined, args: string[], options: CheckCommandOptions, command: Command) => {
      process.exitCode = await runCheckCommand(source, args, options, command);
    });
}

function list(value: string, before: string[] = []): string[] {
  return [...before, ...value.split(',').map((word) => word.trim())];
}

async function runCheckCommand(
  source: string | undefined,
  args: string[],
  options: CheckCommandOptions,
  command: Command,
): Promise<number> {
  const errors = new ValidationErrors();
  validate(errors, source, options, command);
  validateProcessing(errors, args, options, command);
  const request = requestOf(errors, source ?? '.', args, options);
  const times = timesOf(errors, options.time);
  errors.throwIfAny();
  return Session.of(async (session) => {
    const { app, format, failOn, timings: hasTimings } = options;
    const subjects = app === undefined ? [subjectOf(request)] : await subjectsIn(session.run, app, request);
    const results: CheckResult[] = [];
    for (const subject of subjects) {
      results.push(await checkWithProgress(session, subject, { ...options, times }));
      if (session.stop.aborted) return INTERRUPTED;
      await session.run.removeContainers();
    }
    const report = { isColored: process.stdout.isTTY, isApp: app !== undefined, hasTimings };
    process.stdout.write(`${reportOf(format, results, report)}\n`);
    if (results.some(({ findings }) => isFailure(findings, failOn))) return 1;
    return results.some(({ checks }) => checks.some(({ isError }) => isError === true)) ? 2 : 0;
  });
}

/** Validates the options that belong together. */
function validate(
  errors: ValidationErrors,
  source: string | undefined,
  { app, training, serving, only, skip }: CheckCommandOptions,
  command: Command,
): void {
  for (const option of app === undefined ? [] : specifiedByApp(command)) {
    const instead = option.startsWith('--no-') ? `. Use --skip ${option.slice('--no-'.length)} instead` : '';
    errors.when(true, `${option} must not be used with --app, because the template of the app specifies it${instead}`);
  }
  errors.when((source === undefined) === (app === undefined), 'pass either an image or an app (--app)');
  errors.when(!training && !serving, '--no-training and --no-serving must not be used together');
  for (const word of unknownIds({ only, skip })) {
    errors.when(true, `--only and --skip must name checks or groups (see docs/checks.md), got: "${word}"`);
  }
}

/** Options that a template does not specify. */
const WITH_APP = [
  'app',
  'channel',
  'input',
  'model',
  'request',
  'contentType',
  'streaming',
  'network',
  'gpus',
  'only',
  'skip',
  'time',
  'failOn',
  'format',
  'timings',
  'verbose',
];

/** Options on the command line that would have no effect with --app. */
function specifiedByApp(command: Command): string[] {
  return specifiedOn(command)
    .filter((option) => !WITH_APP.includes(option.attributeName()))
    .map(({ long }) => long ?? '');
}

async function checkWithProgress(
  session: Session,
  subject: CheckSubject,
  options: Pick<CheckCommandOptions, 'only' | 'skip' | 'network' | 'verbose'> & { times: Partial<Times> },
): Promise<CheckResult> {
  note(`Checking ${subject.name}`);
  const progress = new Progress();
  const { only, skip, network, times } = options;
  const events = progress.events(options.verbose === true);
  try {
    return await checkIn(session.run, subject, { ...events, only, skip, network, times, signal: session.stop });
  } finally {
    await progress.end();
  }
}

/** The subjects of an app, which is synthesized first if a command is given. */
async function subjectsIn(
  run: Run,
  app: string,
  { training, serving, processing, usesGpus }: CheckRequest,
): Promise<CheckSubject[]> {
  const directory = isDirectory(app) ? app : await synthesize(run.directory(), app);
  const samples = training === false ? [] : (training?.channels ?? []);
  const { requests: sampleRequests = [], model, isStreaming } = serving === false ? {} : (serving ?? {});
  const found = subjectsOfApp(run, directory, {
    channels: new Map(samples.map((channel) => [channel.name, channel.directory])),
    inputs: new Map(processing?.inputs?.map((input) => [input.name, input.directory])),
    requests: sampleRequests,
    model,
    isStreaming,
    usesGpus,
  });
  const errors = found.flatMap((one) => one.errors);
  if (errors.length > 0) throw new UsageError(errors);
  const subjects = found.flatMap(({ subject }) => subject ?? []);
  if (subjects.length === 0)
    throw new UsageError([`"${app}" has no training job, algorithm, model or processing job to check`]);
  return subjects;
}

/** The image and its intended use, as the options specify them. */
function requestOf(
  errors: ValidationErrors,
  source: string,
  args: string[],
  options: CheckCommandOptions,
): CheckRequest {
  if (options.app === undefined) buildContext(errors, source, options);
  const { file, target, platform, trainingTarget, inferenceTarget } = options;
  const environment = Object.fromEntries(pairs(errors, '--env', options.env));
  return {
    source,
    ...{
      file,
      target,
      platform,
      trainingTarget,
      inferenceTarget,
      isGpu: options.gpu ?? options.gpus,
      usesGpus: options.gpus,
    },
    buildArguments: Object.fromEntries(pairs(errors, '--build-arg', options.buildArg)),
    training: options.training && trainingOf(errors, options, environment),
    serving: options.serving && servingOf(errors, options, environment),
    processing:
      options.processing === true || options.app !== undefined
        ? processingOf(errors, args, options, environment)
        : undefined,
  };
}

function trainingOf(
  errors: ValidationErrors,
  options: CheckCommandOptions,
  environment: Record<string, string>,
): CheckRequest['training'] {
  return {
    channels: channels(errors, options.channel),
    hyperparameters: hyperparameters(errors, options.hyperparameters, options.hyperparameter),
    metrics: metrics(errors, options.metric),
    environment,
    instanceCount: count(errors, '--instance-count', options.instanceCount, [1, 20]),
    hasCheckpoints: options.checkpointing,
    networkIsolation: options.networkIsolation,
  };
}

function servingOf(
  errors: ValidationErrors,
  options: CheckCommandOptions,
  environment: Record<string, string>,
): CheckRequest['serving'] {
  existing(errors, '--model', options.model);
  return {
    model: options.model,
    requests: requests(errors, options.request, options.contentType),
    accepts: options.accept,
    environment,
    networkIsolation: options.networkIsolation,
    isServerless: options.serverless,
    isMultiModel: options.multiModel,
    isPipeline: options.pipeline,
    isStreaming: options.streaming,
    transform: options.batch === true ? {} : undefined,
  };
}

function timesOf(errors: ValidationErrors, given?: string[]): Partial<Times> {
  return Object.fromEntries(
    pairs(errors, '--time', given).map(([name, value]) => {
      errors.when(
        !Object.hasOwn(TIMES, name),
        `--time must name one of ${Object.keys(TIMES).join(', ')}, got: "${name}"`,
      );
      const isTime = Number(value) > 0 && Number(value) <= MAX_SECONDS;
      errors.when(!isTime, `--time ${name} must be a number of seconds up to ${MAX_SECONDS}, got: "${value}"`);
      return [name, Number(value)];
    }),
  );
}
