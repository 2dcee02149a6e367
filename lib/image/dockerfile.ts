import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { assignmentsOf, unquoted, variablesIn } from './dockerfile-variables';

/** An instruction of a Dockerfile in the form in which Docker executes it: without comments and line breaks. */
export interface DockerfileInstruction {
  readonly keyword: string;

  /** Everything after the keyword. */
  readonly text: string;
  readonly flags: { readonly name: string; readonly value: string }[];

  /** The arguments after the flags, separated at white space. */
  readonly args: string[];
  readonly line: number;
}

/** A build stage. */
export interface DockerfileStage {
  readonly index: number;

  /** The name in lower case, as Docker compares it. */
  readonly name?: string;
  readonly from: DockerfileInstruction;

  /** The base image or stage, in which variables can be expanded; undefined if it has quotation marks that are more complex. */
  readonly base?: string;
  readonly instructions: DockerfileInstruction[];
}

/** The reason why it is not certain what a target of a Dockerfile reads. */
export class Uncertainty extends Error {}

const KEYWORDS = new Set(
  (
    'ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER ' +
    'VOLUME WORKDIR'
  ).split(' '),
);

/** The frontends whose instructions this library knows. */
const KNOWN_SYNTAX = /^(docker\.io\/)?docker\/dockerfile:1(\.\d+){0,2}(-labs)?(@sha256:[0-9a-f]{64})?$/;

/** The location of a Dockerfile: a path relative to the build context. */
interface DockerfileLocation {
  readonly directory: string;
  readonly file?: string;
}

/** A Dockerfile, divided into its stages. */
export class Dockerfile {
  /** The Dockerfile of a build; undefined if it does not exist. */
  public static in({ directory, file = 'Dockerfile' }: DockerfileLocation): Dockerfile | undefined {
    const name = path.join(directory, file);
    return existsSync(name) ? new Dockerfile(readFileSync(name, 'utf8')) : undefined;
  }

  /** The parser directives, which are part of what decides the result. */
  public readonly directives: string[];

  /** The ARG instructions before the first stage. */
  public readonly globals: DockerfileInstruction[] = [];
  public readonly stages: DockerfileStage[] = [];
  private readonly instructions: DockerfileInstruction[];

  constructor(private readonly content: string) {
    this.directives = [...leadingComments(content)].filter((comment) => DIRECTIVE.test(comment));
    this.instructions = DockerfileParser.parse(content).getInstructions().map(toInstruction);
    for (const instruction of this.instructions) {
      const stage = this.stages.at(-1);
      if (instruction.keyword === 'FROM') this.stages.push(newStage(this.stages.length, instruction));
      else if (stage === undefined) this.globals.push(instruction);
      else stage.instructions.push(instruction);
    }
  }

  /** The stage to build: the last one if there is no target. Undefined if the Dockerfile has no such stage. */
  public target(target?: string): DockerfileStage | undefined {
    if (target === undefined) return this.stages.at(-1);
    return this.stages.find(({ name, index }) => name === target.toLowerCase() || String(index) === target);
  }

  /** Whether a stage, or the first of the stages on which it is based, starts from the image that a build argument names. */
  public startsFrom(argument: string, stage: DockerfileStage): boolean {
    const names = this.derivedFrom(argument);
    return this.basesOf(stage).some(({ base = '' }) => variablesIn(base).some((name) => names.has(name)));
  }

  /** A build argument, and those whose default value contains it. Empty if no ARG instruction before the first FROM declares it. */
  private derivedFrom(argument: string): Set<string> {
    const names = new Set<string>();
    for (const { name, value = '' } of this.globals.flatMap(({ keyword, text }) => assignmentsOf(keyword, text))) {
      if (name === argument || variablesIn(value).some((variable) => names.has(variable))) names.add(name);
    }
    return names;
  }

  /** A stage and those on which it is based. All stages if a variable decides which ones those are. */
  private basesOf(stage: DockerfileStage): DockerfileStage[] {
    const { base = '' } = stage;
    if (base.includes('$')) return this.stages.slice(0, stage.index + 1);
    const parent = this.stages.slice(0, stage.index).find(({ name }) => name === base.toLowerCase());
    return [stage, ...(parent === undefined ? [] : this.basesOf(parent))];
  }

