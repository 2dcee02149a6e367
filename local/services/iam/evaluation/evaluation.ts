import { type ConditionKeys, UnknownElement, holds } from './conditions';
import type { Element, Principals, Statement } from './document';
import { isArnLike, isLike } from './patterns';
import { isKnownKey } from './condition-keys';

/** The caller of a request. Resource policies name it in several ways. */
export interface Principal {
  /** The ARN of the session of a role, or the name of a service. */
  readonly name: string;

  /** The ARN of the role; undefined for a service. */
  readonly role?: string;

  /** The account of the role; undefined for a service. */
  readonly account?: string;
}

export interface AccessRequest {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly keys: ConditionKeys;
}

/** The policies that apply to a request. */
export interface Policies {
  readonly identity: Statement[];

  /** The permissions boundary of the role; undefined if it has none. */
  readonly boundary?: Statement[];

  /** The session policy; undefined if the session has none. */
  readonly session?: Statement[];

  /** The policy of the resource; undefined if it has none. */
  readonly resource?: Statement[];

  /** Whether the policy of the resource must allow a request too: that of a key, and the trust policy of a role. */
  readonly isResourcePolicyRequired?: boolean;

  /** Whether the resource belongs to another account than the principal: the policies of both accounts must allow the request. */
  readonly isOfOtherAccount?: boolean;
}

export interface Decision {
  readonly decision: 'allowed' | 'explicitDeny' | 'implicitDeny';

  /** Why the request is denied, in the words of AWS; empty if it is allowed. */
  readonly reason: string;
}

/** How closely the policy of a resource names a principal. The account only delegates the decision to the identity policies. */
type Match = 'none' | 'account' | 'role' | 'session';

const ALLOWED: Decision = { decision: 'allowed', reason: '' };

/**
 * Decides about a request within one account, or across two: an explicit denial takes precedence, and what no policy allows is denied.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 */
export function evaluate(policies: Policies, request: AccessRequest): Decision {
  return explicitDenial(policies, request) ?? implicitDenial(policies, request) ?? ALLOWED;
}

function explicitDenial(policies: Policies, request: AccessRequest): Decision | undefined {
  const kinds = {
    'an identity-based policy': policies.identity,
    'a resource-based policy': policies.resource ?? [],
    'a permissions boundary': policies.boundary ?? [],
    'a session policy': policies.session ?? [],
  };
  for (const [kind, statements] of Object.entries(kinds)) {
    const denial = denialIn(statements, request);
    if (denial !== undefined) {
      return { decision: 'explicitDeny', reason: `with an explicit deny in ${kind}${denial}` };
    }
  }
  return undefined;
}

/** The first kind of policy that has to allow the request, and does not. */
function implicitDenial(policies: Policies, request: AccessRequest): Decision | undefined {
  const { identity, resource = [], isOfOtherAccount = false, isResourcePolicyRequired = isOfOtherAccount } = policies;
  const isService = request.principal.role === undefined;
  const named = allowanceOf(resource, request);
  const isRequired = isResourcePolicyRequired || isService;
  if (named.match === 'none' && isRequired) return because('resource-based policy', named, request);
  const own = allowanceOf(identity, request);
  const isDelegated = named.match === 'none' || named.match === 'account' || isOfOtherAccount;
  if (isDelegated && own.match === 'none') return because('identity-based policy', own, request);
  // A policy that names the session itself is not limited by the policies of the role.
  return named.match === 'session' && !isOfOtherAccount ? undefined : limitationOf(policies, request);
}

/** The first kind of policy that limits the permissions of the principal, and does not allow the request. */
function limitationOf({ boundary, session }: Policies, request: AccessRequest): Decision | undefined {
  for (const [kind, statements] of Object.entries({ 'permissions boundary': boundary, 'session policy': session })) {
    const limit = statements === undefined ? undefined : allowanceOf(statements, request);
    if (limit?.match === 'none') return because(kind, limit, request);
  }
  return undefined;
}

function because(kind: string, { unknown }: Allowance, { action }: AccessRequest): Decision {
  return { decision: 'implicitDeny', reason: `because no ${kind} allows the ${action} action${unknown}` };
}

