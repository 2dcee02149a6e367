import { Command, CommanderError } from 'commander';
import { version } from '../../package.json';
import { checkCommand } from './check';
import { compareCommand } from './compare';
import { imagesCommand } from './images';
import { initCommand } from './init';
import { invokeCommand } from './invoke';
import { lineageCommand } from './lineage';
import { localCommand } from './local';
import { UsageError } from './options';
import { planCommand } from './plan';
import { processCommand } from './process';
import { serveCommand } from './serve';
import { note } from './session';
import { trainCommand } from './train';

/** Runs the command line. A command that has finished sets the exit code of the process. */
export async function main(args: string[]): Promise<void> {
  const program = new Command('byoa')
    .description('Run, check and deploy SageMaker containers on this machine, as SageMaker runs them')
    .version(version)
    .enablePositionalOptions();
  for (const command of [
    initCommand(),
    trainCommand(),
    serveCommand(),
    invokeCommand(),
    processCommand(),
    checkCommand(),
    compareCommand(),
    planCommand(),
    imagesCommand(),
    lineageCommand(),
    localCommand(),
  ]) {
    program.addCommand(command);
  }
  reportErrors(program, program.name());
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = exitCodeOf(error);
  }
}

/** Lets a usage error name the help of its command, and be thrown instead of ending the process. */
function reportErrors(command: Command, name: string): void {
  command.showHelpAfterError(`See \`${name} --help\`.`).exitOverride();
  command.commands.forEach((subcommand) => reportErrors(subcommand, `${name} ${subcommand.name()}`));
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError) error.errors.forEach((text) => note(`error: ${text}`));
  else note(`byoa: internal error: ${error instanceof Error ? error.stack : String(error)}`);
  return 2;
}
