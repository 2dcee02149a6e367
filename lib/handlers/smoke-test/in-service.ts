import { DescribeEndpointCommand, DescribeInferenceComponentCommand } from '@aws-sdk/client-sagemaker';
import { isTemporary, retry } from '../shared/retry';
import type { SmokeTestProperties } from '../smoke-test-contract';
import type { Dependencies } from './dependencies';

const POLL_MS = 10_000;

/** Of the time of the function, the rest is for the invocations. */
const WAIT_MS = 8 * 60_000;

interface State {
  readonly status?: string;
  readonly configName?: string;
  readonly reason?: string;
}

/**
 * Waits until the deployed version is in service. CloudFormation has waited for it, but reads can lag behind, and scaling can update
 * the endpoint at any time.
 */
export async function waitUntilInService(
  properties: SmokeTestProperties,
  dependencies: Dependencies,
  functionDeadline: number,
): Promise<void> {
  const { EndpointConfigName } = properties;
  const deadline = Math.min(functionDeadline, dependencies.now() + WAIT_MS);
  for (;;) {
    const { status, configName, reason } = await retry(dependencies, deadline, isTemporary, () =>
      describe(properties, dependencies),
    );
    const isDeployed = EndpointConfigName === undefined || configName === EndpointConfigName;
    if (status === 'InService' && isDeployed) return;
    if (status === 'Failed' || dependencies.now() + POLL_MS > deadline) {
      const name = properties.InferenceComponentName ?? properties.EndpointName;
      const config = configName === undefined ? '' : ` with endpoint configuration ${configName}`;
      throw new Error(
        `Smoke test not performed: ${name} has status ${status}${config}${reason === undefined ? '' : ` (${reason})`}` +
          `${isDeployed ? '' : `, expected ${EndpointConfigName}`}.`,
      );
    }
    await dependencies.sleep(POLL_MS);
  }
}

async function describe(
  { EndpointName, InferenceComponentName }: SmokeTestProperties,
  { sageMaker }: Dependencies,
): Promise<State> {
  if (InferenceComponentName === undefined) {
    const { EndpointStatus, EndpointConfigName, FailureReason } = await sageMaker.send(
      new DescribeEndpointCommand({ EndpointName }),
    );
    return { status: EndpointStatus, configName: EndpointConfigName, reason: FailureReason };
  }
  const { InferenceComponentStatus, FailureReason } = await sageMaker.send(
    new DescribeInferenceComponentCommand({ InferenceComponentName }),
  );
  return { status: InferenceComponentStatus, reason: FailureReason };
}
