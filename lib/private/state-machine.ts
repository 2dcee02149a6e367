import { ArnFormat, Duration, Stack, aws_iam as iam, aws_stepfunctions as sfn } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { onBehalfOfResource } from './grants';
import { handlerSettings } from './handler-settings';
import { type ValidationErrors, isKnown, quote } from './validation';

const NAME = /^[\w-]{1,80}$/;

/** The time until a step that failed is repeated for the first time. It doubles with each repetition. */
const RETRY_INTERVAL = Duration.seconds(30);

/** The longest time between two repetitions. With ten repetitions, a service can be unavailable for an hour. */
const MAX_RETRY_DELAY = Duration.minutes(10);
const MAX_RETRIES = 10;

/** Validates the name of a state machine that the user specified. */
export function checkStateMachineName(errors: ValidationErrors, name: string | undefined): void {
  errors.when(
    isKnown(name) && !NAME.test(name),
    `\`stateMachineName\` must have 1 to 80 letters, digits, hyphens and underscores, got: ${quote(name ?? '')}`,
  );
}

/**
 * Creates a state machine with a name, whose role only AWS Step Functions can assume, and only for this state machine. The permissions
 * boundary of the handlers also applies to the other roles in the scope, for example that of the rules that start executions.
 */
export function newStateMachine(scope: Construct, name: string, first: sfn.IChainable): sfn.StateMachine {
  const { encryptionKey, permissionsBoundary } = handlerSettings(scope);
  if (permissionsBoundary !== undefined) iam.PermissionsBoundary.of(scope).apply(permissionsBoundary);
  const arn = arnOf(scope, 'stateMachine', name);
  return new sfn.StateMachine(scope, 'StateMachine', {
    stateMachineName: name,
    role: new iam.Role(scope, 'StateMachineRole', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com', { conditions: { ...onBehalfOfResource(arn) } }),
    }),
    definitionBody: sfn.DefinitionBody.fromChainable(first),
    encryptionConfiguration: encryptionKey && new sfn.CustomerManagedEncryptionConfiguration(encryptionKey),
  });
}

/** The ARN pattern of the executions of a state machine, whose names are generated. */
export function executionsOf(scope: Construct, name: string): string {
  return arnOf(scope, `execution:${name}`, '*');
}

/** Repeats a step that fails for a reason that can disappear. */
export function addRetries(step: sfn.TaskStateBase): void {
  step.addRetry({
    errors: [sfn.Errors.ALL],
    interval: RETRY_INTERVAL,
    maxAttempts: MAX_RETRIES,
    backoffRate: 2,
    maxDelay: MAX_RETRY_DELAY,
    jitterStrategy: sfn.JitterType.FULL,
  });
}

function arnOf(scope: Construct, resource: string, resourceName: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource,
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
