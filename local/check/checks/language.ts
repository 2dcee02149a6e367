import type { CheckContext } from '../probe/check-context';
import { type Command, startedTexts } from './script';

/** A language whose programs need a fix of their own. */
export type Language = 'python' | 'node' | 'ruby' | 'perl' | 'r';

/** The programs that run the code of a language. */
const PROGRAMS: [Language, RegExp][] = [
  ['python', /\b(python[\d.]*|gunicorn|uvicorn|hypercorn|flask)\b/],
  ['node', /\b(node|npm|npx)\b/],
  ['ruby', /\b(ruby|puma|rackup)\b/],
  ['perl', /\bperl\b/],
  ['r', /\bRscript\b/],
];

/** The language of the program of a container, by its command line and the interpreter lines of its scripts; undefined if they do not name it. */
export async function languageOf(context: CheckContext, command: Command): Promise<Language | undefined> {
  const text = (await startedTexts(context, command)).join('\n');
  return PROGRAMS.find(([, pattern]) => pattern.test(text))?.[0];
}

/** A fix, with what it is in the language of the program, if that is known. */
export async function fixIn(
  context: CheckContext,
  command: Command,
  fix: string,
  hints: Partial<Record<Language, string>>,
): Promise<string> {
  const language = await languageOf(context, command);
  const hint = language === undefined ? undefined : hints[language];
  return hint === undefined ? fix : `${fix} ${hint}`;
}
