import { posix } from 'node:path';
import type { StagedFile } from '../private/staged-files';
import { type Dockerfile, type DockerfileInstruction, type DockerfileStage, Uncertainty } from './dockerfile';
import { DockerfileVariables, assignmentsOf, unquoted, variablesIn } from './dockerfile-variables';

/** The inputs of a build target: everything that decides its content, as far as it is known before the build. */
export interface TargetReads {
  readonly files: StagedFile[];
  readonly instructions: string[];

  /** The build arguments that the target can use. */
  readonly buildArgs: { [name: string]: string };
}

/** The build of a target. */
export interface TargetBuild {
  readonly dockerfile: Dockerfile;
  readonly stage: DockerfileStage;
  readonly files: StagedFile[];
  readonly buildArgs: { [name: string]: string };
}

/**
 * Determines what a build target reads.
 *
 * @throws an `Uncertainty` if the target perhaps reads more than can be determined
 */
export function readsOf(build: TargetBuild): TargetReads {
  build.dockerfile.checkSyntax();
  if (Object.hasOwn(build.buildArgs, 'BUILDKIT_SYNTAX')) throw new Uncertainty('`buildArgs` has BUILDKIT_SYNTAX');
  return new TargetReader(build).read(build.stage);
}

/** The options of instructions that do not change what is read. `--exclude` reads less, which is not used. */
const KNOWN_FLAGS: { [keyword: string]: string[] } = {
  FROM: ['platform'],
  COPY: ['from', 'chown', 'chmod', 'link', 'parents', 'exclude'],
  ADD: ['chown', 'chmod', 'link', 'exclude', 'unpack', 'checksum', 'keep-git-dir'],
  RUN: ['mount', 'network', 'security'],
};

/** The arguments that the builder sets, and that differ between machines and builders. */
const AUTOMATIC_ARG = /^(TARGET|BUILD)(PLATFORM|OS|OSVERSION|ARCH|VARIANT)$/;

/** The variables in a stage, and the environment that other stages inherit from it. */
interface StageVariables {
  readonly variables: DockerfileVariables;
  readonly environment: DockerfileVariables;
  readonly isFromScratch: boolean;
}

class TargetReader {
  private readonly globals = new DockerfileVariables();
  private readonly globalText = new Map<string, string>();
  private readonly usedGlobals = new Set<string>();

  /** The names of all arguments of the stages that are read. */
  private readonly declared = new Set<string>();

  /** The values of the ENV instructions at the end of each stage that is read. */
  private readonly environments = new Map<DockerfileStage, DockerfileVariables>();
  private readonly selected = new Set<StagedFile>();

  /** The stages whose first base image is `scratch`, which defines no environment variables. */
  private readonly fromScratch = new Set<DockerfileStage>();

  /** Whether an instruction refers to a stage by its number. */
  private usesIndices = false;

  constructor(private readonly build: TargetBuild) {
    for (const { keyword, text } of build.dockerfile.globals) {
      for (const { name, value } of assignmentsOf(keyword, text)) {
        this.globals.set(name, this.argument(name, this.globals.expand(unquoted(value))));
        this.globalText.set(name, `${this.globalText.get(name) ?? ''} ${value ?? ''}`);
      }
    }
  }

  public read(target: DockerfileStage): TargetReads {
    this.visit(target);
    const { dockerfile, files, buildArgs } = this.build;
    const stages = dockerfile.stages.filter((stage) => this.environments.has(stage));
    const unused = new Set(this.declaredElsewhere(stages));
    return {
      files: files.filter((file) => this.selected.has(file)),
      instructions: [
        ...dockerfile.directives,
        ...dockerfile.globals.filter((instruction) => this.isUsed(instruction)).map(({ text }) => `ARG ${text}`),
        ...stages.flatMap((stage) => this.textOf(stage)),
      ],
      buildArgs: Object.fromEntries(Object.entries(buildArgs).filter(([name]) => !unused.has(name))),
    };
  }

  private isUsed({ keyword, text }: DockerfileInstruction): boolean {
    return assignmentsOf(keyword, text).some(({ name }) => this.usedGlobals.has(name));
  }

  private textOf({ index, from, instructions }: DockerfileStage): string[] {
    const texts = [from, ...instructions].map(({ keyword, text }) => `${keyword} ${text}`);
    return this.usesIndices ? [`stage ${index}`, ...texts] : texts;
  }

  /** The arguments that only stages declare which are not read. One that no stage declares can be an argument of the builder. */
  private declaredElsewhere(stages: DockerfileStage[]): string[] {
    const others = this.build.dockerfile.stages.filter((stage) => !stages.includes(stage));
    const names = others
      .flatMap(({ instructions }) => instructions)
      .filter(({ keyword }) => keyword === 'ARG')
      .flatMap(({ keyword, text }) => assignmentsOf(keyword, text).map(({ name }) => name));
    return [...names, ...this.globalText.keys()].filter(
      (name) => !this.declared.has(name) && !this.usedGlobals.has(name),
    );
  }

