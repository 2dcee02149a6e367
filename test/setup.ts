// The bundled schema validation costs a second and 250 MB in every process. It has tests of its own, which switch it on.
process.env.CDK_VALIDATION ??= 'false';
// The templates under test must not depend on who runs them.
delete process.env.CDK_DEFAULT_ACCOUNT;
delete process.env.CDK_DEFAULT_REGION;
