import { ServiceError } from '../../../aws-model/service-error';

/** A policy document, as IAM accepts it. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: StatementDocument | StatementDocument[];
}

export interface StatementDocument {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: PrincipalElement;
  readonly NotPrincipal?: PrincipalElement;
  readonly Action?: string | string[];
  readonly NotAction?: string | string[];
  readonly Resource?: string | string[];
  readonly NotResource?: string | string[];
  readonly Condition?: Record<string, Record<string, unknown>>;
}

type PrincipalElement = '*' | Record<string, string | string[]>;

/** The values of an element: the statement applies to them or, for `NotAction` and the like, to all others. */
export interface Element<T> {
  readonly isNegated: boolean;
  readonly values: T;
}

export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: string[];
}

/** Principals by their types: `AWS`, `Service` and so on. */
export type Principals = Record<string, string[]>;

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly action: Element<string[]>;

  /** A trust policy has no resource: it applies to its role. */
  readonly resource?: Element<string[]>;

  /** Only the policies of resources have principals. */
  readonly principal?: Element<Principals>;
  readonly conditions: Condition[];

  /** Only documents of version 2012-10-17 have policy variables. */
  readonly hasVariables: boolean;
}

/** Where a document is attached: to a role, to a resource, or to a role as its trust policy. */
export type PolicyKind = 'identity' | 'resource' | 'trust';

const WITH_VARIABLES = '2012-10-17';
const VERSIONS = ['2008-10-17', WITH_VARIABLES];
const ELEMENTS = 'Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition'.split(' ');

const RESOURCE_RULES = {
  identity: 'Policy statement must contain resources.',
  resource: 'Missing required field Resource',
  trust: 'Has prohibited field Resource',
};

const PRINCIPAL_RULES = {
  identity: 'Policy document should not specify a principal.',
  resource: 'Missing required field Principal',
  trust: 'AssumeRole policy must contain principals',
};

/** Reads the statements of a document. An element that it does not know is an error, and is never ignored. */
export function statementsOf(document: PolicyDocument | string, kind: PolicyKind): Statement[] {
  const { Version = VERSIONS[0], Statement } = objectOf(document);
  if (!VERSIONS.includes(Version) || typeof Statement !== 'object') throw malformed('Syntax errors in policy.');
  return listOf(Statement).map((statement) => statementOf(statement, kind, Version === WITH_VARIABLES));
}

function objectOf(document: PolicyDocument | string): PolicyDocument {
  if (typeof document !== 'string') return document ?? {};
  try {
    return JSON.parse(document) as PolicyDocument;
  } catch {
    throw malformed('This policy contains invalid Json');
  }
}

function statementOf(statement: StatementDocument, kind: PolicyKind, hasVariables: boolean): Statement {
  const { Effect: effect, Condition = {} } = statement;
  const unknown = Object.keys(statement).find((name) => !ELEMENTS.includes(name));
  if (unknown !== undefined) throw malformed(`Syntax error: a statement has no element ${unknown}.`);
  if (effect !== 'Allow' && effect !== 'Deny') throw malformed('Syntax error: Effect must be Allow or Deny.');
  const action = elementOf(statement.Action, statement.NotAction);
  if (action === undefined) throw malformed('Policy statement must contain actions.');
  const resource = elementOf(statement.Resource, statement.NotResource);
  const principal = principalsOf(statement);
  const has = (element: unknown): boolean => element !== undefined;
  if (has(resource) === (kind === 'trust')) throw malformed(RESOURCE_RULES[kind]);
  if (has(principal) === (kind === 'identity')) throw malformed(PRINCIPAL_RULES[kind]);
  return {
    effect,
    action,
    resource,
    principal,
    conditions: Object.entries(Condition).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => ({ operator, key, values: listOf(values).map(String) })),
    ),
    hasVariables,
  };
}

function elementOf(given?: string | string[], negated?: string | string[]): Element<string[]> | undefined {
  if (given !== undefined && negated !== undefined) throw malformed('Syntax errors in policy.');
  const values = given ?? negated;
  return values === undefined ? undefined : { isNegated: given === undefined, values: listOf(values) };
}

function principalsOf({ Principal, NotPrincipal }: StatementDocument): Element<Principals> | undefined {
  const principals = Principal ?? NotPrincipal;
  if (principals === undefined) return undefined;
  const byType = principals === '*' ? { AWS: '*' } : principals;
  const values = Object.fromEntries(Object.entries(byType).map(([type, names]) => [type, listOf(names).map(String)]));
  return { isNegated: Principal === undefined, values };
}

function listOf<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}

function malformed(message: string): ServiceError {
  return new ServiceError('MalformedPolicyDocument', message);
}