  private argument(name: string, value: string | undefined): string | undefined {
    if (AUTOMATIC_ARG.test(name)) return undefined;
    return Object.hasOwn(this.build.buildArgs, name) ? this.build.buildArgs[name] : value;
  }

  private useGlobal(name: string): void {
    const text = this.globalText.get(name);
    if (text === undefined || this.usedGlobals.has(name)) return;
    this.usedGlobals.add(name);
    variablesIn(text).forEach((other) => this.useGlobal(other));
  }

  /** Reads a stage and those on which it depends. */
  private visit(stage: DockerfileStage): DockerfileVariables {
    const known = this.environments.get(stage);
    if (known !== undefined) return known;
    const environment = new DockerfileVariables(this.visitBase(stage));
    this.environments.set(stage, environment);
    const variables = new DockerfileVariables(environment);
    for (const instruction of stage.instructions) {
      checkFlags(instruction);
      switch (instruction.keyword) {
        case 'ARG':
          this.readArguments(instruction, { variables, environment, isFromScratch: this.fromScratch.has(stage) });
          break;
        case 'ENV':
          readEnvironment(instruction, variables, environment);
          break;
        case 'COPY':
        case 'ADD':
          this.readCopy(instruction, variables, stage);
          break;
        case 'RUN':
          this.readMounts(instruction, stage);
          break;
        case 'ONBUILD':
          throw uncertain(instruction, 'runs in other builds');
        default:
          break;
      }
    }
    return environment;
  }

  private visitBase(stage: DockerfileStage): DockerfileVariables | undefined {
    const { from } = stage;
    checkFlags(from);
    variablesIn(from.text).forEach((name) => this.useGlobal(name));
    const [, , , excess] = from.args;
    const base = this.globals.expand(stage.base);
    if (base === undefined || excess !== undefined) {
      throw uncertain(from, 'has a base image that is only known in the build');
    }
    if (/onbuild/i.test(base)) throw uncertain(from, 'has a base image that can copy files of the directory');
    const parent = this.stageBefore(stage, base);
    const environment = parent && this.visit(parent);
    if (base === 'scratch' || (parent !== undefined && this.fromScratch.has(parent))) this.fromScratch.add(stage);
    return environment;
  }

  private stageBefore(stage: DockerfileStage, name: string): DockerfileStage | undefined {
    return this.build.dockerfile.stages.slice(0, stage.index).find((other) => other.name === name.toLowerCase());
  }

  /** Reads the stage to which `from` refers, if it is one and not an image. */
  private visitSource(instruction: DockerfileInstruction, stage: DockerfileStage, from: string): void {
    const { stages } = this.build.dockerfile;
    const source = this.stageBefore(stage, from) ?? (/^\d+$/.test(from) ? stages[Number(from)] : undefined);
    const isLater =
      source === undefined ? stages.some(({ name }) => name === from.toLowerCase()) : source.index >= stage.index;
    const isReference = source !== undefined || /^[a-z0-9][\w./:@-]*$/i.test(from);
    if (isLater || !isReference) throw uncertain(instruction, `has an unknown source \`${from}\``);
    if (source !== undefined && /^\d+$/.test(from)) this.usesIndices = true;
    if (source !== undefined) this.visit(source);
  }

  private readArguments(
    instruction: DockerfileInstruction,
    { variables, environment, isFromScratch }: StageVariables,
  ): void {
    for (const { name, value } of assignmentsOf(instruction.keyword, instruction.text)) {
      checkName(instruction, name);
      this.declared.add(name);
      if (value === undefined) this.useGlobal(name);
      const initial = value === undefined ? this.globals.get(name) : variables.expand(unquoted(value));
      // An environment variable of the base image overrides the argument, and builders disagree about one of the Dockerfile.
      const isKnown = isFromScratch && !environment.has(name);
      variables.set(name, isKnown ? this.argument(name, initial) : undefined);
    }
  }

  private readCopy(instruction: DockerfileInstruction, variables: DockerfileVariables, stage: DockerfileStage): void {
    const from = instruction.flags.find(({ name }) => name === 'from');
    if (from !== undefined) return this.visitSource(instruction, stage, from.value);
    for (const word of copiedBy(instruction)) {
      const source = variables.expand(word);
      if (source === undefined) throw uncertain(instruction, `copies \`${word}\`, which is only known in the build`);
      if (instruction.keyword === 'ADD' && URL.test(source)) throw uncertain(instruction, 'downloads its source');
      this.select(instruction, source);
    }
  }

