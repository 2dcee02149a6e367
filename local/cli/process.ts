import { Command } from 'commander';
import { lstatSync, readdirSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import * as path from 'node:path';
import {
  type ProcessingInput,
  type ProcessingOutput,
  type ProcessingResult,
  channelError,
  runProcessingJob,
} from '../container';
import { PATHS } from '../contract';
import { addImageOptions, collect, envOption, gpusOption, printJson } from './common';
import { localJobName, printedEvents } from './job';
import { ValidationErrors, checkUnique, count, directoryAndSettings, isDirectory, pairs, seconds } from './options';
import { type ImageOptions, Session, buildContext, note } from './session';
import { INTERRUPTED } from './signals';

interface Options extends ImageOptions {
  readonly input?: string[];
  readonly output?: string[];
  readonly env?: string[];
  readonly entrypoint?: string[];
  readonly instanceCount?: string;
  readonly maxRuntime?: string;
  readonly networkIsolation?: boolean;
  readonly gpus?: boolean;
  readonly json?: boolean;
}

/** The form of `--input` and `--output`. */
export const DATA_FORM = 'NAME=DIR[,path=PATH]';

/** An output, and the directory that receives its files. */
interface Output extends ProcessingOutput {
  readonly directory: string;
}

export function processCommand(): Command {
  return addImageOptions(new Command('process').description('Run a processing job as SageMaker runs it'))
    .argument('[arguments...]', 'arguments of the container, after "--" (default: the command of the image)')
    .option(
      `--input <${DATA_FORM}>`,
      `directory of this machine that the container finds in ${PATHS.processingInput}/NAME or PATH (repeatable)`,
      collect,
    )
    .option(
      `--output <${DATA_FORM}>`,
      `directory for the files that the container writes to ${PATHS.processingOutput}/NAME or PATH (repeatable)`,
      collect,
    )
    .option('--entrypoint <word>', 'entrypoint instead of that of the image (repeatable: one for each word)', collect)
    .addOption(envOption())
    .option('--instance-count <n>', 'number of hosts, each a container', '1')
    .option('--max-runtime <time>', 'stop the job after this time, for example 10m')
    .option('--network-isolation', 'no network, as with EnableNetworkIsolation')
    .addOption(gpusOption())
    .option('--json', 'print the result as JSON, and the logs to standard error')
    .action(async (source: string, args: string[], options: Options) => {
      process.exitCode = await runProcessing(source, args, options);
    });
}

async function runProcessing(source: string, args: string[], options: Options): Promise<number> {
  const errors = new ValidationErrors();
  buildContext(errors, source, options);
  const outputs = outputsOf(errors, options.output);
  const request = {
    jobName: localJobName(),
    entrypoint: options.entrypoint,
    arguments: args.length === 0 ? undefined : args,
    environment: Object.fromEntries(pairs(errors, '--env', options.env)),
    inputs: inputsOf(errors, options.input),
    outputs,
    instanceCount: count(errors, '--instance-count', options.instanceCount, [1, 20]),
    maxRuntimeSeconds: seconds(errors, '--max-runtime', options.maxRuntime),
    networkIsolation: options.networkIsolation,
    gpus: options.gpus,
  };
  const paths = [...request.inputs, ...outputs].map(({ target }) => target);
  checkUnique(
    errors,
    paths,
    (target) => `--input and --output must have different paths, got: "${target}" several times`,
  );
  errors.throwIfAny();

  return Session.of(async (session) => {
    const image = await session.image(source, options);
    const events = printedEvents(options, request.instanceCount ?? 1);
    const result = await runProcessingJob(session.run, { ...request, image }, { stop: session.stop, ...events });
    // The directories of the run are removed at its end.
    for (const { name, directory } of outputs) await copyFiles(result.outputs[name], directory);
    const local = Object.fromEntries(outputs.map(({ name, directory }) => [name, path.resolve(directory)]));
    if (options.json === true) printJson({ ...result, outputs: local });
    else summarize({ ...result, outputs: local });
    const isCompleted = result.status === 'Completed' && result.hasInvalidMessage !== true;
    return isCompleted ? 0 : session.stop.aborted ? INTERRUPTED : 1;
  });
}

export function inputsOf(errors: ValidationErrors, given: string[] = []): ProcessingInput[] {
  return dataOf(errors, '--input', PATHS.processingInput, given).map(({ name, directory, target }) => {
    const error = isDirectory(directory) ? channelError(directory) : `"${directory}" is not a directory`;
    errors.when(error !== undefined, `--input ${name}: ${error}`);
    errors.when(
      isDirectory(directory) && readdirSync(directory).length === 0,
      `--input ${name}: "${directory}" is empty`,
    );
    return { name, directory, target };
  });
}

function outputsOf(errors: ValidationErrors, given: string[] = []): Output[] {
  return dataOf(errors, '--output', PATHS.processingOutput, given);
}

/** The outputs of a job whose files are not copied, each in the form `NAME[,path=PATH]`. */
export function outputNames(errors: ValidationErrors, given: string[] = []): ProcessingOutput[] {
  return dataOf(errors, '--output', PATHS.processingOutput, given.map(withDirectory)).map(({ name, target }) => ({
    name,
    target,
  }));
}

/** The form of an output whose files are copied to a directory. */
function withDirectory(output: string): string {
  const [name, ...settings] = output.split(',');
  return `${[`${name}=.`, ...settings].join(',')}`;
}

/** The inputs or outputs of an option, each in the form above. */
function dataOf(
  errors: ValidationErrors,
  option: string,
  parent: string,
  given: string[],
): { name: string; directory: string; target: string }[] {
  const data = pairs(errors, option, given).map(([name, value]) => {
    const { directory, settings } = directoryAndSettings(value);
    const { path: target = `${parent}/${name}`, ...unknown } = settings;
    errors.when(directory === '', `${option} ${name}: a directory is required`);
    errors.when(
      !target.startsWith(`${PATHS.processing}/`) || target.split('/').some((part) => part === '..'),
      `${option} ${name}: path must be below ${PATHS.processing}/, got: "${target}"`,
    );
    for (const key of Object.keys(unknown))
      errors.when(true, `${option} ${name}: unknown setting "${key}"; use path=PATH`);
    return { name, directory, target: target.replace(/\/+$/, '') };
  });
  const names = data.map(({ name }) => name);
  checkUnique(errors, names, (name) => `${option} must name each one once, got: "${name}" several times`);
  return data;
}

/** Copies the files of an output. Symbolic links are not followed, as by an upload. */
async function copyFiles(source: string, directory: string): Promise<void> {
  const isFile = (file: string): boolean => !lstatSync(file).isSymbolicLink();
  await cp(source, directory, { recursive: true, filter: isFile });
}

function summarize(result: ProcessingResult): void {
  const { status, failureReason, exitMessage, hasInvalidMessage, outputs, conflicts, excluded, seconds: time } = result;
  note(`${status} after ${time.toFixed(1)} s${failureReason === undefined ? '' : `: ${failureReason}`}`);
  if (exitMessage !== undefined) note(`  Exit message: ${exitMessage}`);
  if (hasInvalidMessage === true) note(`  ${PATHS.exitMessage} is not valid UTF-8, with which SageMaker fails the job`);
  if (conflicts.length > 0) note(`  Written by several hosts, of which one file was kept: ${conflicts.join(', ')}`);
  for (const { path: file, reason } of excluded) note(`  Not uploaded: ${file}, because ${reason}`);
  for (const [name, directory] of Object.entries(outputs)) note(`  ${name}: ${directory}`);
}
