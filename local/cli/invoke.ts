import { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { type InvocationResult, ModelError, invoke, serve } from '../container';
import { printJson } from './common';
import { ValidationErrors, existing, httpUrl } from './options';
import { type ServeOptions, addServeOptions, servingRequest } from './serve';
import { Session, note } from './session';
import { WaitNotes } from './wait-notes';

interface Options extends ServeOptions {
  readonly url?: string;
  readonly request: string;
  readonly contentType: string;
  readonly accept?: string;
  readonly customAttributes?: string;
  readonly json?: boolean;
}

export function invokeCommand(): Command {
  const command = new Command('invoke').description(
    'Invoke a model: an image that is started for this request, or with --url a running container',
  );
  addServeOptions(command);
  command.registeredArguments[0].required = false;
  return command
    .option('--url <url>', 'URL of a running container, instead of an image')
    .requiredOption('--request <file>', 'request body; - for standard input')
    .option('--content-type <type>', 'MIME type of the request body', 'text/csv')
    .option('--accept <type>', 'MIME type of the response')
    .option('--custom-attributes <text>', 'X-Amzn-SageMaker-Custom-Attributes header')
    .option('--json', 'print the response body and headers as JSON')
    .action(async (source: string | undefined, options: Options) => {
      process.exitCode = await runInvocation(source, options);
    });
}

async function runInvocation(source: string | undefined, options: Options): Promise<number> {
  const errors = new ValidationErrors();
  errors.when(
    (source === undefined) === (options.url === undefined),
    'Specify either an image or the URL of a running container (--url)',
  );
  httpUrl(errors, '--url', options.url);
  existing(errors, '--request', options.request);
  const request = source === undefined ? {} : servingRequest(errors, source, options);
  errors.throwIfAny();
  if (source === undefined) return printResponse(options.url ?? '', options);
  return Session.of(async (session) => {
    const image = await session.image(source, options);
    const onLog = ({ text }: { text: string }): void => note(text);
    const notes = new WaitNotes();
    const server = await serve(
      session.run,
      { ...request, image },
      { onPhase: note, onLog, onWait: (wait) => notes.add(wait), stop: session.stop },
    );
    return printResponse(server.url, options);
  });
}

async function printResponse(url: string, options: Options): Promise<number> {
  try {
    const body = readFileSync(options.request === '-' ? 0 : options.request);
    print(await invoke(url, { ...options, body }), options.json === true);
    return 0;
  } catch (error) {
    if (error instanceof ModelError && options.json === true) {
      printJson({
        error: error.name,
        originalStatusCode: error.originalStatusCode,
        originalMessage: error.originalMessage,
      });
    }
    note((error as Error).message);
    return error instanceof ModelError ? 1 : 2;
  }
}

function print({ body, contentType, customAttributes }: InvocationResult, asJson: boolean): void {
  if (asJson) printJson({ contentType, customAttributes, body: Buffer.from(body).toString() });
  else process.stdout.write(body);
}
