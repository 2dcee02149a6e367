import { Stack, Token, aws_iam as iam } from 'aws-cdk-lib';
import { addValidation } from './rules';

/** The maximum number of characters in all inline policies of a role, without white space. */
const MAX_CHARACTERS = 10_240;

/** Values that are only known at deployment, in the shortest form that they can have. */
const SHORTEST: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::AccountId': '111122223333',
};

/** AWS CloudFormation adds a hash to the names of roles. */
const HASH = '-1A2B3C4D5E6F';
const MAX_ROLE_NAME_LENGTH = 64;

/** Validates the size of the inline policies of a handler's role, of which each job, workflow and smoke test of a stack adds one. */
export function validateInlinePolicies(role: iam.Role): void {
  addValidation(role, 'networks-keys-and-permissions', () => inlinePolicyErrors(role));
}

function inlinePolicyErrors(role: iam.Role): string[] {
  const stack = Stack.of(role);
  // Those of nested stacks can have the same logical ids.
  const resources = stack.node.findAll().filter((construct) => Stack.of(construct) === stack);
  const name = JSON.stringify(stack.resolve(role.roleName));
  const policies = resources
    .filter((resource) => resource instanceof iam.CfnPolicy)
    .filter(({ roles }) =>
      (stack.resolve(roles) as unknown[] | undefined)?.some((each) => JSON.stringify(each) === name),
    );
  const arns = roleArns(stack, resources);
  const documents = policies.map(({ policyDocument }) => shortest(stack.resolve(policyDocument), arns));
  const length = documents.reduce<number>((sum, document) => sum + JSON.stringify(document).length, 0);
  if (length <= MAX_CHARACTERS) return [];
  return [
    `The inline policies of a role must have at most ${MAX_CHARACTERS} characters, got at least ${length} in ${policies.length} policies: ` +
      'each job, workflow and smoke test of a stack adds one to the role of its handler. Move some of them to another stack',
  ];
}

/** The shortest ARNs of the roles of a stack, by logical id. */
function roleArns(stack: Stack, resources: readonly unknown[]): Map<string, string> {
  const prefix = `arn:aws:iam::${SHORTEST['AWS::AccountId']}:role/`;
  return new Map(
    resources
      .filter((resource) => resource instanceof iam.CfnRole)
      .map((role) => {
        const id = stack.resolve(role.logicalId) as string;
        const stackName = Token.isUnresolved(stack.stackName) ? '' : stack.stackName;
        const generated = `${stackName}-${id}`.slice(0, MAX_ROLE_NAME_LENGTH - HASH.length) + HASH;
        return [id, prefix + (Token.isUnresolved(role.roleName) ? '' : (role.roleName ?? generated))];
      }),
  );
}

/** A resolved value with texts in place of its references, in their shortest form. */
function shortest(value: unknown, arns: Map<string, string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => shortest(item, arns));
  const { Ref: name, 'Fn::Join': join, 'Fn::GetAtt': attribute } = value as Record<string, unknown>;
  if (typeof name === 'string') return SHORTEST[name] ?? '';
  if (Array.isArray(attribute)) return attribute[1] === 'Arn' ? (arns.get(attribute[0] as string) ?? '') : '';
  if (Array.isArray(join) && Array.isArray(join[1])) {
    return join[1].map((part) => shortest(part, arns)).join(join[0] as string);
  }
  // The results of other functions are only known at deployment.
  if (Object.keys(value).some((key) => key.startsWith('Fn::'))) return '';
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shortest(item, arns)]));
}
