import {
  type Duration,
  RemovalPolicy,
  Stack,
  aws_iam as iam,
  aws_lambda as lambda,
  aws_logs as logs,
  custom_resources as customResources,
} from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { FUNCTION_IN_VPC, calledByFunction } from './grants';
import { handlerSettings } from './handler-settings';
import { validateInlinePolicies } from './inline-policies';
import { allowLogEncryption } from './log-encryption';
import { warnAboutMissingEndpoints } from './vpc-endpoints';

/** The directory of the bundled handlers, for the sources in lib/ and for the published file in dist/. */
const HANDLERS = path.join(packageRoot(__dirname), 'dist', 'handlers');

export interface HandlerFunctionProps {
  /** The folder of the bundled handler. */
  readonly name: string;
  readonly description: string;
  readonly timeout: Duration;
  readonly maxEventAge?: Duration;

  /** How often AWS Lambda repeats an event that fails. CloudFormation repeats its events itself. */
  readonly retryAttempts?: number;

  /** The memory in MiB, which also determines the share of a CPU. */
  readonly memorySize?: number;

  /** The services that the function calls, by the last part of the name of their VPC endpoint. */
  readonly services: string[];
}

/** A custom resource handler of which a stack has one, created when it is first needed. */
export class StackHandler extends Construct {
  public static of(scope: Construct, id: string, props: HandlerFunctionProps): StackHandler {
    const stack = Stack.of(scope);
    return (stack.node.tryFindChild(id) as StackHandler | undefined) ?? new StackHandler(stack, id, props);
  }

  public readonly function: lambda.Function;
  public readonly role: iam.Role;

  private constructor(stack: Stack, id: string, props: HandlerFunctionProps) {
    super(stack, id);
    const handler = handlerFunction(this, props);
    this.function = handler.function;
    this.role = handler.role;
  }
}

/**
 * Creates the Lambda function of a custom resource handler. Its role only has permission to write logs and, in a VPC, to create
 * network interfaces.
 */
export function handlerFunction(
  scope: Construct,
  { name, description, timeout, maxEventAge, retryAttempts = 0, memorySize = 256, services }: HandlerFunctionProps,
): { function: lambda.Function; role: iam.Role } {
  const settings = handlerSettings(scope);
  const { vpc, vpcSubnets, securityGroups, encryptionKey, permissionsBoundary } = settings;
  if (permissionsBoundary !== undefined) iam.PermissionsBoundary.of(scope).apply(permissionsBoundary);
  if (encryptionKey !== undefined) allowLogEncryption(scope, encryptionKey, '*');
  const logGroup = new logs.LogGroup(scope, 'Logs', {
    retention: settings.logRetention ?? logs.RetentionDays.ONE_MONTH,
    removalPolicy: settings.logRemovalPolicy ?? RemovalPolicy.DESTROY,
    encryptionKey,
  });
  // `CustomResourceConfig` of the CDK finds the log groups of handlers by this entry.
  logGroup.node.addMetadata(customResources.CUSTOM_RESOURCE_SINGLETON_LOG_GROUP, true);
  const role = new iam.Role(scope, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  validateInlinePolicies(role);
  const handler = new lambda.Function(scope, 'Function', {
    description,
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(path.join(HANDLERS, name)),
    memorySize,
    timeout,
    maxEventAge,
    retryAttempts,
    role,
    logGroup,
    vpc,
    vpcSubnets,
    securityGroups,
  });
  // A property injector can have set the VPC.
  if (handler.isBoundToVpc) grantNetworkInterfaces(scope, role, handler);
  if (vpc !== undefined) {
    const { subnets } = vpc.selectSubnets(vpcSubnets);
    warnAboutMissingEndpoints(scope, { vpc, subnets, callers: 'Lambda functions of the handlers', services });
  }
  return { function: handler, role };
}

/** Allows AWS Lambda to create the network interfaces of a function, but not the code of the function. */
function grantNetworkInterfaces(scope: Construct, role: iam.Role, handler: lambda.Function): void {
  role.addToPolicy(
    new iam.PolicyStatement({
      actions: [...FUNCTION_IN_VPC],
      // The network interfaces do not exist yet, and AWS Lambda requires permission to delete any of them.
      resources: ['*'],
    }),
  );
  // A policy of its own, since the function depends on the default policy of its role.
  new iam.Policy(scope, 'NetworkPolicy', { roles: [role] }).addStatements(
    new iam.PolicyStatement({
      effect: iam.Effect.DENY,
      actions: [...FUNCTION_IN_VPC],
      // All that the statement above allows.
      resources: ['*'],
      conditions: calledByFunction(handler.functionArn),
    }),
  );
}

/** The root of the package, searched upwards, since the sources are in a deeper folder than the published file. */
function packageRoot(directory: string): string {
  return existsSync(path.join(directory, 'package.json')) ? directory : packageRoot(path.dirname(directory));
}
