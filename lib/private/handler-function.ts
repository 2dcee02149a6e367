import { type Duration, RemovalPolicy, aws_iam as iam, aws_lambda as lambda, aws_logs as logs } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { existsSync } from 'node:fs';
import * as path from 'node:path';

/** From lib/ as from dist/, this is where the handlers are bundled to. */
const HANDLERS = path.join(packageRoot(__dirname), 'dist', 'handlers');

interface HandlerFunctionProps {
  /** The folder of the handler. */
  readonly name: string;
  readonly description: string;
  readonly timeout: Duration;
  readonly maxEventAge?: Duration;
}

/** A handler as a function of a stack. Its role starts from nothing but its own logs. */
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
  const made = new lambda.Function(scope, 'Function', {
    description,
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(path.join(HANDLERS, name)),
    memorySize: 256,
    timeout,
    maxEventAge,
    // CloudFormation repeats what it wants repeated.
    retryAttempts: 0,
    role,
    logGroup,
  });
  return { function: made, role };
}

/** What is shipped is one file, and the source lies deeper: both find the package above them. */
function packageRoot(directory: string): string {
  return existsSync(path.join(directory, 'package.json')) ? directory : packageRoot(path.dirname(directory));
}