  /** Whether the stages are certainly those that Docker sees. */
  public get hasKnownStages(): boolean {
    try {
      this.checkStages();
      return true;
    } catch {
      return false;
    }
  }

  /** @throws an `Uncertainty` if the instructions perhaps have another meaning for Docker */
  public checkSyntax(): void {
    this.checkStages();
    const heredoc = this.instructions.find(
      ({ keyword, text }) => ['RUN', 'COPY', 'ADD'].includes(keyword) && HEREDOC.test(text),
    );
    if (heredoc !== undefined) throw new Uncertainty(`line ${heredoc.line} contains a here-document`);
  }

  /** @throws an `Uncertainty` if the stages are perhaps not those that Docker sees */
  private checkStages(): void {
    checkLines(this.content);
    for (const directive of this.directives) {
      const { name = '', value = '' } = DIRECTIVE.exec(directive)?.groups ?? {};
      const isKnown = name.toLowerCase() === 'syntax' ? KNOWN_SYNTAX.test(value) : value === '\\';
      if (!isKnown) throw new Uncertainty(`the Dockerfile has the directive \`${name}=${value}\``);
    }
    for (const { keyword, line } of this.instructions) {
      if (!KEYWORDS.has(keyword)) throw new Uncertainty(`line ${line} has the unknown instruction ${keyword}`);
    }
    const other = this.globals.find(({ keyword }) => keyword !== 'ARG');
    if (other !== undefined) throw new Uncertainty(`line ${other.line} precedes the first FROM`);
    const names = this.stages.flatMap(({ name }) => name ?? []);
    const duplicate = names.find((name, index) => names.indexOf(name) !== index);
    if (duplicate !== undefined) throw new Uncertainty(`several stages have the name ${duplicate}`);
  }
}

/** The end of a line that Docker does not continue, unlike one with a single backslash. */
const AMBIGUOUS_END = /\\\\[ \t]*\r?$/m;

/** White space other than blanks, tabs and line ends, at which Docker separates words. */
const OTHER_SPACE = /[\v\f\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

function checkLines(content: string): void {
  if (AMBIGUOUS_END.test(content)) throw new Uncertainty('a line ends with two backslashes');
  if (OTHER_SPACE.test(content)) throw new Uncertainty('the Dockerfile contains unusual white space');
  if (content.startsWith('#!')) throw new Uncertainty('the Dockerfile starts with `#!`');
}

/** A directive that changes how the rest is parsed. Docker only accepts it before other comments; this library does not rely on it. */
const DIRECTIVE = /^#\s*(?<name>syntax|escape)\s*=\s*(?<value>.*?)\s*$/i;

/** A word that begins a here-document, as BuildKit defines it. */
const HEREDOC = /(^|\s)\d*<<-?[^\s<]/;

function* leadingComments(content: string): Generator<string> {
  for (const line of content.split(/\r?\n/).map((text) => text.trim())) {
    if (line.startsWith('#')) yield line;
    else if (line !== '') return;
  }
}

type ParsedInstruction = ReturnType<ReturnType<typeof DockerfileParser.parse>['getInstructions']>[number];

/** The flags of the instructions that can have some. The type of the others has no such method. */
interface WithFlags {
  getFlags?(): { getName(): string; getValue(): string | null }[];
}

function toInstruction(instruction: ParsedInstruction): DockerfileInstruction {
  const flags = (instruction as WithFlags).getFlags?.() ?? [];
  const keyword = instruction.getKeyword();
  return {
    keyword,
    text: joined(instruction.getTextContent()).slice(keyword.length).trim(),
    flags: flags.map((flag) => ({ name: flag.getName(), value: flag.getValue() ?? '' })),
    args: instruction.getArguments().map((argument) => argument.getValue()),
    line: instruction.getInstructionRange().start.line + 1,
  };
}

/** Removes line breaks and the comments between them. */
function joined(text: string): string {
  const lines = text.split(/\r?\n/).filter((line, index) => index === 0 || !/^\s*(#|$)/.test(line));
  return lines.map((line) => line.replace(/\\[ \t]*$/, '')).join('');
}

function newStage(index: number, from: DockerfileInstruction): DockerfileStage {
  const [image, as, name] = from.args;
  return {
    index,
    from,
    base: unquoted(image),
    name: as?.toLowerCase() === 'as' ? name?.toLowerCase() : undefined,
    instructions: [],
  };
}
