import { Annotations, CfnParameter, Stack, Token } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { releaseParametersOf } from '../private/release-parameter';
import { ValidationErrors, quote } from '../private/validation';
import type { ContinuousDeploymentProps } from './continuous-deployment-props';

const NAME = /^[\w-]{1,80}$/;
const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;
const PARAMETER_NAME = /^(?!\/?(?:aws|ssm))(?=.{1,1011}$)(?:[\w.-]+|(?:\/[\w.-]+){1,15})$/i;

/** The SSM parameter with the version of a bootstrap stack, which every template of the CDK reads. */
const BOOTSTRAP_VERSION = /^\/cdk-bootstrap\//;

/** The continuous deployments of each app, with the names of their hosting stacks. */
const deployments = new WeakMap<IConstruct, { readonly scope: Construct; readonly stackName: string }[]>();

/** @throws an error that lists every invalid property */
export function checkContinuousDeployment(scope: Construct, props: ContinuousDeploymentProps): void {
  const errors = new ValidationErrors(`Continuous deployment ${scope.node.path}`);
  errors.requireTypes('ContinuousDeploymentProps', props);
  const { stackName, parameterName, stateMachineName: name } = props;
  checkLiteral(errors, 'stackName', stackName, STACK_NAME, 'a stack name (letters, digits and hyphens)');
  checkLiteral(
    errors,
    'parameterName',
    parameterName,
    PARAMETER_NAME,
    'a parameter name that does not start with "aws" or "ssm", for example "/churn/released"',
  );
  if (name !== undefined) {
    checkLiteral(errors, 'stateMachineName', name, NAME, '1 to 80 letters, digits, hyphens and underscores');
  }
  const { stackName: own } = Stack.of(scope);
  errors.when(
    stackName === own,
    `\`stackName\` must be another stack than that of the continuous deployment, got: ${quote(stackName)}. An update of the stack ` +
      'would be an update of what performs it',
  );
  errors.throwIfAny();
  const { root } = scope.node;
  deployments.set(root, [...(deployments.get(root) ?? []), { scope, stackName }]);
  Stack.of(scope).node.addValidation({ validate: () => hostingErrors(scope, props) });
}

/** The errors of the stacks of the app, which are only known at the end. */
function hostingErrors(scope: Construct, props: ContinuousDeploymentProps): string[] {
  const { stackName, parameterName } = props;
  const own = Stack.of(scope);
  const other = deployments
    .get(scope.node.root)
    ?.find(
      (one) =>
        one.scope !== scope && one.stackName === stackName && Stack.of(one.scope).environment === own.environment,
    );
  if (other !== undefined) {
    return [
      `Continuous deployment ${scope.node.path}: \`stackName\` must be the hosting stack of a single continuous deployment, got: ` +
        `${quote(stackName)}, which ${other.scope.node.path} updates too. An update by one would release the version of the other. ` +
        'Host their models in different stacks',
    ];
  }
  if (releaseParametersOf(own).includes(parameterName)) {
    return [
      `Continuous deployment ${scope.node.path}: \`parameterName\` must be read by another stack than that of the continuous deployment, ` +
        `got: ${quote(parameterName)}. Move \`ModelPackage.fromReleaseParameter()\` to stack ${stackName}`,
    ];
  }
  const stacks = scope.node.root.node.findAll().filter((construct) => Stack.isStack(construct));
  const hosting = stacks.find((stack) => stack.stackName === stackName && stack.environment === own.environment);
  if (hosting === undefined) return [];
  warnAboutUnreadable(scope, hosting, props);
  if (releaseParametersOf(hosting).includes(parameterName)) return [];
  return [
    `Continuous deployment ${scope.node.path}: \`stackName\` must be a stack that reads the parameter ${quote(parameterName)}, got: ` +
      `${quote(stackName)}. Use \`ModelPackage.fromReleaseParameter()\` in that stack`,
  ];
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

/** Both stacks contain these names, so that they must be known when the app is synthesized. */
function checkLiteral(errors: ValidationErrors, property: string, value: string, pattern: RegExp, rule: string): void {
  if (Token.isUnresolved(value)) {
    errors.add(`\`${property}\` must be a literal text, because another stack refers to it, got a token`);
    return;
  }
  errors.when(!pattern.test(value), `\`${property}\` must be ${rule}, got: ${quote(value)}`);
}
