import * as path from 'node:path';
import type { CheckContext } from '../probe/check-context';
import type { ImageFile } from '../probe/image-probe';

export type Command = 'train' | 'serve';

/** Why a script does not run: its bytes are not what the kernel or its shell expects. */
export type ScriptDefect = 'carriage returns' | 'byte order mark' | 'no interpreter line';

/** A script that a container starts with, and its defect. */
export interface DefectiveScript {
  readonly path: string;
  readonly defect: ScriptDefect;
}

const SHELL = /^(ba|da|a|k|z)?sh$/;

/** Programs that execute their first argument that is not an option. */
const LAUNCHERS = ['env', 'tini', 'docker-init', 'dumb-init', 'gosu', 'exec'];
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';

/** A script that a container runs at its start or names in its log, with a defect; undefined if all of them are sound. */
export async function defectiveScript(
  context: CheckContext,
  command: Command,
  log: readonly { text: string }[],
): Promise<DefectiveScript | undefined> {
  const { image, words } = await commandLine(context, command);
  return defectiveScriptIn(context, image, words, log);
}

async function commandLine(context: CheckContext, command: Command): Promise<{ image: string; words: string[] }> {
  const specification = command === 'train' ? context.training.specification : context.serving.specification;
  const { image } = specification;
  const { entrypoint = (await context.image.info(image)).entrypoint } = specification as { entrypoint?: string[] };
  return { image, words: [...entrypoint, command] };
}

/** The command line of a container, the interpreter lines of the scripts that it executes, and the beginnings of its shell scripts. */
export async function startedTexts(context: CheckContext, command: Command): Promise<string[]> {
  const { image, words } = await commandLine(context, command);
  const scripts = (await startedScripts(context, image, words)).flatMap(({ file }) => (isScript(file) ? [file] : []));
  return [
    ...words,
    ...scripts.map(({ path: name, start }) =>
      isRunByShell(name, lineOf(start), true) ? start : (lineOf(start) ?? ''),
    ),
  ];
}

/** A script with a defect among those that a command line executes, or that a log names; undefined if all of them are sound. */
export async function defectiveScriptIn(
  context: CheckContext,
  image: string,
  words: string[],
  log: readonly { text: string }[],
): Promise<DefectiveScript | undefined> {
  const started = await startedScripts(context, image, words);
  const named = await Promise.all(namesIn(log).map((name) => context.image.program(image, name)));
  const candidates = [...started, ...named.map((file) => ({ file, isExecuted: false }))];
  for (const { file, isExecuted } of candidates) {
    const defect = file === undefined ? undefined : defectOf(file, isExecuted);
    if (file !== undefined && defect !== undefined) return { path: file.path, defect };
  }
  return undefined;
}

interface Started {
  readonly file?: ImageFile;

  /** Whether the kernel executes it by its first line; otherwise a shell reads it. */
  readonly isExecuted: boolean;
}

/** The files that a command line executes, one after the other: launchers, a program, the script that a shell reads, and "train". */
async function startedScripts(context: CheckContext, image: string, words: string[]): Promise<Started[]> {
  const found: Started[] = [];
  let isRead = false;
  for (const [index, word] of words.entries()) {
    if (word.startsWith('-')) continue;
    const file = await context.image.program(image, word);
    const isCommand = index === words.length - 1;
    found.push({ file, isExecuted: !isRead || isCommand });
    const name = path.posix.basename(word);
    // A shell, or a script, may execute the words behind it; any other program interprets them as it likes.
    if (SHELL.test(name)) isRead = true;
    else if (!LAUNCHERS.includes(name) && !isScript(file)) break;
  }
  return found;
}

const isScript = (file?: ImageFile): file is ImageFile => file !== undefined && isText(file.start);

/** The interpreter line of a script, without #!. */
const lineOf = (start: string): string | undefined => /^(?:\u00ef\u00bb\u00bf)?#!\s*([^\n]*)/.exec(start)?.[1];

/** Whether bytes are not those of a compiled program. */
const isText = (start: string): boolean => !start.includes('\u0000') && !start.startsWith('\u007fELF');

/** Paths at the beginning of the messages of shells, such as `exec /entry.sh: …`, `/entry.sh: line 2: …` and `/entry.sh: 2: …`. */
function namesIn(log: readonly { text: string }[]): string[] {
  const message = /^(?:exec (\/[^\s:]+)|(\/[^\s:]+): (?:line )?\d+): /;
  return [...new Set(log.flatMap(({ text }) => message.exec(text)?.slice(1).filter(Boolean) ?? []))];
}

function defectOf({ path: file, start }: ImageFile, isExecuted: boolean): ScriptDefect | undefined {
  if (!isText(start)) return undefined;
  const interpreter = lineOf(start);
  if (isExecuted && start.startsWith(BYTE_ORDER_MARK)) return 'byte order mark';
  if (isExecuted && interpreter === undefined) return 'no interpreter line';
  if (isExecuted && interpreter?.endsWith('\r') === true) return 'carriage returns';
  const isShellScript = isRunByShell(file, interpreter, isExecuted);
  return isShellScript && start.includes('\r\n') ? 'carriage returns' : undefined;
}

function isRunByShell(file: string, interpreter: string | undefined, isExecuted: boolean): boolean {
  const words = (interpreter ?? '').trim().split(/\s+/);
  if (words.some((word) => SHELL.test(path.posix.basename(word)))) return true;
  return interpreter === undefined && (!isExecuted || /\.(ba)?sh$/.test(file));
}
