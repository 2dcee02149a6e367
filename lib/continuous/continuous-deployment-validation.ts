import { CfnParameter, Stack, Stage, Token, aws_ssm as ssm } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { isInOtherAccount, regionConflict } from '../private/environment';
import { releaseParametersOf } from '../private/release-parameter';
import { addValidation, addWarning } from '../private/rules';
import { ValidationErrors, isKnown, quote } from '../private/validation';
import type { ContinuousDeploymentProps } from './continuous-deployment-props';
import { checkShadowTest } from './shadow-test';
import { checkHostedShadow } from './shadow-test-validation';

const NAME = /^[\w-]{1,80}$/;
const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;
const PARAMETER_NAME = /^(?!\/?(?:aws|ssm))(?=.{1,1011}$)(?:[\w.-]+|(?:\/[\w.-]+){1,15})$/i;
const PARAMETER_RULE =
  'a parameter name: letters, digits, dots, hyphens and underscores, in levels that each start with "/", without "aws" or "ssm" at the start, for example ' +
  '"/churn/deployed"';

/** The SSM parameter with the version of a bootstrap stack, which every template of the CDK reads. */
const BOOTSTRAP_VERSION = /^\/cdk-bootstrap\//;

interface Deployment extends Pick<ContinuousDeploymentProps, 'stackName'> {
  readonly scope: Construct;