  private select(instruction: DockerfileInstruction, source: string): void {
    const pattern = posix.join('/', source).replace(/^\/|\/$/g, '');
    if (pattern === '') throw uncertain(instruction, `copies all of it. ${ADVICE}`);
    if (!/^[\p{L}\p{N}\p{M}\w./@%+=:,~ *?-]*$/u.test(pattern) || pattern.includes('**')) {
      throw uncertain(instruction, `copies \`${source}\`, a pattern that only Docker can evaluate. ${ADVICE}`);
    }
    const parts = pattern.split('/').map(matcherOf);
    let isFound = false;
    for (const file of this.build.files) {
      const names = file.path.split('/');
      const isAbove = names.length <= parts.length;
      if (!parts.slice(0, names.length).every((part, index) => part.test(names[index] ?? ''))) continue;
      if (isAbove && file.link !== undefined) throw uncertain(instruction, `copies the symbolic link \`${file.path}\``);
      if (names.length < parts.length) continue;
      isFound = true;
      this.selected.add(file);
    }
    if (!isFound) throw uncertain(instruction, `copies \`${source}\`, which is not a file of the directory`);
  }

  private readMounts(instruction: DockerfileInstruction, stage: DockerfileStage): void {
    for (const { name, value } of instruction.flags) {
      if (name !== 'mount') continue;
      if (/["'\\]/.test(value)) throw uncertain(instruction, 'has a mount with quotation marks or backslashes');
      const options = new Map(value.split(',').map((option) => splitAt(option, '=')));
      const { type = 'bind', from } = { type: options.get('type'), from: options.get('from') };
      if (!['bind', 'cache', 'tmpfs', 'secret', 'ssh'].includes(type))
        throw uncertain(instruction, 'has an unknown mount');
      if (from !== undefined) this.visitSource(instruction, stage, from);
      else if (type === 'bind') throw uncertain(instruction, 'mounts files of the directory');
    }
  }
}

/** A file or a Git repository that ADD downloads. */
const URL = /:\/\/|^git@|\.git(#|$)/;

const ADVICE = 'Copy only the files that training needs';

function readEnvironment(
  instruction: DockerfileInstruction,
  variables: DockerfileVariables,
  environment: DockerfileVariables,
): void {
  const assignments = assignmentsOf(instruction.keyword, instruction.text);
  // All assignments of an instruction use the values before it.
  const values = assignments.map(({ value }) => variables.expand(unquoted(value)));
  assignments.forEach(({ name }, index) => {
    checkName(instruction, name);
    variables.set(name, values[index]);
    environment.set(name, values[index]);
  });
}

function checkName(instruction: DockerfileInstruction, name: string): void {
  if (/[$"'\\]/.test(name)) throw uncertain(instruction, 'defines a variable whose name is only known in the build');
}

function checkFlags(instruction: DockerfileInstruction): void {
  const known = KNOWN_FLAGS[instruction.keyword];
  const unknown = instruction.flags.find(({ name }) => known !== undefined && !known.includes(name));
  if (unknown !== undefined) throw uncertain(instruction, `has the unknown flag \`--${unknown.name}\``);
}

/** The sources of a COPY or ADD instruction. */
function copiedBy(instruction: DockerfileInstruction): string[] {
  const list = /^(?:--\S+\s+)*(?<json>\[.*\])$/.exec(instruction.text)?.groups?.json;
  const words = list === undefined ? instruction.args : jsonList(list);
  const isPlain = list === undefined ? !/["'\\]/.test(instruction.args.join(' ') + instruction.text) : true;
  if (words === undefined || words.length < 2 || !isPlain) {
    throw uncertain(instruction, 'has arguments with quotation marks or backslashes');
  }
  return words.slice(0, -1);
}

function jsonList(text: string): string[] | undefined {
  try {
    const list = JSON.parse(text) as unknown[];
    return list.every((item): item is string => typeof item === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}

/** Matches the name of a file or directory with a part of a pattern. */
function matcherOf(part: string): RegExp {
  const text = part
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${text}$`, 'su');
}

function splitAt(text: string, separator: string): [string, string] {
  const position = text.indexOf(separator);
  return position < 0 ? [text.toLowerCase(), ''] : [text.slice(0, position).toLowerCase(), text.slice(position + 1)];
}

function uncertain({ keyword, text, line }: DockerfileInstruction, reason: string): Uncertainty {
  const instruction = `${keyword} ${text}`;
  const shown = instruction.length > 60 ? `${instruction.slice(0, 60)}…` : instruction;
  return new Uncertainty(`line ${line} (\`${shown}\`) ${reason}`);
}
