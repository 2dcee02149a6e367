/**
 * The texts in the library that can be part of an error or a warning: every string with several words, except the names of the
 * objects that errors are about. `test/rules.test.ts` compares them with the rules in `rules.ts`.
 */
import { readFileSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';

const LIBRARY = path.join(__dirname, '..', 'lib');

/** The calls that report a text, by the name of the function: `errors.when(…)`, `throw new RuleError(…)`. */
const REPORTS: Record<string, 'error' | 'warning'> = {
  when: 'error',
  add: 'error',
  RuleError: 'error',
  addWarning: 'warning',
};

export interface Message {
  readonly file: string;

  /** The text, with `…` for each value that is inserted into it. */
  readonly text: string;

  /** The result of the call that contains the text. Undefined if another function reports the text. */
  readonly result?: 'error' | 'warning';
}

/** The messages of the library, without those of the handlers, which run at deployment. */
export function messages(): Message[] {
  return librarySources().flatMap(([file, source]) => messagesIn(file, source));
}

export function librarySources(): [file: string, source: ts.SourceFile][] {
  const files = readdirSync(LIBRARY, { recursive: true, encoding: 'utf8' }).map((file) =>
    file.replaceAll(path.sep, '/'),
  );
  return files
    .filter((file) => file.endsWith('.ts') && !file.startsWith('handlers/'))
    .map((file) => [file, parse(file, readFileSync(path.join(LIBRARY, file), 'utf8'))]);
}

function parse(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
}

export function messagesIn(file: string, part: ts.Node): Message[] {
  const found: Message[] = [];
  const visit = (node: ts.Node, result?: Message['result']): void => {
    const name = ts.isCallExpression(node) || ts.isNewExpression(node) ? nameOf(node.expression) : undefined;
    if (name === 'ValidationErrors') return;
    const text = textOf(node);
    if (text === undefined) ts.forEachChild(node, (child) => visit(child, REPORTS[name ?? ''] ?? result));
    else if (/\p{L}{2}/u.test(text) && text.trim().includes(' ')) found.push({ file, text, result });
  };
  visit(part);
  return found;
}

function nameOf(called: ts.Expression): string {
  return ts.isPropertyAccessExpression(called) ? called.name.text : called.getText();
}

/** The text of a string, a template or a concatenation of them. Undefined for another node. */
export function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
  }
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined || right === undefined ? undefined : left + right;
}
