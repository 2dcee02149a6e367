import { type PolicyDocument, statementsOf } from '../../../../local/services/iam/evaluation/document';
import { type Policies, evaluate } from '../../../../local/services/iam/evaluation/evaluation';

const ACCOUNT = '000000000000';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/Carlos`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/Carlos/session`;
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;

type Statement = PolicyDocument['Statement'];
const policy = (Statement: Statement): ReturnType<typeof statementsOf> =>
  statementsOf(
    { Version: '2012-10-17', Statement },
    /"(Not)?Principal"/.test(JSON.stringify(Statement)) ? 'resource' : 'identity',
  );
const allow = (Action: string | string[], Resource: string | string[] = '*', more: object = {}): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: string | string[], Resource: string | string[] = '*', more: object = {}): Statement => ({
  ...(allow(Action, Resource, more) as object),
  Effect: 'Deny',
});
const when = (Condition: object): object => ({ Condition });

interface Question {
  readonly action?: string;
  readonly resource?: string;
  readonly keys?: Record<string, string[]>;
  readonly service?: string;
}

/** The decision about a request, `s3:GetObject` on an object unless stated otherwise. */
function decide(policies: Partial<Policies>, { service, ...question }: Question = {}): string {
  const { action = 's3:GetObject', resource = 'arn:aws:s3:::logs/2026/a.txt', keys = {} } = question;
  const principal = service === undefined ? { name: SESSION, role: ROLE, account: ACCOUNT } : { name: service };
  const lower = new Map(Object.entries(keys).map(([key, values]) => [key.toLowerCase(), values]));
  const { decision, reason } = evaluate({ identity: [], ...policies }, { principal, action, resource, keys: lower });
  return decision === 'allowed' ? decision : `${decision}: ${reason}`;
}

const IMPLICIT = 'implicitDeny: because no identity-based policy allows the s3:GetObject action';

describe('A request within one account', () => {
  test('is denied if no policy applies to it', () => {
    expect(decide({})).toBe(IMPLICIT);
    expect(decide({ identity: policy(allow('s3:PutObject')) })).toBe(IMPLICIT);
    expect(decide({ identity: policy(allow('s3:*', 'arn:aws:s3:::other/*')) })).toBe(IMPLICIT);
  });

  test('is allowed by an identity-based policy or by a resource-based policy', () => {
    expect(decide({ identity: policy(allow('s3:Get*')) })).toBe('allowed');
    expect(decide({ resource: policy(allow('s3:GetObject', '*', { Principal: { AWS: ROLE } })) })).toBe('allowed');
    expect(decide({ resource: policy(allow('s3:GetObject', '*', { Principal: '*' })) })).toBe('allowed');
  });

  test('is denied by an explicit denial in any policy, whatever allows it', () => {
    const identity = policy(allow('*'));
    const denial = 'explicitDeny: with an explicit deny in';
    expect(decide({ identity: policy([allow('*'), deny('s3:*')] as Statement) })).toBe(
      `${denial} an identity-based policy`,
    );
    expect(decide({ identity, resource: policy(deny('s3:*', '*', { Principal: '*' })) })).toBe(
      `${denial} a resource-based policy`,
    );
    expect(decide({ identity, boundary: policy([allow('*'), deny('s3:*')] as Statement) })).toBe(
      `${denial} a permissions boundary`,
    );
    expect(decide({ identity, session: policy(deny('s3:*')) })).toBe(`${denial} a session policy`);
  });

  test('must be allowed by the permissions boundary and by the session policy too', () => {
    const identity = policy(allow('*'));
    const other = policy(allow('ec2:*'));
    const because = (kind: string): string => `implicitDeny: because no ${kind} allows the s3:GetObject action`;
    expect(decide({ identity, boundary: other })).toBe(because('permissions boundary'));
    expect(decide({ identity, session: other })).toBe(because('session policy'));
    expect(decide({ identity, boundary: policy(allow('s3:*')), session: policy(allow('s3:Get*')) })).toBe('allowed');
  });

  test('is not limited by a permissions boundary if a resource-based policy names the session, but if it names the role', () => {
    const boundary = policy(allow('ec2:*'));
    const naming = (AWS: string): Partial<Policies> => ({
      boundary,
      resource: policy(allow('s3:GetObject', '*', { Principal: { AWS } })),
    });
    expect(decide(naming(SESSION))).toBe('allowed');
    expect(decide(naming(ROLE))).toMatch('no permissions boundary allows');
  });

  test('is not allowed by a resource-based policy that names the account: it leaves the decision to the identity-based policies', () => {
    const resource = policy(allow('s3:GetObject', '*', { Principal: { AWS: ROOT } }));
    expect(decide({ resource })).toBe(IMPLICIT);
    expect(decide({ resource, isResourcePolicyRequired: true })).toBe(IMPLICIT);
    expect(decide({ resource, isResourcePolicyRequired: true, identity: policy(allow('s3:*')) })).toBe('allowed');
  });

  test('on a key or a role is denied without a resource-based policy that allows it', () => {
    expect(decide({ identity: policy(allow('*')), isResourcePolicyRequired: true })).toBe(
      'implicitDeny: because no resource-based policy allows the s3:GetObject action',
    );
  });

  test('of a service is allowed only by a resource-based policy with its name', () => {
    const resource = policy(allow('s3:GetObject', '*', { Principal: { Service: 'sns.amazonaws.com' } }));
    expect(decide({ resource }, { service: 'sns.amazonaws.com' })).toBe('allowed');
    expect(decide({ resource }, { service: 'sqs.amazonaws.com' })).toMatch('no resource-based policy allows');
    expect(decide({ resource })).toBe(IMPLICIT);
  });
});

