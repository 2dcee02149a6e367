import { Arn, ArnFormat, Lazy, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The ARN of a SageMaker resource. The service converts names in ARNs to lower case, and IAM compares them case-sensitively. */
export function sagemakerArn(scope: IConstruct, resource: string, name: string): string {
  return Stack.of(scope).formatArn({ service: 'sagemaker', resource, resourceName: lowerCase(name) });
}

/** The name at the end of a SageMaker ARN. */
export function nameFromArn(arn: string): string {
  return Arn.extractResourceName(arn, resourceOf(arn));
}

function resourceOf(arn: string): string {
  if (Token.isUnresolved(arn))
    throw new Error(
      'The ARN of an imported SageMaker resource must not be a token. Import the resource by its name instead.',
    );
  return Arn.split(arn, ArnFormat.SLASH_RESOURCE_NAME).resource;
}

/** Converts a name to lower case, lazily if it is a token. A value that is only known at deployment stays unchanged. */
export function lowerCase(name: string): string {
  if (!Token.isUnresolved(name)) return name.toLowerCase();
  return Lazy.uncachedString({
    produce: (context) => {
      const resolved: unknown = context.resolve(name);
      return typeof resolved === 'string' ? resolved.toLowerCase() : name;
    },
  });
}
