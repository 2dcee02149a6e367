import { Command, Option } from 'commander';
import { DockerEngine, withRun } from '../container';
import type { Plan, PlanFormat } from '../plan';
import { synthesize } from './app';
import { UsageError, ValidationErrors, isDirectory } from './options';
import { note } from './session';
import { INTERRUPTED, handlingSignals } from './signals';

interface Options {
  readonly app: string;
  readonly previous?: string;
  readonly format: PlanFormat;
}

const FORMATS: PlanFormat[] = ['text', 'json'];

export function planCommand(): Command {
  return new Command('plan')
    .description('Print the runs, the idle costs and the quotas of a CDK app before its deployment')
    .requiredOption('--app <app>', 'output directory of a CDK app, such as cdk.out, or the command to synthesize it')
    .option('--previous <directory>', 'output directory of the last deployment, to see what differs from it')
    .addOption(new Option('--format <format>', 'format of the plan').choices(FORMATS).default('text'))
    .action(async (options: Options) => {
      process.exitCode = await runPlan(options);
    });
}

async function runPlan({ app, previous, format }: Options): Promise<number> {
  const errors = new ValidationErrors();
  errors.when(
    previous !== undefined && !isDirectory(previous),
    `--previous must be the output directory of the last deployment, got: "${previous}", which is not a directory`,
  );
  errors.throwIfAny();
  const { planOf, planReport } = await import('../plan');
  try {
    const plan = await inAssembly(app, (directory) => planOf(directory, previous));
    process.stdout.write(`${planReport(format, plan)}\n`);
    return noteErrors(plan) ? 2 : 0;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    note((error as Error).message);
    return 2;
  }
}

/** Writes the errors that the app adds to its constructs, in the form of the CDK CLI. Returns whether there are any. */
function noteErrors({ stacks }: Plan): boolean {
  const errors = stacks.flatMap((stack) => stack.errors);
  if (errors.length === 0) return false;
  for (const { path, message } of errors) note(`[Error at /${path}] ${message}`);
  note('`cdk deploy` does not deploy a stack with errors.');
  return true;
}

/** Reads the output directory of an app, or the temporary one of its command. No container engine is required. */
async function inAssembly<T>(app: string, read: (directory: string) => T): Promise<T> {
  if (isDirectory(app)) return read(app);
  return withRun(new DockerEngine(), (run) =>
    handlingSignals(
      () => void run.dispose().finally(() => process.exit(INTERRUPTED)),
      async () => read(await synthesize(run.directory(), app)),
    ),
  );
}