describe('A statement', () => {
  test('with NotAction applies to all other actions', () => {
    const identity = policy({ Effect: 'Allow', NotAction: ['iam:*', 's3:Delete*'], Resource: '*' });
    expect(decide({ identity })).toBe('allowed');
    expect(decide({ identity }, { action: 's3:DeleteObject' })).toMatch('implicitDeny');
  });

  test('with NotResource applies to all other resources', () => {
    const except = { NotResource: ['arn:aws:s3:::HR/*'], Resource: undefined };
    const identity = policy([allow('s3:*'), deny('s3:*', '*', except)] as Statement);
    expect(decide({ identity }, { resource: 'arn:aws:s3:::HR/a' })).toBe('allowed');
    expect(decide({ identity })).toMatch('explicitDeny');
  });

  test('with NotPrincipal does not apply to a session whose ARN, role and account it lists', () => {
    const except = (...AWS: string[]): Partial<Policies> => ({
      identity: policy(allow('*')),
      resource: policy(deny('s3:*', '*', { NotPrincipal: { AWS } })),
    });
    expect(decide(except(SESSION, ROLE, ROOT))).toBe('allowed');
    expect(decide(except('*'))).toBe('allowed');
    expect(decide(except(ROLE))).toMatch('explicitDeny');
  });

  test.each([
    ['s3:getobject', 'allowed'],
    ['s3:Get?bject', 'allowed'],
    ['s3:Get', IMPLICIT],
    ['*:GetObject', 'allowed'],
  ])('with the action %s results in: %s', (action, expected) => {
    expect(decide({ identity: policy(allow(action)) })).toBe(expected);
  });

  test.each([
    ['arn:aws:s3:::logs/*', true],
    ['arn:aws:s3:::logs/????/a.txt', true],
    ['arn:aws:s3:::logs', false],
    ['arn:*:s3:::*', true],
    ['arn:aws:s3:*', true],
    ['arn:aws:*/a.txt', false],
    ['arn:aws:s3:::LOGS/*', false],
    ['arn:aws:s3:::logs/2026/a+txt', false],
  ])('with the resource %s applies: %s', (resource, applies) => {
    expect(decide({ identity: policy(allow('s3:*', resource)) })).toBe(applies ? 'allowed' : IMPLICIT);
  });

  test('with policy variables applies to the resource that the values of the request result in', () => {
    const resource = 'arn:aws:s3:::logs/${aws:PrincipalTag/team}/*';
    const keys = { 'aws:PrincipalTag/team': ['2026'] };
    expect(decide({ identity: policy(allow('s3:*', resource)) }, { keys })).toBe('allowed');
    expect(decide({ identity: policy(allow('s3:*', resource)) })).toBe(IMPLICIT);
    const fallback = "arn:aws:s3:::logs/${aws:PrincipalTag/team, '2026'}/*";
    expect(decide({ identity: policy(allow('s3:*', fallback)) })).toBe('allowed');
    const unknown = { NotResource: resource, Resource: undefined };
    const reason = '(a policy variable of NotResource has no value)';
    expect(decide({ identity: policy(allow('s3:*', '*', unknown)) })).toBe(`${IMPLICIT} ${reason}`);
    expect(decide({ identity: policy([allow('*'), deny('s3:*', '*', unknown)] as Statement) })).toMatch('explicitDeny');
    const old = statementsOf({ Version: '2008-10-17', Statement: allow('s3:*', resource) }, 'identity');
    expect(decide({ identity: old }, { keys })).toBe(IMPLICIT);
  });

  test.each([
    ['{', 'invalid Json'],
    ['{"Version":"2020-01-01","Statement":[]}', 'Syntax errors in policy'],
    ['{"Version":"2012-10-17"}', 'Syntax errors in policy'],
    ['{"Statement":{"Effect":"Perhaps","Action":"*","Resource":"*"}}', 'Effect must be Allow or Deny'],
    ['{"Statement":{"Effect":"Allow","Resource":"*"}}', 'must contain actions'],
    ['{"Statement":{"Effect":"Allow","Action":"*","Resources":"*"}}', 'no element Resources'],
    ['{"Statement":{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}}', 'Syntax errors in policy'],
    ['{"Statement":{"Effect":"Allow","Action":"*"}}', 'must contain resources'],
    ['{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}}', 'should not specify a principal'],
  ])('of the document %s is rejected: %s', (document, message) => {
    expect(() => statementsOf(document, 'identity')).toThrow(message);
  });
});

