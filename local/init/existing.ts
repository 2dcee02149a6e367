import { type Arg, DockerfileParser } from 'dockerfile-ast';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import * as path from 'node:path';
import { type TrainingScript, readScript } from './training-script';

/** The facts of a directory that contains an algorithm. */
export interface Existing extends TrainingScript {
  /** The Dockerfile; undefined if there is none. */
  readonly dockerfile?: DockerfileFacts;

  /** Whether `train.py` exists. */
  readonly hasScript: boolean;
  readonly hasRequirements: boolean;

  /** Whether a file or the Dockerfile names the program that SageMaker starts for training. */
  readonly hasTrain: boolean;

  /** Whether a file or the Dockerfile names the program that SageMaker starts for inference. */
  readonly hasServe: boolean;

  /** Whether a program contains the path of health checks. */
  readonly hasPing: boolean;
}

export interface DockerfileFacts {
  readonly baseImages: string[];

  /** The names of the stages. */
  readonly stages: string[];
  readonly ports: string[];

  /** The ENTRYPOINT and the CMD of the last stage. */
  readonly entrypoint?: string;
  readonly command?: string;
}

/** Reads a directory. Names and the text of programs are read, and no program runs. */
export function describe(directory: string): Existing {
  const dockerfile = textOf(directory, 'Dockerfile');
  const facts = dockerfile === undefined ? undefined : factsOf(dockerfile);
  const script = textOf(directory, 'train.py');
  const programs = programsIn(directory);
  const names = programs.map((file) => path.basename(file));
  const has = (program: string, libraries: RegExp, base: RegExp): boolean =>
    names.includes(program) ||
    (dockerfile !== undefined && (mentions(dockerfile, program) || libraries.test(dockerfile))) ||
    facts?.baseImages.some((image) => base.test(image)) === true;
  return {
    dockerfile: facts,
    hasScript: script !== undefined,
    hasRequirements: isFile(path.join(directory, 'requirements.txt')),
    // The toolkits and the images of SageMaker contain the programs.
    hasTrain: has('train', /sagemaker-training/, /-training\b/i),
    hasServe: has('serve', /sagemaker-inference|multi-model-server/, /-inference\b/i),
    hasPing: programs.some((file) => readFileSync(file, 'utf8').includes('/ping')),
    ...readScript(script ?? ''),
  };
}

function textOf(directory: string, name: string): string | undefined {
  const file = path.join(directory, name);
  return isFile(file) ? readFileSync(file, 'utf8') : undefined;
}

const isFile = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isFile() === true;

/** Whether a word of an instruction is the program, and not a part of another name or the name of a stage. */
function mentions(dockerfile: string, program: string): boolean {
  const word = new RegExp(`(?<![\\w.-])${program}(?![\\w.-])`);
  return DockerfileParser.parse(dockerfile)
    .getInstructions()
    .filter((instruction) => instruction.getKeyword() !== 'FROM')
    .some((instruction) => word.test(instruction.getTextContent().replace(/^\s*#.*$|--from=\S+/gm, '')));
}

function factsOf(text: string): DockerfileFacts {
  const file = DockerfileParser.parse(text);
  const froms = file.getFROMs();
  const argumentsOf = (keyword: string): string[] =>
    file
      .getInstructions()
      .filter((instruction) => instruction.getKeyword() === keyword)
      .map((instruction) => instruction.getArgumentsContent() ?? '');
  return {
    baseImages: froms.map((from) => withDefaults(unquoted(from.getImage() ?? ''), file.getInitialARGs())),
    stages: froms.flatMap((from) => from.getBuildStage() ?? []),
    ports: argumentsOf('EXPOSE').flatMap((ports) => ports.split(/\s+/)),
    entrypoint: argumentsOf('ENTRYPOINT').at(-1),
    command: argumentsOf('CMD').at(-1),
  };
}

const unquoted = (text: string): string => text.replace(/^(["'])(.*)\1$/, '$2');

/** The name of a base image with the default values of the build arguments in it. */
function withDefaults(image: string, args: Arg[]): string {
  const values = new Map(args.map((arg) => [arg.getProperty()?.getName(), arg.getProperty()?.getValue() ?? '']));
  return image.replace(
    /\$(?:\{(\w+)[^}]*\}|(\w+))/g,
    (_, braced?: string, plain?: string) => values.get(braced ?? plain) ?? '',
  );
}

/** Directories of tools, of packages and of what is built. */
const IGNORED = /^(\..*|node_modules|__pycache__|venv|target|dist|build|deployment)$/;
const PROGRAM = /^[^.]+$|\.(py|[cm]?[jt]s|go|rs|[rR]|java|rb|sh|conf|lua)$/;
const MAX_BYTES = 1024 * 1024;

/** The files of a directory that can be programs or their configuration. */
function programsIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(directory, entry.name);
    if (entry.isDirectory()) return IGNORED.test(entry.name) ? [] : programsIn(file);
    return entry.isFile() && PROGRAM.test(entry.name) && statSync(file).size <= MAX_BYTES ? [file] : [];
  });
}
