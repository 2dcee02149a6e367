// The schema validation of the CDK takes a second and 250 MB in every process. The tests that need it enable it.
process.env.CDK_VALIDATION ??= 'false';
// The templates under test must not depend on the AWS credentials of the developer.
delete process.env.CDK_DEFAULT_ACCOUNT;
delete process.env.CDK_DEFAULT_REGION;