describe('A condition', () => {
  const isMet = (Condition: object, keys: Record<string, string[]>): boolean =>
    decide({ identity: policy(allow('s3:*', '*', when(Condition))) }, { keys }) === 'allowed';

  test.each([
    ['StringEquals', 'aws:SourceAccount', ['1', '2'], '2', '3'],
    ['StringNotEquals', 'aws:SourceAccount', ['1', '2'], '3', '2'],
    ['StringEqualsIgnoreCase', 'aws:userid', ['CARLOS'], 'carlos', 'maria'],
    ['StringNotEqualsIgnoreCase', 'aws:userid', ['CARLOS'], 'maria', 'carlos'],
    ['StringLike', 's3:prefix', ['home/*'], 'home/a', 'other'],
    ['StringNotLike', 's3:prefix', ['home/*'], 'other', 'home/a'],
    ['NumericEquals', 's3:max-keys', ['10'], '10.0', '11'],
    ['NumericNotEquals', 's3:max-keys', ['10'], '11', '10'],
    ['NumericLessThan', 's3:max-keys', ['10'], '9', '10'],
    ['NumericLessThanEquals', 's3:max-keys', ['10'], '10', '11'],
    ['NumericGreaterThan', 's3:max-keys', ['10'], '11', '10'],
    ['NumericGreaterThanEquals', 's3:max-keys', ['10'], '10', '9'],
    ['DateEquals', 'aws:CurrentTime', ['2026-01-01T00:00:00Z'], '2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00Z'],
    ['DateLessThan', 'aws:CurrentTime', ['2026-01-01T00:00:00Z'], '2025-12-31T23:59:59Z', '2026-01-01T00:00:00Z'],
    ['DateLessThanEquals', 'aws:EpochTime', ['1767225600'], '1767225600', '1767225601'],
    ['DateGreaterThan', 'aws:EpochTime', ['2026-01-01T00:00:00Z'], '1767225601', '1767225600'],
    ['DateGreaterThanEquals', 'aws:EpochTime', ['1767225600'], '1767225600', '1767225599'],
    ['Bool', 'aws:SecureTransport', ['true'], 'true', 'false'],
    ['IpAddress', 'aws:SourceIp', ['203.0.113.0/24'], '203.0.113.5', '203.0.114.5'],
    ['NotIpAddress', 'aws:SourceIp', ['2001:db8::/32'], '203.0.113.5', '2001:db8::1'],
    ['ArnEquals', 'aws:SourceArn', ['arn:aws:sns:*:1:topic'], 'arn:aws:sns:us-east-1:1:topic', 'arn:aws:sns:a:1:b'],
    ['ArnLike', 'aws:SourceArn', ['arn:aws:sns:*:1:t?pic'], 'arn:aws:sns:us-east-1:1:topic', 'arn:aws:sns:a:1:b'],
    ['ArnNotLike', 'aws:SourceArn', ['arn:aws:sns:*:1:*'], 'arn:aws:sns:a:2:b', 'arn:aws:sns:a:1:b'],
    ['Null', 'aws:SourceVpce', ['false'], 'vpce-1', undefined],
  ])('with %s of %s %j is met by %s, and not by %s', (operator, key, values, met, unmet) => {
    expect(isMet({ [operator]: { [key]: values } }, { [key]: [met] })).toBe(true);
    expect(isMet({ [operator]: { [key]: values } }, unmet === undefined ? {} : { [key]: [unmet] })).toBe(false);
  });

  test('is not met if the request does not have the key, unless it is negated or has the suffix IfExists', () => {
    expect(isMet({ StringEquals: { 'aws:SourceVpce': 'vpce-1' } }, {})).toBe(false);
    expect(isMet({ StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } }, {})).toBe(true);
    expect(isMet({ StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } }, {})).toBe(true);
    expect(isMet({ StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } }, { 'aws:SourceVpce': ['vpce-2'] })).toBe(
      false,
    );
    expect(isMet({ Null: { 'aws:SourceVpce': 'true' } }, {})).toBe(true);
  });

  test('with ForAllValues must be met by all values of the request, and with ForAnyValue by one', () => {
    const all = { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } };
    const any = { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a', 'b'] } };
    const tags = (...keys: string[]): Record<string, string[]> => ({ 'aws:TagKeys': keys });
    expect([isMet(all, tags('a', 'b')), isMet(all, tags('a', 'c')), isMet(all, {})]).toEqual([true, false, true]);
    expect([isMet(any, tags('a', 'c')), isMet(any, tags('c')), isMet(any, {})]).toEqual([true, false, false]);
    const none = { 'ForAllValues:StringNotEquals': { 'aws:TagKeys': ['a'] } };
    expect([isMet(none, tags('b')), isMet(none, tags('a', 'b'))]).toEqual([true, false]);
    expect(isMet({ StringNotEquals: { 'aws:TagKeys': ['a'] } }, tags('a', 'b'))).toBe(false);
  });

  test('is met only together with all other conditions of its statement, and its key has no case', () => {
    const both = { StringEquals: { 'AWS:SourceAccount': '1', 's3:prefix': 'a' } };
    expect(isMet(both, { 'aws:SourceAccount': ['1'], 's3:prefix': ['a'] })).toBe(true);
    expect(isMet(both, { 'aws:SourceAccount': ['1'], 's3:prefix': ['b'] })).toBe(false);
  });

  test.each([
    [{ StringEqual: { 'aws:SourceAccount': '1' } }, 'the condition operator StringEqual is not supported'],
    [{ StringEquals: { 'aws:Unknown': '1' } }, 'the local service does not know the condition key aws:Unknown'],
  ])('that cannot be evaluated, %j, denies the request with the reason: %s', (Condition, reason) => {
    const keys = { 'aws:SourceAccount': ['1'] };
    const allowed = policy(allow('s3:*', '*', when(Condition)));
    const denied = policy([allow('*'), deny('s3:*', '*', when(Condition))] as Statement);
    expect(decide({ identity: allowed }, { keys })).toBe(`${IMPLICIT} (${reason})`);
    expect(decide({ identity: denied }, { keys })).toBe(
      `explicitDeny: with an explicit deny in an identity-based policy (${reason})`,
    );
  });
});
