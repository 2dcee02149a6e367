import { Command } from 'commander';
import { type TrainingResult, train } from '../container';
import { addImageOptions, collect, printJson } from './common';
import { Faults, channels, count, hyperparameters, metrics, pairs, seconds } from './options';
import { type ImageOptions, Session, note, sourceFault } from './session';
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
  readonly checkpoints?: string;
  readonly output: string;
  readonly json?: boolean;
}

export function trainCommand(): Command {
  return addImageOptions(new Command('train').description('Run a training job as SageMaker runs it'))
    .option(
      '--channel <name=dir[,type=MIME][,mode=File|FastFile|Pipe]>',
      'input data; may be given several times',
      collect,
    )
    .option('--hyperparameter <name=value>', 'may be given several times', collect)
    .option('--hyperparameters <file>', 'a JSON object of hyperparameters')
    .option('--env <name=value>', 'environment variable; may be given several times', collect)
    .option('--metric <name=regex>', 'a number to find in the log; may be given several times', collect)
    .option('--instance-count <n>', 'number of hosts, each a container', '1')
    .option('--max-runtime <time>', 'stop the job after this time, for example 10m')
    .option('--network-isolation', 'no network at all, as with EnableNetworkIsolation')
    .option('--checkpoints <dir>', 'a directory that survives the job, at /opt/ml/checkpoints')
    .option('--output <dir>', 'where <job>/output/model.tar.gz is put', 'byoa-output')
    .option('--json', 'print the result as JSON, and logs to standard error')
    .action(async (source: string, options: Options) => {
      process.exitCode = await runTraining(source, options);
    });
}

async function runTraining(source: string, options: Options): Promise<number> {
  const faults = new Faults();
  const fault = sourceFault(source, options);
  faults.when(fault !== undefined, fault ?? '');
  const request = {
    jobName: `local-${new Date().toISOString().replace(/[-:.]/g, '').slice(0, 18)}`,
    channels: channels(faults, options.channel),
    hyperparameters: hyperparameters(faults, options.hyperparameters, options.hyperparameter),
    environment: Object.fromEntries(pairs(faults, '--env', options.env)),
    metrics: metrics(faults, options.metric),
    instanceCount: count(faults, '--instance-count', options.instanceCount, [1, 20]),
    maxRuntimeSeconds: seconds(faults, '--max-runtime', options.maxRuntime),
    networkIsolation: options.networkIsolation,
    checkpoints: options.checkpoints,
    outputDirectory: options.output,
  };
  faults.throwIfAny();

  return Session.of(async (session) => {
    const image = await session.image(source, options);
    const isMany = (request.instanceCount ?? 1) > 1;
    const result = await train(
      session.run,
      { ...request, image },
      {
        stop: session.stop,
        onPhase: note,
        onLog: ({ host, text, stream }) => {
          const line = isMany ? `${host} | ${text}` : text;
          const out = options.json === true || stream === 'stderr' ? process.stderr : process.stdout;
          out.write(`${line}\n`);
        },
      },
    );
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
  clashes,
  seconds: time,
}: TrainingResult): void {
  note(`${status} after ${time.toFixed(1)} s${failureReason === undefined ? '' : `: ${failureReason}`}`);
  for (const [name, value] of new Map(values.map((metric) => [metric.name, metric.value])))
    note(`  ${name} = ${value}`);
  if (clashes.length > 0) note(`  Written by more than one host, one was kept: ${clashes.join(', ')}`);
  if (modelArtifact !== undefined) note(`  ${modelArtifact}`);
}
