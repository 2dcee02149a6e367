import { Command, Option } from 'commander';
import { existsSync, readFileSync } from 'node:fs';
import {
  type CheckRequest,
  type CheckResult,
  type Checked,
  SEVERITIES,
  type Severity,
  TIMES,
  type Times,
  areAtLeast,
  checkIn,
  checkedOf,
  unknownIn,
} from '../check';
import { checksOfApp } from '../check/app';
import { REPORTS, type ReportFormat, reportOf } from '../check/report';
import type { Run } from '../container';
import { Progress } from './check-progress';
import { addImageOptions, collect, envOption } from './common';
import { spawned } from './local';
import {
  ValidationErrors,
  UsageError,
  channels,
  count,
  existing,
  hyperparameters,
  isDirectory,
  metrics,
  pairs,
  requests,
} from './options';
import { type ImageOptions, Session, note, buildContext } from './session';
import { INTERRUPTED } from './signals';

/** A week: more than a timer could count is nothing to wait for. */
const MAX_SECONDS = 604_800;

interface CheckCommandOptions extends ImageOptions {
  readonly app?: string;
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
  readonly network?: string;
  readonly pipeline?: boolean;
  readonly streaming?: boolean;
  readonly batch?: boolean;
  readonly training: boolean;
  readonly serving: boolean;
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
    '[image]',
  )
    .option('--app <dir|command>', 'check all images of a CDK app: where it was synthesized, or what synthesizes it')
    .option('--training-target <stage>', 'the stage that trains, if it is another than the one that serves')
    .option('--inference-target <stage>', 'the stage that serves')
    .option(
      '--channel <NAME=DIR[,type=MIME][,mode=File|FastFile|Pipe]>',
      'a sample of an input channel; repeatable',
      collect,
    )
    .option('--hyperparameter <NAME=VALUE>', 'a hyperparameter; repeatable', collect)
    .option('--hyperparameters <file>', 'a JSON object of hyperparameters')
    .option('--metric <NAME=REGEX>', 'a metric definition: the first group matches the number; repeatable', collect)
    .addOption(envOption())
    .option('--instance-count <n>', 'number of hosts that train together')
    .option('--checkpoints', 'the job has a checkpoint configuration')
    .option('--model <file|dir>', 'what is served; by default what training has left')
    .option('--request <file[,type=MIME]>', 'a sample request; repeatable', collect)
    .option('--accept <type>', 'a response format of the model; repeatable', collect)
    .option('--network-isolation', 'job and model are isolated')
    .option('--serverless', 'the endpoint is serverless')
    .option('--multi-model', 'the container holds many models')
    .option('--pipeline', 'the container serves beside others')
    .option('--streaming', 'answers are streamed')
    .option('--batch', 'there are batch transform jobs')
    .option(
      '--network <name>',
      'a network of the engine that has what the containers need; one of their own by default',
    )
    .option('--no-training', 'the image only serves')
    .option('--no-serving', 'the image only trains')
    .option('--gpu', 'the instances have GPUs')
    .option('--only <ids>', 'checks or groups (image, training, serving) to look at; several with commas', list)
    .option('--skip <ids>', 'checks or groups to leave out', list)
    .option(
      '--time <NAME=SECONDS>',
      `another time than SageMaker’s; several with commas: ${Object.keys(TIMES).join(', ')}`,
      list,
    )
    .addOption(
      new Option('--fail-on <severity>', 'the least that makes the exit code 1')
        .choices([...SEVERITIES, 'never'])
        .default('error'),
    )
    .addOption(new Option('--format <format>', 'what is printed').choices(REPORTS).default('text'))
    .action(async (source: string | undefined, options: CheckCommandOptions, command: Command) => {
      process.exitCode = await runCheckCommand(source, options, command);
    });
}

function list(value: string, before: string[] = []): string[] {
  return [...before, ...value.split(',').map((word) => word.trim())];
}

/** What a template does not say; all else would be said twice. */
const WITH_APP = [
  'app',
  'channel',
  'model',
  'request',
  'streaming',
  'network',
  'only',
  'skip',
  'time',
  'failOn',
  'format',
  'verbose',
];

/** Options that are given and have no effect beside --app. */
function withoutEffect(command: Command): string[] {
  return command.options
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .filter((option) => !WITH_APP.includes(option.attributeName()))
    .map(({ long }) => long ?? '');
}

