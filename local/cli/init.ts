import { Command } from 'commander';
import { CHOICES, type Choice, type Given, choiceErrors, nameError } from '../init';
import { wrap } from './init-here';
import { create } from './init-new';
import { ValidationErrors } from './options';
import { note } from './session';
import { INTERRUPTED, handlingSignals } from './signals';

interface Options extends Given {
  readonly here?: boolean;
  readonly force?: boolean;
  readonly yes?: boolean;
}

const DESCRIPTIONS: Record<Choice, string> = {
  language: 'language of the algorithm',
  framework: 'framework of an algorithm in Python',
  layout: 'one image for training and inference, or one for each',
  app: 'language of the CDK app',
  serving: 'how the model is served',
};

export function initCommand(): Command {
  const command = new Command('init')
    .description('Create a project with an algorithm in a container, its CDK app, tests and sample data')
    .argument('[name]', 'name of the project: the directory, the npm package and the stack')
    .option('--here', 'add a CDK app to the current directory, which has a Dockerfile or a train.py');
  for (const [choice, values] of Object.entries(CHOICES) as [Choice, readonly string[]][]) {
    command.option(`--${choice} <${choice}>`, `${DESCRIPTIONS[choice]}: ${values.join(', ')} (default: ${values[0]})`);
  }
  return command
    .option('--force', 'with --here: replace files with other content')
    .option('--yes', 'show no prompts: use the defaults')
    .action(async (name: string | undefined, options: Options) => {
      validate(name, options);
      const { here, force, yes, ...given } = options;
      const isInteractive = yes !== true && process.stdin.isTTY && process.stdout.isTTY;
      process.exitCode = await interruptible((signal) =>
        here === true
          ? wrap(process.cwd(), name, given, { isInteractive, signal, overwrites: force === true })
          : create(name, given, { isInteractive, signal }),
      );
    });
}

/** With --here, the directory has the algorithm already. */
const NOT_HERE: Choice[] = ['language', 'framework', 'layout'];

function validate(name: string | undefined, { here, force, ...given }: Options): void {
  const errors = new ValidationErrors();
  const nameProblem = name === undefined ? undefined : nameError(name);
  errors.when(nameProblem !== undefined, nameProblem ?? '');
  choiceErrors(given).forEach((error) => errors.when(true, error));
  for (const choice of here === true ? NOT_HERE : []) {
    errors.when(
      given[choice] !== undefined,
      `--${choice} must not be used with --here, which uses the algorithm of the directory`,
    );
  }
  errors.when(force === true && here !== true, '--force requires --here: a new project does not replace files');
  errors.throwIfAny();
}

/** Runs a command that a signal cancels, and that restores the previous state before it ends. */
async function interruptible(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const interrupt = new AbortController();
  return handlingSignals(
    () => interrupt.abort(),
    async () => {
      try {
        return await work(interrupt.signal);
      } catch (error) {
        if (interrupt.signal.aborted) return INTERRUPTED;
        if (!isSystemError(error)) throw error;
        note(`error: nothing was written: ${error.message}`);
        return 1;
      }
    },
  );
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && (error as NodeJS.ErrnoException).syscall !== undefined;
