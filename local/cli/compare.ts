import { Command, Option } from 'commander';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import parse from 'jsonpath-rfc9535/parser';
import * as path from 'node:path';
import {
  type BySide,
  COMPARISON_FORMATS,
  type ComparedRequest,
  type ComparisonFormat,
  compare,
  comparisonReport,
  sideResult,
} from '../compare';
import { type ServingRequest, serve } from '../container';
import { collect } from './common';
import { ValidationErrors, count, httpUrl, isDirectory, requests } from './options';
import { type ServeOptions, addServeOptions, servingRequest } from './serve';
import { Session, note } from './session';
import { WaitNotes } from './wait-notes';

interface Options extends ServeOptions {
  readonly modelA?: string;
  readonly modelB?: string;
  readonly request: string[];
  readonly contentType?: string;
  readonly accept?: string;
  readonly split?: 'line';
  readonly repeat: string;
  readonly tolerance: string;
  readonly jsonPath?: string;
  readonly minAgreement: string;
  readonly format: ComparisonFormat;
}

/** The container of a side: one that runs, or one to start. */
interface Target {
  readonly url: string;
  readonly container?: string;
}

export function compareCommand(): Command {
  const command = new Command('compare').description(
    'Send the same requests to two models, and compare the responses, the latency and the memory',
  );
  addServeOptions(command, '<a>')
    .argument('<b>', 'the model to compare it with, in the same forms')
    .addOption(new Option('--model-a <file|dir>', 'model of <a>, instead of --model'))
    .addOption(new Option('--model-b <file|dir>', 'model of <b>, instead of --model'))
    .requiredOption('--request <file|dir[,type=MIME]>', 'request body, or a directory of them (repeatable)', collect)
    .option('--content-type <type>', 'MIME type of requests without one (default: by the name of the file)')
    .option('--accept <type>', 'MIME type of the responses')
    .addOption(new Option('--split <split>', 'send each line of a file as a request').choices(['line']))
    .option('--repeat <count>', 'how often each request is sent to both models', '1')
    .option('--tolerance <number>', 'largest difference of two numbers that are the same', '0')
    .option('--json-path <path>', 'JSONPath of the values to compare, such as $.predictions (default: the whole body)')
    .option('--min-agreement <part>', 'smallest part of requests with the same response, from 0 to 1', '1')
    .addOption(new Option('--format <format>', 'format of the report').choices(COMPARISON_FORMATS).default('text'))
    .action(async (a: string, b: string, options: Options) => {
      process.exitCode = await runComparison({ a, b }, options);
    });
  command.registeredArguments[0].description += ', or the URL of a running container';
  return command;
}

async function runComparison(sources: BySide<string>, options: Options): Promise<number> {
  const errors = new ValidationErrors();
  const servings = {
    a: servingOf(errors, sources.a, { ...options, model: options.modelA ?? options.model }),
    b: servingOf(errors, sources.b, { ...options, model: options.modelB ?? options.model }),
  };
  const all = comparedRequests(errors, options);
  const repeat = count(errors, '--repeat', options.repeat, [1, 10_000]) ?? 1;
  const tolerance = amount(errors, '--tolerance', options.tolerance, Number.MAX_VALUE);
  const minAgreement = amount(errors, '--min-agreement', options.minAgreement, 1);
  checkJsonPath(errors, options.jsonPath);
  errors.throwIfAny();
  const rules = { tolerance, jsonPath: options.jsonPath, accept: options.accept, repeat };
  const finish = async (a: Target, b: Target, session?: Session): Promise<number> => {
    const { invoked, ...compared } = await compare({ a: a.url, b: b.url }, all, { ...rules, stop: session?.stop });
    const sides = {
      a: sideResult(sources.a, invoked.a, await memoryOf(a, session)),
      b: sideResult(sources.b, invoked.b, await memoryOf(b, session)),
    };
    process.stdout.write(`${comparisonReport(options.format, { ...compared, sides }, minAgreement)}\n`);
    return compared.agreement < minAgreement ? 1 : 0;
  };
  // Running containers can be compared without a container engine.
  if (servings.a === undefined && servings.b === undefined) return compareRunning(sources, finish);
  return Session.of(async (session) => {
    const a = await targetOf(session, sources.a, servings.a, options);
    const b = await targetOf(session, sources.b, servings.b, options);
    return finish(a, b, session);
  });
}

