import { Annotations, CfnParameter, Stack, Stage, Token, aws_ssm as ssm } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { isInOtherAccount, regionConflict } from '../private/environment';
import { releaseParametersOf } from '../private/release-parameter';
import { ValidationErrors, isKnown, quote } from '../private/validation';
import type { ContinuousDeploymentProps } from './continuous-deployment-props';

const NAME = /^[\w-]{1,80}$/;
const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;
const PARAMETER_NAME = /^(?!\/?(?:aws|ssm))(?=.{1,1011}$)(?:[\w.-]+|(?:\/[\w.-]+){1,15})$/i;
const PARAMETER_RULE =
  'a parameter name: letters, digits, dots, hyphens and underscores, in levels that each start with "/", without "aws" or "ssm" at the start, for example ' +
  '"/churn/deployed"';

/** The SSM parameter with the version of a bootstrap stack, which every template of the CDK reads. */
const BOOTSTRAP_VERSION = /^\/cdk-bootstrap\//;

interface Deployment extends Pick<ContinuousDeploymentProps, 'stackName' | 'parameterName'> {
  readonly scope: Construct;
}

/** The continuous deployments of each app. */
const deployments = new WeakMap<IConstruct, Deployment[]>();

/** @throws an error that lists every invalid property */
export function checkContinuousDeployment(scope: Construct, props: ContinuousDeploymentProps): void {
  const errors = new ValidationErrors(`Continuous deployment ${scope.node.path}`);
  errors.requireTypes('ContinuousDeploymentProps', props);
  const { stackName, parameterName, stateMachineName: name } = props;
  checkLiteral(errors, 'stackName', stackName, STACK_NAME, 'a stack name (letters, digits and hyphens)');
  checkLiteral(errors, 'parameterName', parameterName, PARAMETER_NAME, PARAMETER_RULE);
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
  deployments.set(root, [...(deployments.get(root) ?? []), { scope, stackName, parameterName }]);
  Stack.of(scope).node.addValidation({ validate: () => hostingErrors(scope, props) });
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
  const { stackName, parameterName } = props;
  const own = Stack.of(scope);
  const conflict = deploymentConflict(scope, props) ?? parameterConflict(scope, parameterName);
  if (conflict !== undefined) return [`Continuous deployment ${scope.node.path}: ${conflict}`];
  if (releaseParametersOf(own).includes(parameterName)) {
    return [
      `Continuous deployment ${scope.node.path}: \`parameterName\` must be read by another stack than that of the continuous deployment, ` +
        `got: ${quote(parameterName)}. Move \`ModelPackage.fromReleaseParameter()\` to stack ${stackName}`,
    ];
  }
  const stacks = scope.node.root.node.findAll().filter((construct) => Stack.isStack(construct));
  const neighbours = stacks.filter(({ environment }) => environment === own.environment);
  const hosting = neighbours.find((stack) => stack.stackName === stackName);
  const readers = neighbours.filter((stack) => releaseParametersOf(stack).includes(parameterName));
  if (hosting !== undefined) {
    warnAboutUnreadable(scope, hosting, props);
    warnAboutOrder(scope, hosting);
  }
  if (readers.some((stack) => stack === hosting) || (hosting === undefined && readers.length === 0)) return [];
  const read = hosting === undefined ? [] : releaseParametersOf(hosting);
  return [
    `Continuous deployment ${scope.node.path}: \`stackName\` must be a stack that reads the parameter ${quote(parameterName)}, got: ` +
      `${quote(stackName)}${read.length === 0 ? '' : `, which reads ${read.map(quote).join(', ')}`}. ` +
      (readers.length === 0
        ? 'Use `ModelPackage.fromReleaseParameter()` with this name in that stack'
        : `The parameter is read by: ${readers.map((stack) => quote(stack.stackName)).join(', ')}`),
  ];
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

/** Another continuous deployment would release its version in the same stack, or write the same parameter. */
function deploymentConflict(scope: Construct, props: ContinuousDeploymentProps): string | undefined {
  const others = (deployments.get(scope.node.root) ?? []).filter(
    (one) => one.scope !== scope && areTogether(one.scope, scope),
  );
  const ofStack = others.find(({ stackName }) => stackName === props.stackName);
  if (ofStack !== undefined) {
    return (
      `\`stackName\` must be the hosting stack of a single continuous deployment, got: ${quote(props.stackName)}, which ` +
      `${ofStack.scope.node.path} updates too. An update by one would release the version of the other. Host their models in different stacks`
    );
  }
  const ofParameter = others.find(({ parameterName }) => parameterName === props.parameterName);
  if (ofParameter === undefined) return undefined;
  return (
    `\`parameterName\` must be the parameter of a single continuous deployment, got: ${quote(props.parameterName)}, which ` +
    `${ofParameter.scope.node.path} writes too. Use another name in one of them, and in its hosting stack`
  );
}

/** A parameter that a template owns would be set back by each deployment of its stack. */
function parameterConflict(scope: Construct, parameterName: string): string | undefined {
  const owner = scope.node.root.node
    .findAll()
    .find(
      (construct) =>
        construct instanceof ssm.CfnParameter && construct.name === parameterName && areTogether(construct, scope),
    );
  if (owner === undefined) return undefined;
  return (
    `\`parameterName\` must not be a parameter of a template, got: ${quote(parameterName)}, which ${owner.node.path} creates. The continuous ` +
    'deployment creates the parameter and keeps its value: remove the other one'
  );
}

/** Warns about a hosting stack that can be deployed before the parameter that it reads exists. */
function warnAboutOrder(scope: Construct, hosting: Stack): void {
  const own = Stack.of(scope);
  if (dependsOn(hosting, own) || Stage.of(hosting) !== Stage.of(own)) return;
  Annotations.of(scope).addWarningV2(
    'cdk-sagemaker-algorithm:hostingStackOrder',
    `Stack ${hosting.node.path} reads the parameter that stack ${own.node.path} creates, and does not depend on it, so that its first deployment fails if it ` +
      'comes first. Call addStackDependency() of the hosting stack.',
  );
}

function dependsOn(stack: Stack, other: Stack): boolean {
  return stack.dependencies.some((one) => one === other || dependsOn(one, other));
}

/** Warns about SSM parameters that an update of the hosting stack reads without the permission for it. */
function warnAboutUnreadable(scope: Construct, hosting: Stack, props: ContinuousDeploymentProps): void {
  const { parameterName, stackParameters = [] } = props;
  const readable = [parameterName, ...stackParameters.map((parameter) => parameter.parameterName)];
  // The name of a parameter that the app creates can be a token.
  if (readable.some((name) => Token.isUnresolved(name))) return;
  const missing = ssmParametersOf(hosting).filter((name) => !readable.includes(name) && !BOOTSTRAP_VERSION.test(name));
  if (missing.length === 0) return;
  Annotations.of(scope).addWarningV2(
    'cdk-sagemaker-algorithm:stackParameters',
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
