import type { Command } from 'commander';

/** The argument and the options of every command that runs an image. */
export function addImageOptions(command: Command, argument = '<image>'): Command {
  return command
    .argument(argument, 'a directory with a Dockerfile, the name of an image, or an archive of one')
    .option('--file <Dockerfile>', 'its Dockerfile, relative to the directory')
    .option('--target <stage>', 'the stage of the Dockerfile to build')
    .option('--build-arg <name=value>', 'may be given several times', collect)
    .option('--platform <platform>', 'what to build for', 'linux/amd64')
    .option('--verbose', 'show the build');
}

/** Values of an option that may be given several times. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** The one document that programs read. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}
