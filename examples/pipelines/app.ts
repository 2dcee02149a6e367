import { App } from 'aws-cdk-lib';
import { PipelineStack } from './pipeline-stack';

// Replace these accounts with your own. All of them are in one region.
const REGION = 'eu-west-1';
const TOOLING = { account: '111111111111', region: REGION };
const DEVELOPMENT = { account: '222222222222', region: REGION };
const PRODUCTION = { account: '333333333333', region: REGION };

const app = new App();
new PipelineStack(app, 'Pipeline', {
  env: TOOLING,
  development: DEVELOPMENT,
  production: PRODUCTION,
  repository: 'your-organization/your-repository',
  connectionArn: 'arn:aws:codeconnections:eu-west-1:111111111111:connection/11111111-2222-3333-4444-555555555555',
  // The build passes the digest of the image that it has checked and pushed. No image has the default.
  digest: String(app.node.tryGetContext('digest') ?? `sha256:${'0'.repeat(64)}`),
});
