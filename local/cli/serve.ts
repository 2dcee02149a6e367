import { Command } from 'commander';
import { type LogLine, type ServingRequest, serve } from '../container';
import { SECONDS, UNKNOWN_USER } from '../contract';
import { addImageOptions, envOption, gpusOption } from './common';
import { ValidationErrors, count, existing, pairs, seconds } from './options';
import { type ImageOptions, Session, note, buildContext } from './session';
import { WaitNotes } from './wait-notes';

export interface ServeOptions extends ImageOptions {
  readonly model?: string;
  readonly env?: string[];
  readonly port?: string;
  readonly serverless?: boolean;
  readonly networkIsolation?: boolean;
  readonly gpus?: boolean;
  readonly startupTimeout?: string;
}

export function addServeOptions(command: Command, argument = '<image>'): Command {
  return addImageOptions(command, argument)
    .option('--model <file|dir>', 'model.tar.gz, or a directory with its content')
    .addOption(envOption())
    .option('--serverless', 'run as a user that the image does not define, as serverless endpoints do')
    .option('--network-isolation', 'no outbound network, as with EnableNetworkIsolation')
    .addOption(gpusOption())
    .option(
      '--startup-timeout <time>',
      'time limit for the first successful ping (default: 8m, or 3m with --serverless)',
    );
}

export function serveCommand(): Command {
  return addServeOptions(
    new Command('serve').description('Start a model server as an endpoint does, and keep it running until Ctrl-C'),
  )
    .option(
      '--port <port>',
      'port of this machine, to which `byoa invoke --url` sends requests (default: any free port)',
    )
    .action(async (source: string, options: ServeOptions) => {
      process.exitCode = await runServing(source, options);
    });
}

/** The serving request of the options, validated. */
export function servingRequest(
  errors: ValidationErrors,
  source: string,
  options: ServeOptions,
): Omit<ServingRequest, 'image'> {
  buildContext(errors, source, options);
  existing(errors, '--model', options.model);
  const defaultSeconds = options.serverless === true ? SECONDS.startUpServerless : SECONDS.startUp;
  return {
    model: options.model,
    environment: Object.fromEntries(pairs(errors, '--env', options.env)),
    hostPort: count(errors, '--port', options.port, [1, 65_535]),
    user: options.serverless === true ? UNKNOWN_USER : undefined,
    networkIsolation: options.networkIsolation,
    gpus: options.gpus,
    startUpSeconds: seconds(errors, '--startup-timeout', options.startupTimeout) ?? defaultSeconds,
  };
}

function printLine({ text, stream }: LogLine): void {
  (stream === 'stderr' ? process.stderr : process.stdout).write(`${text}\n`);
}

async function runServing(source: string, options: ServeOptions): Promise<number> {
  const errors = new ValidationErrors();
  const request = servingRequest(errors, source, options);
  errors.throwIfAny();
  return Session.of(async (session) => {
    const image = await session.image(source, options);
    const notes = new WaitNotes();
    const server = await serve(
      session.run,
      { ...request, image },
      { onPhase: note, onLog: printLine, onWait: (wait) => notes.add(wait), stop: session.stop },
    );
    note(`Listening on ${server.url}/invocations`);
    const code = await Promise.race([server.ended, session.interrupted]);
    if (typeof code === 'number') {
      note(`The container exited with code ${code}.`);
      return 1;
    }
    await server.stop();
    return 0;
  });
}
