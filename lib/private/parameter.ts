import { Token, aws_ssm as ssm } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import { fingerprint } from './fingerprint';
import { ValidationErrors } from './validation';

/**
 * Writes a value to an AWS Systems Manager parameter, which other stacks read. A CloudFormation export is no alternative: its
 * value cannot be changed while another stack imports it, which would prevent training again.
 */
export function publish(
  scope: Construct,
  parameterName: string,
  value: string,
  dependency?: IDependable,
): ssm.StringParameter {
  checkParameterName(parameterName);
  const isToken = Token.isUnresolved(parameterName);
  // The text of a token is a number that depends on the order of the constructs in the app.
  const suffix = isToken ? fingerprint(scope, parameterName).hash.slice(0, 8) : parameterName;
  const parameter = new ssm.StringParameter(scope, `Published${suffix.replace(/[^a-zA-Z0-9]+/g, '-')}`, {
    parameterName,
    stringValue: value,
    simpleName: isToken ? !parameterName.startsWith('/') : undefined,
  });
  if (dependency !== undefined) parameter.node.addDependency(dependency);
  return parameter;
}

/** The value of a parameter that another stack has written, resolved at each deployment. */
export function publishedValue(scope: Construct, parameterName: string): string {
  checkParameterName(parameterName);
  return ssm.StringParameter.valueForStringParameter(scope, parameterName);
}

/** @throws an error if a name is not valid for an SSM parameter */
export function checkParameterName(name: string): void {
  if (Token.isUnresolved(name)) return;
  const errors = new ValidationErrors('Parameter', 'all-stages');
  const isPath = name.includes('/');
  errors.when(
    !/^\/?[\w.-]+(\/[\w.-]+)*$/.test(name) || (isPath && !name.startsWith('/')),
    `\`parameterName\` must consist of letters, digits, dots, hyphens and underscores, in levels that each start with "/", ` +
      `for example "/churn/model", got: "${name}"`,
  );
  errors.when(
    /^\/?(aws|ssm)/i.test(name),
    `\`parameterName\` must not start with "aws" or "ssm", which AWS reserves, got: "${name}"`,
  );
  errors.throwIfAny();
}