async function runCheckCommand(
  source: string | undefined,
  options: CheckCommandOptions,
  command: Command,
): Promise<number> {
  const errors = new ValidationErrors();
  const { app } = options;
  for (const option of app === undefined ? [] : withoutEffect(command)) {
    const instead = option.startsWith('--no-') ? `; leave a phase out with --skip ${option.slice('--no-'.length)}` : '';
    errors.when(true, `${option} is for an image, and the template of an app says that itself${instead}`);
  }
  errors.when((source === undefined) === (app === undefined), 'Name either an image or, with --app, an app');
  errors.when(!options.training && !options.serving, '--no-training and --no-serving leave nothing to check');
  const request = requestOf(errors, source ?? '.', options);
  const times = timesOf(errors, options.time);
  for (const word of unknownIn(options)) {
    errors.when(true, `there is no check and no group "${word}"; docs/checks.md lists them`);
  }
  errors.throwIfAny();
  return Session.of(async (session) => {
    const all = app === undefined ? [checkedOf(request)] : await checkedInApp(session.run, app, request);
    const results: CheckResult[] = [];
    for (const checked of all) {
      results.push(await progressing(session, checked, { ...options, times }));
      if (session.stop.aborted) return INTERRUPTED;
      await session.run.removeContainers();
    }
    const { format, failOn } = options;
    const report = { isColored: process.stdout.isTTY, isApp: app !== undefined };
    process.stdout.write(`${reportOf(format, results, report)}\n`);
    if (results.some(({ findings }) => areAtLeast(findings, failOn))) return 1;
    return results.some(({ checks }) => checks.some(({ isFault }) => isFault === true)) ? 2 : 0;
  });
}

async function progressing(
  session: Session,
  checked: Checked,
  options: Pick<CheckCommandOptions, 'only' | 'skip' | 'network' | 'verbose'> & { times: Partial<Times> },
): Promise<CheckResult> {
  note(`Checking ${checked.name}`);
  const progress = new Progress();
  const { only, skip, network, times } = options;
  const events = progress.events(options.verbose === true);
  try {
    return await checkIn(session.run, checked, { ...events, only, skip, network, times, signal: session.stop });
  } finally {
    await progress.end();
  }
}

/** What a synthesized app holds, or one that a command synthesizes now. */
async function checkedInApp(run: Run, app: string, { training, serving }: CheckRequest): Promise<Checked[]> {
  const directory = isDirectory(app) ? app : await synthesized(run, app);
  const given = training === false ? [] : (training?.channels ?? []);
  const checks = checksOfApp(run, directory, {
    channels: new Map(given.map((channel) => [channel.name, channel.directory])),
    requests: serving === false ? [] : (serving?.requests ?? []),
    model: serving === false ? undefined : serving?.model,
    isStreaming: serving === false ? undefined : serving?.isStreaming,
  });
  const errors = checks.flatMap((check) => check.faults);
  if (errors.length > 0) throw new UsageError(errors);
  const checked = checks.flatMap((check) => check.checked ?? []);
  if (checked.length === 0) throw new UsageError([`"${app}" trains and serves nothing that this library knows`]);
  return checked;
}

/** Runs the app as the CDK does, with the context of the directory. */
async function synthesized(run: Run, command: string): Promise<string> {
  const directory = run.directory();
  const context = { ...contextIn('cdk.json', 'context'), ...contextIn('cdk.context.json') };
  const environment = { CDK_OUTDIR: directory, CDK_CONTEXT_JSON: JSON.stringify(context) };
  const code = await spawned(['sh', '-c', `${command} >&2`], environment);
  if (code !== 0) throw new UsageError([`the app (${command}) ended with code ${code}`]);
  return directory;
}

function contextIn(file: string, member?: string): object {
  if (!existsSync(file)) return {};
  const content = JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>;
  return member === undefined ? content : (content[member] ?? {});
}

/** What the options say of the image, checked. */
function requestOf(errors: ValidationErrors, source: string, options: CheckCommandOptions): CheckRequest {
  if (options.app === undefined) buildContext(errors, source, options);
  existing(errors, '--model', options.model);
  const environment = Object.fromEntries(pairs(errors, '--env', options.env));
  const { file, target, platform, trainingTarget, inferenceTarget, networkIsolation } = options;
  return {
    source,
    ...{ file, target, platform, trainingTarget, inferenceTarget, isGpu: options.gpu },
    buildArguments: Object.fromEntries(pairs(errors, '--build-arg', options.buildArg)),
    training: options.training && {
      channels: channels(errors, options.channel),
      hyperparameters: hyperparameters(errors, options.hyperparameters, options.hyperparameter),
      metrics: metrics(errors, options.metric),
      environment,
      instanceCount: count(errors, '--instance-count', options.instanceCount, [1, 20]),
      hasCheckpoints: options.checkpoints,
      networkIsolation,
    },
    serving: options.serving && {
      model: options.model,
      requests: requests(errors, options.request),
      accepts: options.accept,
      environment,
      networkIsolation,
      isServerless: options.serverless,
      isMultiModel: options.multiModel,
      isPipeline: options.pipeline,
      isStreaming: options.streaming,
      transform: options.batch === true ? {} : undefined,
    },
  };
}

function timesOf(errors: ValidationErrors, given?: string[]): Partial<Times> {
  return Object.fromEntries(
    pairs(errors, '--time', given).map(([name, value]) => {
      errors.when(!Object.hasOwn(TIMES, name), `--time ${name}: there is ${Object.keys(TIMES).join(', ')}`);
      const isTime = Number(value) > 0 && Number(value) <= MAX_SECONDS;
      errors.when(!isTime, `--time ${name} must be a number of seconds, up to ${MAX_SECONDS}, got: "${value}"`);
      return [name, Number(value)];
    }),
  );
}
