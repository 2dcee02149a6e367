import * as path from 'node:path';

// The schema validation of the CDK takes a second and 250 MB in every process. The tests that need it enable it.
process.env.CDK_VALIDATION ??= 'false';
// Where each resource was created is not tested, and takes a sixth of the time of the unit tests. The key is DISABLE_CREATION_STACK_TRACES.
process.env.CDK_CONTEXT_JSON ??= JSON.stringify({ 'aws:cdk:disable-creation-stack-traces': true });
// The templates under test must not depend on the AWS credentials of the developer.
delete process.env.CDK_DEFAULT_ACCOUNT;
delete process.env.CDK_DEFAULT_REGION;

interface ValidationPlugin {
  readonly name: string;
  validate(): unknown;
}

// The oldest supported aws-cdk-lib always validates: here it respects the variable, like the newest one.
if (process.env.CDK === 'floor') {
  const file = path.join(process.cwd(), 'node_modules/aws-cdk-lib/core/lib/validation/cloudformation-validate-plugin');
  const { CloudFormationValidatePlugin: plugin } = jest.requireActual<{
    CloudFormationValidatePlugin: { _singletonInstance(): ValidationPlugin };
  }>(file);
  const original = plugin._singletonInstance.bind(plugin);
  const none: ValidationPlugin = { name: 'None', validate: () => ({ success: true, violations: [] }) };
  plugin._singletonInstance = () => (process.env.CDK_VALIDATION === 'false' ? none : original());
}