async function compareRunning(
  sources: BySide<string>,
  finish: (a: Target, b: Target) => Promise<number>,
): Promise<number> {
  try {
    return await finish({ url: urlOf(sources.a) }, { url: urlOf(sources.b) });
  } catch (error) {
    note((error as Error).message);
    return 2;
  }
}

const urlOf = (source: string): string => source.replace(/\/+$/, '');
const isUrl = (source: string): boolean => /^https?:/.test(source);

/** The request to start the container of a side; undefined if it runs already. */
function servingOf(
  errors: ValidationErrors,
  source: string,
  options: Options,
): Omit<ServingRequest, 'image'> | undefined {
  if (!isUrl(source)) return servingRequest(errors, source, options);
  httpUrl(errors, '<a> and <b>', source);
  return undefined;
}

/** Starts the container of a side, and waits until it is healthy. */
async function targetOf(
  session: Session,
  source: string,
  serving: Omit<ServingRequest, 'image'> | undefined,
  options: Options,
): Promise<Target> {
  if (serving === undefined) return { url: urlOf(source) };
  const image = await session.image(source, options);
  let container = '';
  const notes = new WaitNotes(`${source}: `);
  const { url } = await serve(
    session.run,
    { ...serving, image },
    {
      onPhase: (phase) => note(`${source}: ${phase}`),
      onContainer: (id) => (container = id),
      onWait: (wait) => notes.add(wait),
      stop: session.stop,
    },
  );
  return { url, container };
}

async function memoryOf({ container }: Target, session?: Session): Promise<number | undefined> {
  return container === undefined ? undefined : session?.engine.memoryBytes(container);
}

/** The requests of files and of the files in directories. */
function comparedRequests(errors: ValidationErrors, { request, contentType, split }: Options): ComparedRequest[] {
  const files = request.flatMap(filesOf);
  errors.when(files.length === 0, `--request: "${request.join('", "')}" has no files`);
  const found = requests(errors, files, contentType);
  if (errors.list.length > 0) return [];
  const all = found.flatMap((one) => {
    const body = readFileSync(one.file);
    if (split === undefined) return [{ name: one.file, body, contentType: one.contentType }];
    return body
      .toString()
      .split(/\r?\n/)
      .flatMap((line, index) =>
        line === ''
          ? []
          : [{ name: `${one.file}:${index + 1}`, body: Buffer.from(line), contentType: one.contentType }],
      );
  });
  errors.when(all.length === 0, '--split line: the files of --request have no lines');
  return all;
}

/** The files of a directory, each with the content type that follows the name of the directory. */
function filesOf(given: string): string[] {
  const [, directory = given, type = ''] = /^(.*?)(,type=.+)?$/s.exec(given) ?? [];
  return isDirectory(directory) ? filesIn(directory).map((file) => `${file}${type}`) : [given];
}

function filesIn(directory: string): string[] {
  const names = readdirSync(directory).filter((name) => !name.startsWith('.'));
  return names
    .map((name) => path.join(directory, name))
    .filter((file) => statSync(file).isFile())
    .sort();
}

/** A number from 0 to a maximum. */
function amount(errors: ValidationErrors, option: string, text: string, max: number): number {
  const value = text.trim() === '' ? NaN : Number(text);
  const rule = max === 1 ? 'a number from 0 to 1, such as 0.95' : 'a number of at least 0';
  errors.when(!(value >= 0 && value <= max), `${option} must be ${rule}, got: "${text}"`);
  return value;
}

function checkJsonPath(errors: ValidationErrors, jsonPath: string | undefined): void {
  if (jsonPath === undefined) return;
  try {
    parse(jsonPath);
  } catch (error) {
    errors.when(
      true,
      `--json-path: "${jsonPath}" is not a JSONPath such as $.predictions: ${(error as Error).message}`,
    );
  }
}
