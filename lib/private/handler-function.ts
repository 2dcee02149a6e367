import { type Duration, RemovalPolicy, aws_iam as iam, aws_lambda as lambda, aws_logs as logs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { existsSync } from 'node:fs';
import * as path from 'node:path';

/** The directory of the bundled handlers, for the sources in lib/ and for the published file in dist/. */
const HANDLERS = path.join(packageRoot(__dirname), 'dist', 'handlers');

interface HandlerFunctionProps {
  /** The folder of the bundled handler. */
  readonly name: string;
  readonly description: string;
  readonly timeout: Duration;
  readonly maxEventAge?: Duration;
}

/** Creates the Lambda function of a custom resource handler. Its role only has permission to write logs. */
export function handlerFunction(
  scope: Construct,
  { name, description, timeout, maxEventAge }: HandlerFunctionProps,
): { function: lambda.Function; role: iam.Role } {
  const logGroup = new logs.LogGroup(scope, 'Logs', {
    retention: logs.RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  const handler = new lambda.Function(scope, 'Function', {
    description,
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(path.join(HANDLERS, name)),
    memorySize: 256,
    timeout,
    maxEventAge,
    // CloudFormation retries events itself.
    retryAttempts: 0,
    role,
    logGroup,
  });
  return { function: handler, role };
}

/** The root of the package, searched upwards, since the sources are in a deeper folder than the published file. */
function packageRoot(directory: string): string {
  return existsSync(path.join(directory, 'package.json')) ? directory : packageRoot(path.dirname(directory));
}