interface Allowance {
  readonly match: Match;

  /** The reason why a statement could not be evaluated; empty if there is none. */
  readonly unknown: string;
}

/** The closest match of the statements that allow a request. */
function allowanceOf(statements: Statement[], request: AccessRequest): Allowance {
  const order: Match[] = ['none', 'account', 'role', 'session'];
  let [best, unknown]: [Match, string] = ['none', ''];
  for (const statement of statements.filter(({ effect }) => effect === 'Allow')) {
    try {
      const match = matchOf(statement, request);
      if (order.indexOf(match) > order.indexOf(best)) best = match;
    } catch (error) {
      if (!(error instanceof UnknownElement)) throw error;
      unknown = ` (${error.message})`;
    }
  }
  return { match: best, unknown };
}

/** The addition to the reason of an explicit denial, mostly empty; undefined if no statement denies the request. */
function denialIn(statements: Statement[], request: AccessRequest): string | undefined {
  for (const statement of statements.filter(({ effect }) => effect === 'Deny')) {
    try {
      if (matchOf(statement, request) !== 'none') return '';
    } catch (error) {
      if (!(error instanceof UnknownElement)) throw error;
      return ` (${error.message})`;
    }
  }
  return undefined;
}

/** Whether a statement applies to a request, and how closely it names the principal. That of an identity-based policy is about its role. */
function matchOf(statement: Statement, { principal, action, resource, keys }: AccessRequest): Match {
  const { isNegated: isOtherAction, values: actions } = statement.action;
  if (actions.some((pattern) => isLike(action.toLowerCase(), pattern.toLowerCase())) === isOtherAction) return 'none';
  const match = statement.principal === undefined ? 'role' : principalMatch(statement.principal, principal);
  if (match === 'none') return 'none';
  const resolve = (text: string): string => (statement.hasVariables ? withoutVariables(text, keys) : text);
  const { isNegated = false, values: patterns = ['*'] } = statement.resource ?? {};
  const resources = patterns.map(resolve);
  const isUnresolved = isNegated && resources.some((pattern) => pattern.includes(WITHOUT_VALUE));
  if (!isUnresolved && resources.some((pattern) => isArnLike(resource, pattern)) === isNegated) return 'none';
  for (const condition of statement.conditions) {
    checkKey(condition.key);
    if (!holds({ ...condition, values: condition.values.map(resolve) }, keys)) return 'none';
  }
  if (isUnresolved) throw new UnknownElement('a policy variable of NotResource has no value');
  return match;
}

function principalMatch({ isNegated, values }: Element<Principals>, principal: Principal): Match {
  const names = values.AWS ?? [];
  if (principal.role === undefined) {
    const isNamed = names.includes('*') || (values.Service ?? []).includes(principal.name);
    return isNamed === isNegated ? 'none' : 'session';
  }
  const isAccount = names.some((one) => one === principal.account || one.endsWith(`::${principal.account}:root`));
  const isSession = names.includes(principal.name);
  const isRole = names.includes(principal.role);
  // A statement for all others excludes a session only if it names the session, its role and its account.
  if (isNegated) return names.includes('*') || (isSession && isRole && isAccount) ? 'none' : 'role';
  if (isSession) return 'session';
  if (isRole || names.includes('*')) return 'role';
  return isAccount ? 'account' : 'none';
}

const VARIABLE = /\$\{([^},]+)(?:,\s*'([^']*)')?\}/g;

/** Text without a meaning as a wildcard: a character that no ARN and no value contains stands for a variable without a value. */
const WITHOUT_VALUE = '\0';

/** Replaces the policy variables by the values of the request. */
function withoutVariables(text: string, keys: ConditionKeys): string {
  return text.replace(VARIABLE, (_whole, name: string, fallback: string | undefined) => {
    checkKey(name);
    return keys.get(name.toLowerCase())?.[0] ?? fallback ?? WITHOUT_VALUE;
  });
}

function checkKey(key: string): void {
  if (!isKnownKey(key)) throw new UnknownElement(`the local service does not know the condition key ${key}`);
}
