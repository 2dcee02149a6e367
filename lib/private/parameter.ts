import { aws_ssm as ssm } from 'aws-cdk-lib';
import type { Construct, IDependable } from 'constructs';
import { ValidationErrors } from './validation';

/**
 * Writes a value to a parameter of AWS Systems Manager, by which other stacks find it. An export in use could neither change
 * nor vanish, so that nothing could be trained again.
 */
export function publish(
  scope: Construct,
  parameterName: string,
  value: string,
  dependency?: IDependable,
): ssm.StringParameter {
  checkParameterName(parameterName);
  const parameter = new ssm.StringParameter(scope, `Published${parameterName.replace(/[^a-zA-Z0-9]+/g, '-')}`, {
    parameterName,
    stringValue: value,
  });
  if (dependency !== undefined) parameter.node.addDependency(dependency);
  return parameter;
}

/** Reads what was published, when the stack is deployed. */
export function published(scope: Construct, parameterName: string): string {
  checkParameterName(parameterName);
  return ssm.StringParameter.valueForStringParameter(scope, parameterName);
}

function checkParameterName(name: string): void {
  const errors = new ValidationErrors('Parameter');
  const isPath = name.includes('/');
  errors.when(
    !/^\/?[\w.-]+(\/[\w.-]+)*$/.test(name) || (isPath && !name.startsWith('/')),
    `\`parameterName\` must consist of letters, digits, dots, hyphens and underscores, in levels that each start with "/" ` +
      `("/churn/model"), got: "${name}"`,
  );
  errors.throwIfAny();
}
