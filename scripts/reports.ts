/**
 * The messages that the errors and warnings with a link to a section of `docs/rules.md` can contain. A message is often not in the function
 * that reports it: an object passes its `ValidationErrors` to other functions, or reports a text that another function returns. So the calls
 * are followed, by the names of the functions.
 */
import * as ts from 'typescript';
import type { RuleSection } from '../lib/private/rules';
import { type Message, librarySources, messagesIn } from './messages';

/** A named function, method, accessor or constructor of the library, or a property with a function. */
interface Declaration {
  readonly file: string;
  readonly node: ts.Node;
}

type Declarations = ReadonlyMap<string, readonly Declaration[]>;

/** The index of the section among the arguments of what reports errors and warnings. */
const SECTION_ARGUMENT: Record<string, number> = { ValidationErrors: 1, RuleError: 0, addWarning: 1, addValidation: 1 };

/** The messages by the section to which their errors and warnings link. */
export function reportedMessages(): Map<RuleSection, Message[]> {
  const declarations = declarationsByName();
  const reached = new Map<RuleSection, Map<ts.Node, Declaration>>();
  const follow = (section: RuleSection, declaration: Declaration): void => {
    const seen = reached.get(section) ?? new Map<ts.Node, Declaration>();
    reached.set(section, seen);
    if (seen.has(declaration.node)) return;
    seen.set(declaration.node, declaration);
    partsOf(declaration, declarations).forEach((part) => follow(section, part));
  };
  for (const declaration of [...declarations.values()].flat()) {
    for (const { section, node } of reportsOf(declaration, declarations)) follow(section, { ...declaration, node });
  }
  return new Map([...reached].map(([section, seen]) => [section, messagesOf([...seen.values()])]));
}

/** The messages of functions, and of the constants of their files. */
function messagesOf(functions: readonly Declaration[]): Message[] {
  const files = new Map(functions.map(({ file, node }) => [file, node.getSourceFile()]));
  const constants = [...files].flatMap(([file, source]) =>
    source.statements.filter(ts.isVariableStatement).flatMap((statement) => messagesIn(file, statement)),
  );
  return [...functions.flatMap(({ file, node }) => messagesIn(file, node)), ...constants];
}

function declarationsByName(): Declarations {
  const found = new Map<string, Declaration[]>();
  for (const [file, source] of librarySources()) {
    visit(source, (node) => {
      const name = nameOfDeclaration(node);
      if (name !== undefined) found.set(name, [...(found.get(name) ?? []), { file, node }]);
    });
  }
  return found;
}

/** The sections of what a function reports, with the part of it that contains the messages. */
function reportsOf({ file, node }: Declaration, declarations: Declarations): { section: RuleSection; node: ts.Node }[] {
  const reports: { section: RuleSection; node: ts.Node }[] = [];
  visit(node, (child) => {
    if (!ts.isCallExpression(child) && !ts.isNewExpression(child)) return;
    const { expression } = child;
    const name = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
    const section = child.arguments?.[SECTION_ARGUMENT[name] ?? Infinity];
    if (section !== undefined && ts.isStringLiteral(section)) {
      // A function with another warning is not the source of a complete one.
      const isComplete = name === 'addWarning' && messagesIn(file, child).length > 0;
      reports.push({ section: section.text as RuleSection, node: isComplete ? child : node });
    }
    const factories = (declarations.get(name) ?? []).filter((one) => one.file === file && one.node !== node);
    const created = factories.filter((one) => resultOf(one.node) === 'ValidationErrors');
    created.flatMap((one) => reportsOf(one, declarations)).forEach((one) => reports.push({ ...one, node }));
  });
  return reports;
}

/** The functions that add to the errors of a function, or return texts to it. */
function partsOf({ file, node }: Declaration, declarations: Declarations): Declaration[] {
  const [functions, members] = [new Set<string>(), new Set<string>()];
  visit(node, (child) => {
    if (!ts.isIdentifier(child)) return;
    const isMember = ts.isPropertyAccessExpression(child.parent) && child.parent.name === child;
    (isMember ? members : functions).add(child.text);
  });
  return [...declarations].flatMap(([name, all]) => {
    const used = all.filter(
      (one) =>
        (isFunction(one.node) ? functions : members).has(name) &&
        (one.file === file || isVisible(one.node)) &&
        (ts.isArrowFunction(one.node) || reportsErrors(one.node) || returnsText(one.node)),
    );
    const own = used.filter((one) => one.file === file && isFunction(one.node));
    return own.length > 0 ? own : used;
  });
}

/** Whether it is used by its name, and not as a member of an object. */
function isFunction(node: ts.Node): boolean {
  return ts.isFunctionDeclaration(node) || ts.isVariableDeclaration(node.parent);
}

/** Whether other files can use it. */
function isVisible(node: ts.Node): boolean {
  if (ts.isVariableDeclaration(node.parent)) return false;
  const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
  const kinds = modifiers.map(({ kind }) => kind);
  if (ts.isFunctionDeclaration(node)) return kinds.includes(ts.SyntaxKind.ExportKeyword);
  return !kinds.includes(ts.SyntaxKind.PrivateKeyword);
}

function reportsErrors(node: ts.Node): boolean {
  const parameters = ts.isFunctionLike(node) ? node.parameters.map(({ type }) => type?.getText()) : [];
  const isMethod = ts.isClassDeclaration(node.parent) && node.parent.name?.text === 'ValidationErrors';
  return isMethod || parameters.includes('ValidationErrors');
}

function returnsText(node: ts.Node): boolean {
  return /^(readonly )?string\b/.test(resultOf(node));
}

function resultOf(node: ts.Node): string {
  return ts.isFunctionLike(node) ? (node.type?.getText() ?? '') : '';
}

function nameOfDeclaration(node: ts.Node): string | undefined {
  if (ts.isConstructorDeclaration(node)) return node.parent.name?.text;
  if (ts.isArrowFunction(node)) return isNamed(node.parent) ? node.parent.name.getText() : undefined;
  const hasName = ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isGetAccessor(node);
  return hasName ? node.name?.getText() : undefined;
}

function isNamed(node: ts.Node): node is ts.PropertyAssignment | ts.VariableDeclaration {
  return ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node);
}

function visit(node: ts.Node, callback: (node: ts.Node) => void): void {
  callback(node);
  ts.forEachChild(node, (child) => visit(child, callback));
}
