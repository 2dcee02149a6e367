import * as path from 'node:path';

// The schema validation of the CDK takes a second and 250 MB in every process. The tests that need it enable it.
process.env.CDK_VALIDATION ??= 'false';
// Where each resource was created is not tested, and takes a sixth of the time of the unit tests. The key is DISABLE_CREATION_STACK_TRACES.
process.env.CDK_CONTEXT_JSON ??= JSON.stringify({ 'aws:cdk:disable-creation-stack-traces': true });
// The templates under test must not depend on the AWS credentials of the developer.
delete process.env.CDK_DEFAULT_ACCOUNT;
delete process.env.CDK_DEFAULT_REGION;

const withoutValidation = path.join(__dirname, 'without-validation.cjs');
process.env.NODE_OPTIONS = `--require=${JSON.stringify(withoutValidation)}`;

// The modules of a test are loaded by Jest, not by Node.js.
if (process.env.CDK === 'floor') {
  const file = path.join(process.cwd(), 'node_modules/aws-cdk-lib/core/lib/validation/cloudformation-validate-plugin');
  const { respectVariable } = jest.requireActual<{ respectVariable: (exported: unknown) => void }>(withoutValidation);
  respectVariable(jest.requireActual(file));
}
