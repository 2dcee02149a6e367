import { Lazy, Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { RuleError } from './rules';
import { type Shape, ValidationErrors, quote } from './validation';

/** The shapes of the names of resources, by the type in their ARNs. */
const NAMES = {
  algorithm: 'EntityName',
  endpoint: 'EndpointName',
  'endpoint-config': 'EndpointConfigName',
  'inference-component': 'InferenceComponentName',
  model: 'ModelName',
  'model-package-group': 'EntityName',
  pipeline: 'PipelineName',
} as const satisfies Record<string, Shape>;

type ResourceType = keyof typeof NAMES;

/**
 * The ARN of a SageMaker resource, by default in the account and the region of the stack. The service converts names in ARNs to lower case, and IAM compares them case-sensitively.
 *
 * @throws an error if no resource can have the name
 */
export function sagemakerArn(
  scope: IConstruct,
  resource: ResourceType,
  name: string,
  environment: { readonly account?: string; readonly region?: string } = {},
): string {
  checkName(`${propertyOf(resource)}Name`, resource, name);
  return Stack.of(scope).formatArn({ service: 'sagemaker', ...environment, resource, resourceName: lowerCase(name) });
}

/**
 * The name at the end of the ARN of an imported resource.
 *
 * @throws an error if the ARN is not that of such a resource
 */
export function nameFromArn(arn: string, resource: ResourceType): string {
  if (Token.isUnresolved(arn))
    throw new RuleError(
      'all-stages',
      'The ARN of an imported SageMaker resource must not be a token. Import the resource by its name instead.',
    );
  const name = /^arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:\d{12}:(?<type>[a-z-]+)\/(?<name>.+)$/.exec(arn)?.groups;
  if (name?.type !== resource) {
    const errors = new ValidationErrors('Import', 'all-stages');
    const form = `arn:<partition>:sagemaker:<region>:<account>:${resource}/<name>`;
    errors.add(`\`${propertyOf(resource)}Arn\` must have the form "${form}", got: ${quote(arn)}`);
    errors.throwIfAny();
  }
  const resourceName = name?.name ?? '';
  checkName(`${propertyOf(resource)}Arn (name)`, resource, resourceName);
  return resourceName;
}

function checkName(property: string, resource: ResourceType, name: string): void {
  const errors = new ValidationErrors('Import', 'all-stages');
  errors.check(property, NAMES[resource], name);
  errors.throwIfAny();
}

/** The name of the property for a type of resource, without "Name" or "Arn": `modelPackageGroup`. */
function propertyOf(resource: ResourceType): string {
  return resource.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
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
