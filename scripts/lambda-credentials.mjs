// The credentials of the handlers. Lambda provides those of the role in the environment, so that their bundles need no code for other
// sources, such as single sign-on: a third of the size. The build replaces the default chain of the SDK by it.
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
