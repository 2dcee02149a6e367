import { Command, Option } from 'commander';
import {
  type CheckRequest,
  type CheckResult,
  SEVERITIES,
  type Severity,
  TIMES,
  type Times,
  areAtLeast,
  checkIn,
  unknownIn,
} from '../check';
import { REPORTS, type ReportFormat, reportOf } from '../check/report';
import { addImageOptions, collect } from './common';
import { Progress } from './check-progress';
import { Faults, channels, count, existing, hyperparameters, metrics, pairs, requests } from './options';
import { type ImageOptions, Session, sourceFault } from './session';

interface CheckCommandOptions extends ImageOptions {
  readonly trainingTarget?: string;
  readonly inferenceTarget?: string;
  readonly channel?: string[];
  readonly hyperparameter?: string[];
  readonly hyperparameters?: string;
  readonly metric?: string[];
  readonly env?: string[];
  readonly instanceCount?: string;
  readonly checkpoints?: boolean;
  readonly model?: string;
  readonly request?: string[];
  readonly accept?: string[];
  readonly networkIsolation?: boolean;
  readonly serverless?: boolean;
  readonly multiModel?: boolean;
  readonly pipeline?: boolean;
  readonly streaming?: boolean;
  readonly batch?: boolean;
  readonly gpu?: boolean;
  readonly only?: string[];
  readonly skip?: string[];
  readonly time?: string[];
  readonly failOn: Severity | 'never';
  readonly format: ReportFormat;
}

export function checkCommand(): Command {
  return addImageOptions(
    new Command('check').description('Find what would fail on SageMaker, before anything is pushed'),
  )
    .option('--training-target <stage>', 'the stage that trains, if it is another than the one that serves')
    .option('--inference-target <stage>', 'the stage that serves')
    .option('--channel <name=dir[,type=MIME][,mode=File|FastFile|Pipe]>', 'a sample of the data', collect)
    .option('--hyperparameter <name=value>', 'may be given several times', collect)
    .option('--hyperparameters <file>', 'a JSON object of hyperparameters')
    .option('--metric <name=regex>', 'a number to find in the log; may be given several times', collect)
    .option('--env <name=value>', 'environment variable; may be given several times', collect)
    .option('--instance-count <n>', 'number of hosts that train together')
    .option('--checkpoints', 'the job keeps checkpoints')
    .option('--model <file|dir>', 'what is served; by default what training has left')
    .option('--request <file[,type=MIME]>', 'a sample of what is asked; may be given several times', collect)
    .option('--accept <type>', 'a format that the model answers in; may be given several times', collect)
    .option('--network-isolation', 'job and model are isolated')
    .option('--serverless', 'the endpoint is serverless')
    .option('--multi-model', 'the container holds many models')
    .option('--pipeline', 'the container serves beside others')
    .option('--streaming', 'answers are streamed')
    .option('--batch', 'there are batch transform jobs')
    .option('--gpu', 'the instances have GPUs')
    .option('--only <ids>', 'checks or groups (image, training, serving) to look at; several with commas', list)
    .option('--skip <ids>', 'checks or groups to leave out', list)
    .option('--time <name=seconds>', `another time than SageMaker’s: ${Object.keys(TIMES).join(', ')}`, collect)
    .addOption(
      new Option('--fail-on <severity>', 'the least that makes the exit code 1')
        .choices([...SEVERITIES, 'never'])
        .default('error'),
    )
    .addOption(new Option('--format <format>', 'what is printed').choices(REPORTS).default('text'))
    .action(async (source: string, options: CheckCommandOptions) => {
      process.exitCode = await runCheckCommand(source, options);
    });
}

function list(value: string, before: string[] = []): string[] {
  return [...before, ...value.split(',').map((word) => word.trim())];
}

async function runCheckCommand(source: string, options: CheckCommandOptions): Promise<number> {
  const faults = new Faults();
  const request = requestOf(faults, source, options);
  const times = timesOf(faults, options.time);
  for (const word of unknownIn(options)) {
    faults.when(true, `there is no check and no group "${word}"; docs/checks.md lists them`);
  }
  faults.throwIfAny();
  return Session.of(async (session) => {
    const { only, skip } = options;
    const progress = new Progress();
    let result: CheckResult;
    try {
      result = await checkIn(
        session.run,
        { ...request, platform: options.platform },
        {
          ...{ only, skip, times, signal: session.stop },
          ...progress.events(options.verbose === true),
        },
      );
      if (session.stop.aborted) return 130;
    } finally {
      progress.end();
    }
    process.stdout.write(`${reportOf(options.format, result, { isColored: process.stdout.isTTY })}\n`);
    return areAtLeast(result.findings, options.failOn) ? 1 : 0;
  });
}

/** What the options say of the image, checked. */
function requestOf(faults: Faults, source: string, options: CheckCommandOptions): CheckRequest {
  const fault = sourceFault(source, options);
  faults.when(fault !== undefined, fault ?? '');
  existing(faults, '--model', options.model);
  const environment = Object.fromEntries(pairs(faults, '--env', options.env));
  const { file, target, trainingTarget, inferenceTarget, networkIsolation } = options;
  return {
    source,
    ...{ file, target, trainingTarget, inferenceTarget, isGpu: options.gpu },
    buildArguments: Object.fromEntries(pairs(faults, '--build-arg', options.buildArg)),
    training: {
      channels: channels(faults, options.channel),
      hyperparameters: hyperparameters(faults, options.hyperparameters, options.hyperparameter),
      metrics: metrics(faults, options.metric),
      environment,
      instanceCount: count(faults, '--instance-count', options.instanceCount, [1, 20]),
      hasCheckpoints: options.checkpoints,
      networkIsolation,
    },
    serving: {
      model: options.model,
      requests: requests(faults, options.request),
      accepts: options.accept,
      environment,
      networkIsolation,
      isServerless: options.serverless,
      isMultiModel: options.multiModel,
      isPipeline: options.pipeline,
      isStreaming: options.streaming,
      transform: options.batch === true ? { split: 'Line' } : undefined,
    },
  };
}

function timesOf(faults: Faults, given?: string[]): Partial<Times> {
  return Object.fromEntries(
    pairs(faults, '--time', given).map(([name, value]) => {
      faults.when(!(name in TIMES), `--time ${name}: there is ${Object.keys(TIMES).join(', ')}`);
      faults.when(!(Number(value) > 0), `--time ${name} must be a number of seconds, got: "${value}"`);
      return [name, Number(value)];
    }),
  );
}
