import { type Command, Option } from 'commander';

/** Adds the argument and the options of every command that runs an image. */
export function addImageOptions(command: Command, argument = '<image>'): Command {
  return command
    .argument(argument, 'a directory with a Dockerfile, the name of a local image, or an image archive')
    .option('--target <stage>', 'stage of the Dockerfile to build')
    .option('--verbose', 'print the output of the build')
    .addOption(fileOption())
    .addOption(buildArgOption())
    .addOption(platformOption());
}

export function fileOption(): Option {
  return new Option('--file <Dockerfile>', 'path of the Dockerfile, relative to the directory');
}

export function buildArgOption(): Option {
  return new Option('--build-arg <NAME=VALUE>', 'build argument (repeatable)').argParser(collect);
}

export function platformOption(): Option {
  return new Option('--platform <platform>', 'platform to build for').default('linux/amd64');
}

export function envOption(): Option {
  return new Option('--env <NAME=VALUE>', 'environment variable of the container (repeatable)').argParser(collect);
}

export function gpusOption(): Option {
  return new Option('--gpus', 'use all GPUs of this machine, and fail if the container engine offers none');
}

/** Collects the values of a repeatable option. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** Prints a result for programs: the only output on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}
