import { DockerfileParser } from 'dockerfile-ast';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import * as path from 'node:path';

/** The facts of a directory that contains an algorithm. */
export interface Existing {
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

  /** The names of the arguments of `train.py`, with their default values. */
  readonly hyperparameters: ReadonlyMap<string, string | undefined>;

  /** The channels that `train.py` reads; `train` if it names none. */
  readonly channels: string[];
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
  const script = textOf(directory, 'train.py');
  const programs = programsIn(directory);
  const names = programs.map((file) => path.basename(file));
  const has = (program: string, libraries: RegExp): boolean =>
    names.includes(program) ||
    (dockerfile !== undefined && (mentions(dockerfile, program) || libraries.test(dockerfile)));
  return {
    dockerfile: dockerfile === undefined ? undefined : factsOf(dockerfile),
    hasScript: script !== undefined,
    hasRequirements: isFile(path.join(directory, 'requirements.txt')),
    // The toolkits and the images of SageMaker contain the programs.
    hasTrain: has('train', /sagemaker-training|FROM \S*-training\b/),
    hasServe: has('serve', /sagemaker-inference|multi-model-server|FROM \S*-inference\b/),
    hasPing: programs.some((file) => readFileSync(file, 'utf8').includes('/ping')),
    hyperparameters: hyperparametersOf(script ?? ''),
    channels: channelsOf(script ?? ''),
  };
}

function textOf(directory: string, name: string): string | undefined {
  const file = path.join(directory, name);
  return isFile(file) ? readFileSync(file, 'utf8') : undefined;
}

const isFile = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isFile() === true;

/** Whether a word of an instruction is the program, and not a part of another name or the name of a stage. */
function mentions(dockerfile: string, program: string): boolean {
  const instructions = dockerfile.replace(/^\s*(#|FROM ).*$/gim, '').replace(/--from=\S+/g, '');
  return new RegExp(`(?<![\\w.-])${program}(?![\\w.-])`).test(instructions);
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
    baseImages: froms.flatMap((from) => from.getImage() ?? []),
    stages: froms.flatMap((from) => from.getBuildStage() ?? []),
    ports: argumentsOf('EXPOSE').flatMap((ports) => ports.split(/\s+/)),
    entrypoint: argumentsOf('ENTRYPOINT').at(-1),
    command: argumentsOf('CMD').at(-1),
  };
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

const ARGUMENT = /add_argument\(\s*(?:'-\w',\s*|"-\w",\s*)?(['"])--([\w-]+)\1((?:[^()]|\([^()]*\))*)\)/g;
const DEFAULT = /default\s*=\s*(?:'(?<single>[^']*)'|"(?<double>[^"]*)"|(?<number>-?[\d.]+(?:e-?\d+)?))/;

/** The arguments of argparse, except for paths, which have environment variables, and switches, which have no value. */
function hyperparametersOf(script: string): Map<string, string | undefined> {
  const found = [...script.matchAll(ARGUMENT)].filter(([, , , options]) => !/environ|getenv|store_/.test(options));
  return new Map(
    found.map(([, , name, options]) => {
      const { single, double, number } = DEFAULT.exec(options)?.groups ?? {};
      return [name, single ?? double ?? number];
    }),
  );
}

function channelsOf(script: string): string[] {
  const names = [...script.matchAll(/SM_CHANNEL_([A-Z0-9_]+)/g)].map(([, name]) => name.toLowerCase());
  return names.length === 0 ? ['train'] : [...new Set(names)];
}
