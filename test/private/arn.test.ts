import { CfnParameter, Lazy } from 'aws-cdk-lib';
import { lowerCase, nameFromArn, sagemakerArn } from '../../lib/private/arn';
import { errorOf, newStack } from '../stacks';

describe('The ARN of a SageMaker resource', () => {
  test('contains the name in lower case', () => {
    const stack = newStack();
    expect(JSON.stringify(stack.resolve(sagemakerArn(stack, 'model', 'Churn-A')))).toContain(':model/churn-a');
  });

  test('contains a lazy name in lower case', () => {
    const stack = newStack();
    const name = Lazy.string({ produce: () => 'Churn-A' });
    expect(JSON.stringify(stack.resolve(sagemakerArn(stack, 'model', name)))).toContain(':model/churn-a');
  });

  test('contains a name that is only known at deployment without a change', () => {
    const stack = newStack();
    const name = new CfnParameter(stack, 'Name').valueAsString;
    expect(stack.resolve(lowerCase(name))).toEqual({ Ref: 'Name' });
  });

  test('ends in the name of the resource', () => {
    expect(nameFromArn('arn:aws:sagemaker:eu-west-1:111122223333:algorithm/churn', 'algorithm')).toBe('churn');
  });

  test('must not be a token when the name is read from it', () => {
    const arn = new CfnParameter(newStack(), 'Arn').valueAsString;
    expect(errorOf(() => nameFromArn(arn, 'model'))).toBe(
      'The ARN of an imported SageMaker resource must not be a token. Import the resource by its name instead.',
    );
  });
});
