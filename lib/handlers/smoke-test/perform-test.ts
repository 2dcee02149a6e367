import { smokeTestFailure } from '../shared/smoke-test-reason';
import { truncate } from '../shared/truncate';
import type { SmokeTestDefinition, SmokeTestProperties } from '../smoke-test-contract';
import { bodyOf } from './body';
import type { Dependencies } from './dependencies';
import { unmetExpectations } from './expectations';
import { type Invocation, type TestResponse, invoke } from './invoke';
import { waitUntilInService } from './in-service';

const EXCERPT_BYTES = 400;

/**
 * Invokes the endpoint, each of its variants if there are several, and checks the responses.
 *
 * @throws an error that states the response and the expectation, if a response does not meet it
 */
export async function performTest(
  properties: SmokeTestProperties,
  dependencies: Dependencies,
  deadline: number,
): Promise<void> {
  const test = JSON.parse(properties.Test) as SmokeTestDefinition;
  const body = await bodyOf(test, dependencies);
  await waitUntilInService(properties, dependencies, deadline);
  const targets = test.TargetVariants.length === 0 ? [undefined] : test.TargetVariants;
  for (const variant of targets) {
    const invocation: Invocation = { properties, test, body, variant };
    const response = await invoke(invocation, dependencies, deadline);
    const unmet = unmetExpectations(test.Expect, response);
    if (unmet.length > 0) throw smokeTestFailure(describe(invocation, response, unmet));
  }
}

function describe({ properties, variant }: Invocation, response: TestResponse, unmet: string[]): string {
  const { EndpointName, InferenceComponentName } = properties;
  const target = [
    `endpoint ${EndpointName}`,
    ...(InferenceComponentName === undefined ? [] : [`inference component ${InferenceComponentName}`]),
    ...(variant === undefined ? [] : [`variant ${variant}`]),
  ].join(', ');
  const logGroup =
    InferenceComponentName === undefined
      ? `/aws/sagemaker/Endpoints/${EndpointName}`
      : `/aws/sagemaker/InferenceComponents/${InferenceComponentName}`;
  const responded =
    response.status === undefined
      ? 'did not respond'
      : `responded with status ${response.status} and ${response.body === '' ? 'no body' : `"${truncate(response.body, EXCERPT_BYTES)}"`}`;
  return `${target} ${responded}. ${unmet.join('. ')}. Logs: log group ${logGroup}.`;
}
