/**
 * The form in JavaScript of the regular expression of a metric, which has the syntax of Python: names, flags, comments and possessive
 * quantifiers. Escapes and character classes are equal in both, except for anchors and a bracket at the beginning of a class.
 *
 * @throws SyntaxError also for conditional groups, which JavaScript does not have
 */
export function metricExpression(regex: string): RegExp {
  const [, letters = '', rest] = /^(?:\(\?([a-zA-Z]+)\))?([^]*)$/.exec(regex) as unknown as [string, string?, string?];
  const flags = [...new Set(letters)].filter((letter) => 'ims'.includes(letter)).join('');
  return new RegExp((rest ?? '').replace(SYNTAX, inJavaScript), flags);
}

/** Whether an expression has a group that captures the number. */
export function capturesGroup(expression: RegExp): boolean {
  return (new RegExp(`${expression.source}|`, expression.flags).exec('') ?? []).length > 1;
}

/** Whether an expression has a conditional group, which only the service can evaluate. */
export function isConditional(regex: string): boolean {
  return regex.includes('(?(');
}

/** Escapes, character classes, and the syntax that differs. */
const SYNTAX =
  /\\[^]|\[\^?\]?(?:\\[^]|[^\]\\])*\]|\(\?P<|\(\?P=\w+\)|\(\?#[^)]*\)|\(\?[a-zA-Z]+\)|\(\?(?:>|[a-zA-Z]*(?:-[a-zA-Z]+)?:)|[*+?}]\+/g;

function inJavaScript(syntax: string): string {
  if (syntax === '\\A') return '^';
  if (syntax === '\\Z') return '$';
  if (syntax.startsWith('\\')) return syntax;
  if (syntax.startsWith('[')) return syntax.replace(/^(\[\^?)\]/, '$1\\]');
  if (syntax === '(?P<') return '(?<';
  if (syntax.startsWith('(?P=')) return `\\k<${syntax.slice(4, -1)}>`;
  if (/^\(\?(#|[a-zA-Z]+\)$)/.test(syntax)) return '';
  return syntax.startsWith('(?') ? '(?:' : syntax[0];
}
