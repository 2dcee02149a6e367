import { CfnCondition, CfnParameter, Fn, Stack, Token } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import { sha256 } from './fingerprint';
import { checkParameterName } from './parameter';
import { recordReleaseCondition, releaseConditionsOf } from './release-condition';
import { releaseReferenceErrors } from './release-references';
import { addValidation } from './rules';
import { ValidationErrors } from './validation';

/** The value of a release parameter while no version is released. */
export const NO_RELEASE = 'none';

/** The release parameters of each stack. */
const parameters = new WeakMap<Stack, Map<string, ReleaseParameter>>();

/** The names of the SSM parameters from which a stack reads the released version. */
export function releaseParametersOf(stack: Stack): string[] {
  return [...(parameters.get(stack)?.keys() ?? [])];
}

/** The names of the SSM parameters on which the existence of a construct depends. */
export function releaseParametersOfConstruct(construct: IConstruct): string[] {
  const ofConstruct = releaseConditionsOf(construct);
  const ofStack = [...(parameters.get(Stack.of(construct)) ?? [])];
  return ofStack.filter(([, { condition }]) => ofConstruct.includes(condition)).map(([name]) => name);
}

/**
 * An SSM parameter with the ARN of the released model package, which CloudFormation reads at each update of the stack, and the
 * condition that a version is released. A stack has one per name.
 */
export class ReleaseParameter extends Construct {
  public static of(scope: IConstruct, parameterName: string): ReleaseParameter {
    const stack = Stack.of(scope);
    checkReleaseParameter(stack, parameterName);
    const known = parameters.get(stack) ?? new Map<string, ReleaseParameter>();
    if (known.size === 0)
      addValidation(stack, 'released-model-packages', () => releaseReferenceErrors(stack, conditionsOf(known)));
    parameters.set(stack, known);
    const parameter = known.get(parameterName) ?? new ReleaseParameter(stack, parameterName);
    known.set(parameterName, parameter);
    return parameter;
  }

  /** The ARN of the released model package, or `none`. */
  public readonly value: string;

  /** Holds while a version is released. */
  public readonly condition: CfnCondition;

  private constructor(stack: Stack, parameterName: string) {
    // Names that differ in other characters than letters and digits, such as `/a-b` and `/a/b`, have different ids by their hash.
    super(stack, `Release${parameterName.replace(/[^a-zA-Z0-9]+/g, '-')}-${sha256(parameterName).slice(0, 6)}`);
    const parameter = new CfnParameter(this, 'Parameter', {
      type: 'AWS::SSM::Parameter::Value<String>',
      default: parameterName,
      description: `The SSM parameter with the ARN of the released model package, or "${NO_RELEASE}"`,
    });
    this.value = parameter.valueAsString;
    this.condition = new CfnCondition(this, 'IsReleased', {
      expression: Fn.conditionNot(Fn.conditionEquals(this.value, NO_RELEASE)),
    });
    recordReleaseCondition(this, this.condition);
  }
}

function conditionsOf(known: Map<string, ReleaseParameter>): Map<CfnCondition, string> {
  return new Map([...known].map(([name, { condition }]) => [condition, name]));
}

function checkReleaseParameter(stack: Stack, parameterName: string): void {
  const errors = new ValidationErrors('Release parameter', 'released-model-packages');
  errors.when(
    Token.isUnresolved(parameterName),
    '`parameterName` must not be a token: the stacks that release and host a version refer to the parameter by its name. Specify ' +
      'the same text, for example "/churn/deployed", in both',
  );
  errors.when(
    stack.nestedStackParent !== undefined,
    `\`scope\` must not be in a nested stack, got: ${stack.node.path}. A release updates the stack that reads the parameter, and ` +
      'CloudFormation does not update a nested stack on its own',
  );
  errors.throwIfAny();
  checkParameterName(parameterName);
}
