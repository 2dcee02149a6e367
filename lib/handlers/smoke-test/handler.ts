import { type Outcome, RESPONSE_MS, type ResourceEvent, respond } from '../shared/response';
import type { SmokeTestProperties } from '../smoke-test-contract';
import type { Dependencies } from './dependencies';
import { isRollingBack } from './rollback';
import { performTest } from './perform-test';

/** The CloudFormation event of a custom resource that tests an endpoint. */
export interface SmokeTestEvent extends ResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: SmokeTestProperties;
  readonly OldResourceProperties?: SmokeTestProperties;
}

/**
 * The handler of smoke tests. A Create event, and an Update event that deploys another version, another endpoint configuration or
 * another test, invokes the endpoint; the resource fails if the response does not meet the expectations, so that CloudFormation rolls
 * the stack back. A rollback sends an Update event too, which must not fail: it only restores what was tested before.
 *
 * The physical id is constant, since a changed one would make CloudFormation send a Delete event for the previous test. The handler
 * changes nothing, so that events can be delivered twice, late or out of order.
 */
export async function handle(event: SmokeTestEvent, dependencies: Dependencies, functionEnd: number): Promise<void> {
  const id = event.PhysicalResourceId ?? event.LogicalResourceId;
  await respond(
    event,
    id,
    () => onEvent(event, id, dependencies, functionEnd - RESPONSE_MS),
    dependencies,
    functionEnd,
  );
}

async function onEvent(
  event: SmokeTestEvent,
  PhysicalResourceId: string,
  dependencies: Dependencies,
  deadline: number,
): Promise<Outcome> {
  if (await isTestRequired(event, dependencies)) await performTest(event.ResourceProperties, dependencies, deadline);
  return { PhysicalResourceId };
}

async function isTestRequired(event: SmokeTestEvent, dependencies: Dependencies): Promise<boolean> {
  const { RequestType, ResourceProperties, OldResourceProperties, StackId } = event;
  if (RequestType === 'Create') return true;
  if (RequestType === 'Delete' || isSameTest(ResourceProperties, OldResourceProperties)) return false;
  return !(await isRollingBack(StackId, dependencies));
}

/** The properties that determine the result of the test. The others, such as the service timeout, do not. */
const TESTED = [
  'EndpointName',
  'InferenceComponentName',
  'ModelPackageArns',
  'EndpointConfigName',
  'Specification',
  'Test',
] as const satisfies (keyof SmokeTestProperties)[];

function isSameTest(properties: SmokeTestProperties, old?: SmokeTestProperties): boolean {
  return TESTED.every((name) => JSON.stringify(properties[name]) === JSON.stringify(old?.[name]));
}
