import type { Command, Option } from 'commander';
import type { CheckRequest } from '../check';
import { sampleEnvironment } from '../check/core/monitor';
import { MONITOR, PATHS } from '../contract';
import type { ProcessingInput } from '../container';
import { type ValidationErrors, count, isDirectory } from './options';
import { inputsOf, outputNames } from './process';

/** The options of `byoa check` for a processing job. */
export interface ProcessingCheckOptions {
  readonly app?: string;
  readonly processing?: boolean;
  readonly monitor?: boolean;
  readonly input?: string[];
  readonly output?: string[];
  readonly entrypoint?: string[];
  readonly instanceCount?: string;
  readonly networkIsolation?: boolean;
}

/** Options of training and serving, which have no effect for a processing job. */
const NOT_PROCESSING = [
  ...['trainingTarget', 'inferenceTarget', 'channel', 'hyperparameter', 'hyperparameters', 'metric', 'checkpointing'],
  ...['model', 'request', 'contentType', 'accept', 'serverless', 'multiModel', 'pipeline', 'streaming', 'batch'],
];

/** Validates that the options fit to a processing job, or to training and serving. */
export function validateProcessing(
  errors: ValidationErrors,
  args: string[],
  { app, processing, monitor, input, output, entrypoint }: ProcessingCheckOptions,
  command: Command,
): void {
  if (app !== undefined) return;
  const isRequired = [input, output, entrypoint].some((one) => one !== undefined) || args.length > 0;
  errors.when(
    isRequired && processing !== true,
    '--input, --output, --entrypoint and arguments require --processing, since they are those of a processing job',
  );
  const hasCapture = input?.some((one) => one.startsWith(`${MONITOR.capture}=`)) === true;
  errors.when(
    monitor === true && !(processing === true && hasCapture),
    `--monitor requires --processing and sample captured data: --input ${MONITOR.capture}=DIR with VARIANT/YYYY/MM/DD/HH/*.jsonl in a folder with the name of the endpoint`,
  );
  if (processing !== true) return;
  for (const option of specifiedOn(command).filter((one) => NOT_PROCESSING.includes(one.attributeName())))
    errors.when(true, `${option.long} must not be used with --processing: it is an option of training or serving`);
}

export function processingOf(
  errors: ValidationErrors,
  args: string[],
  options: ProcessingCheckOptions,
  environment: Record<string, string>,
): CheckRequest['processing'] {
  const inputs = inputsOf(errors, options.input);
  const outputs = outputNames(errors, options.output);
  return {
    inputs,
    outputs: options.monitor === true ? [...outputs, REPORT] : outputs,
    environment: options.monitor === true ? { ...monitored(inputs), ...environment } : environment,
    entrypoint: options.entrypoint,
    arguments: args.length === 0 ? undefined : args,
    instanceCount: count(errors, '--instance-count', options.instanceCount, [1, 20]),
    networkIsolation: options.networkIsolation,
    isMonitor: options.monitor,
  };
}

/** The output of a monitor. */
const REPORT = { name: MONITOR.report, target: `${PATHS.processingOutput}/${MONITOR.report}` };

/** The captured data of a directory that does not exist is an error of the option. */
function monitored(inputs: ProcessingInput[]): Record<string, string> {
  const captureIndexNames = ['endpointInput', 'endpointOutput'];
  const existing = inputs.filter(({ directory }) => isDirectory(directory));
  return sampleEnvironment(existing, { monitorName: 'byoa-check', captureIndexNames });
}

/** The options that the user has specified. */
export function specifiedOn(command: Command): Option[] {
  return command.options.filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli');
}