  /** The SSM parameters by the properties that name them. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** The continuous deployments of each app. */
const deployments = new WeakMap<IConstruct, Deployment[]>();

/** @throws an error that lists every invalid property */
export function checkContinuousDeployment(scope: Construct, props: ContinuousDeploymentProps): void {
  const errors = new ValidationErrors(`Continuous deployment ${scope.node.path}`, 'continuous-lifecycle');
  errors.requireTypes('ContinuousDeploymentProps', props);
  const { stackName, shadowTest, stateMachineName: name } = props;
  checkLiteral(errors, 'stackName', stackName, STACK_NAME, 'a stack name (letters, digits and hyphens)');
  const parameters = parametersOf(props);
  for (const [property, parameterName] of parameters) {
    checkLiteral(errors, property, parameterName, PARAMETER_NAME, PARAMETER_RULE);
  }
  errors.when(
    shadowTest?.parameterName === props.parameterName,
    `\`shadowTest.parameterName\` must not be \`parameterName\`, got: ${quote(props.parameterName)}. A version is released by another ` +
      'parameter than the one by which it is tested',
  );
  if (shadowTest !== undefined) {
    errors.within('shadowTest', (inner) => checkShadowTest(scope, inner, stackName, shadowTest));
  }
  if (name !== undefined) {
    checkLiteral(errors, 'stateMachineName', name, NAME, '1 to 80 letters, digits, hyphens and underscores');
  }
  const { stackName: own } = Stack.of(scope);
  errors.when(
    stackName === own,
    `\`stackName\` must be another stack than that of the continuous deployment, got: ${quote(stackName)}. An update of the stack ` +
      'would be an update of what performs it',
  );
  checkGroup(scope, errors, props);
  errors.throwIfAny();
  const { root } = scope.node;
  deployments.set(root, [...(deployments.get(root) ?? []), { scope, stackName, parameters }]);
  addValidation(Stack.of(scope), 'continuous-lifecycle', () => hostingErrors(scope, props));
}

/** The SSM parameters that the deployment writes, by the properties that name them. */
function parametersOf({ parameterName, shadowTest }: ContinuousDeploymentProps): Map<string, string> {
  const parameters = new Map([['parameterName', parameterName]]);
  return shadowTest === undefined ? parameters : parameters.set('shadowTest.parameterName', shadowTest.parameterName);
}

/** The deployment lists and releases the versions of its own account and region. */
function checkGroup(scope: Construct, errors: ValidationErrors, { group }: ContinuousDeploymentProps): void {
  const { account, region } = group.env;
  errors.when(
    isInOtherAccount(scope, account) || regionConflict(scope, region) !== undefined,
    `\`group\` ${group.node.path} must be in the account and the region of the continuous deployment (${Stack.of(scope).environment}), got: ` +
      `${account}/${region}. Create the continuous deployment in the account of the group`,
  );
}

/** The errors of the stacks of the app, which are only known at the end. */
function hostingErrors(scope: Construct, props: ContinuousDeploymentProps): string[] {
  const errors = new ValidationErrors('', 'continuous-lifecycle');
  const conflict = stackConflict(scope, props);
  if (conflict !== undefined) errors.add(conflict);
  for (const [property, parameterName] of parametersOf(props)) {
    const error =
      parameterConflict(scope, property, parameterName) ?? readerError(scope, props.stackName, property, parameterName);
    if (error !== undefined) errors.add(error);
  }
  const hosting = neighboursOf(scope).find((stack) => stack.stackName === props.stackName);
  if (hosting !== undefined && errors.list().length === 0) {
    warnAboutUnreadable(scope, hosting, props);
    warnAboutOrder(scope, hosting);
    if (props.shadowTest !== undefined)
      checkHostedShadow(scope, errors, hosting, props.parameterName, props.shadowTest);
  }
  return errors.list().map((error) => `Continuous deployment ${scope.node.path}: ${error}`);
}

/** The stacks of the app in the same account and region. */
function neighboursOf(scope: Construct): Stack[] {
  const stacks = scope.node.root.node.findAll().filter((construct) => Stack.isStack(construct));
  return stacks.filter(({ environment }) => environment === Stack.of(scope).environment);
}

/** The error if the hosting stack does not read a parameter, or the own stack does. */
function readerError(scope: Construct, stackName: string, property: string, parameterName: string): string | undefined {
  if (releaseParametersOf(Stack.of(scope)).includes(parameterName)) {
    return (
      `\`${property}\` must be read by another stack than that of the continuous deployment, ` +
      `got: ${quote(parameterName)}. Move \`ModelPackage.fromReleaseParameter()\` to stack ${stackName}`
    );
  }
  const neighbours = neighboursOf(scope);
  const hosting = neighbours.find((stack) => stack.stackName === stackName);
  const readers = neighbours.filter((stack) => releaseParametersOf(stack).includes(parameterName));
  if (readers.some((stack) => stack === hosting) || (hosting === undefined && readers.length === 0)) return undefined;
  const read = hosting === undefined ? [] : releaseParametersOf(hosting);
  return (
    `\`stackName\` must be a stack that reads the parameter ${quote(parameterName)}, got: ` +
    `${quote(stackName)}${read.length === 0 ? '' : `, which reads ${read.map(quote).join(', ')}`}. ` +
    (readers.length === 0
      ? 'Use `ModelPackage.fromReleaseParameter()` with this name in that stack'
      : `The parameter is read by: ${readers.map((stack) => quote(stack.stackName)).join(', ')}`)
  );
}

/**
 * Whether two constructs are deployed to the same account and region. Stages without an environment are usually deployed to different
 * accounts.
 */
function areTogether(one: IConstruct, other: IConstruct): boolean {
  const [{ account, region, environment }, { environment: ofOther }] = [Stack.of(one), Stack.of(other)];
  if (environment !== ofOther) return false;
  return Stage.of(one) === Stage.of(other) || (isKnown(account) && isKnown(region));
}

/** The other continuous deployments of the account and the region. */
function othersOf(scope: Construct): Deployment[] {
  return (deployments.get(scope.node.root) ?? []).filter((one) => one.scope !== scope && areTogether(one.scope, scope));
}

/** Another continuous deployment would release its version in the same stack. */
function stackConflict(scope: Construct, { stackName }: ContinuousDeploymentProps): string | undefined {
  const other = othersOf(scope).find((one) => one.stackName === stackName);
  if (other === undefined) return undefined;
  return (
    `\`stackName\` must be the hosting stack of a single continuous deployment, got: ${quote(stackName)}, which ` +
    `${other.scope.node.path} updates too. An update by one would release the version of the other. Host their models in different stacks`
  );
}

/** Another continuous deployment would write the same parameter, and a template that owns it would set it back at each deployment. */
function parameterConflict(scope: Construct, property: string, parameterName: string): string | undefined {
  const other = othersOf(scope).find(({ parameters }) => [...parameters.values()].includes(parameterName));
  if (other !== undefined) {
    return (
      `\`${property}\` must be the parameter of a single continuous deployment, got: ${quote(parameterName)}, which ` +
      `${other.scope.node.path} writes too. Use another name in one of them, and in its hosting stack`
    );
  }
  const owner = scope.node.root.node
    .findAll()
    .find(
      (construct) =>
        construct instanceof ssm.CfnParameter && construct.name === parameterName && areTogether(construct, scope),
    );
  if (owner === undefined) return undefined;
  return (
    `\`${property}\` must not be a parameter of a template, got: ${quote(parameterName)}, which ${owner.node.path} creates. The continuous ` +
    'deployment creates the parameter and keeps its value: remove the other one'
  );
}

/** Warns about a hosting stack that can be deployed before the parameter that it reads exists. */
function warnAboutOrder(scope: Construct, hosting: Stack): void {
  const own = Stack.of(scope);
  if (dependsOn(hosting, own) || Stage.of(hosting) !== Stage.of(own)) return;
  addWarning(
    scope,
    'continuous-lifecycle',
    'hostingStackOrder',
    `Stack ${hosting.node.path} reads the parameter that stack ${own.node.path} creates, and does not depend on it, so that its first deployment fails if it ` +
      'comes first. Call addStackDependency() of the hosting stack.',
  );
}

function dependsOn(stack: Stack, other: Stack): boolean {
  return stack.dependencies.some((one) => one === other || dependsOn(one, other));
}

/** Warns about SSM parameters that an update of the hosting stack reads without the permission for it. */
function warnAboutUnreadable(scope: Construct, hosting: Stack, props: ContinuousDeploymentProps): void {
  const { stackParameters = [] } = props;
  const readable = [...parametersOf(props).values(), ...stackParameters.map((parameter) => parameter.parameterName)];
  // The name of a parameter that the app creates can be a token.
  if (readable.some((name) => Token.isUnresolved(name))) return;
  const missing = ssmParametersOf(hosting).filter((name) => !readable.includes(name) && !BOOTSTRAP_VERSION.test(name));
  if (missing.length === 0) return;
  addWarning(
    scope,
    'continuous-lifecycle',
    'stackParameters',
    `Stack ${hosting.stackName} reads the SSM parameters ${missing.join(', ')}, which the continuous deployment has no permission to read, ` +
      'so that its updates are refused. Add them to `stackParameters`.',
  );
}

/** The names of the SSM parameters that the template of a stack reads. */
function ssmParametersOf(stack: Stack): string[] {
  const parameters = stack.node.findAll().filter((construct) => construct instanceof CfnParameter);
  return parameters
    .filter(({ type }) => type.startsWith('AWS::SSM::Parameter::'))
    .map(({ default: name }) => String(name));
}

/** The names are compared with those of other stacks, so that they must be known when the app is synthesized. */
function checkLiteral(errors: ValidationErrors, property: string, value: string, pattern: RegExp, rule: string): void {
  if (Token.isUnresolved(value)) {
    errors.add(
      `\`${property}\` must be a literal text, which is known at synthesis, got a token. Specify the text itself`,
    );
    return;
  }
  errors.when(!pattern.test(value), `\`${property}\` must be ${rule}, got: ${quote(value)}`);
}
